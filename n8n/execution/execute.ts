import type {
  IBinaryKeyData,
  IDataObject,
  IExecuteFunctions,
  INodeExecutionData,
} from 'n8n-workflow';
import { inputError, type AllegroClient } from '../../client';
import { ENGLISH, say } from '../../client/values/sentence';
import type { NodeDefinition } from '../../nodes/definitions/model/define-node';
import { resultIn } from '../../nodes/definitions/model/result-texts';
import type { RunResult } from '../../nodes/definitions/model/run-result';
import { mapInOrder } from '../../nodes/definitions/model/map-in-order';
import { readFieldValues } from '../../nodes/definitions/model/read-field-values';
import { startRun } from '../../nodes/definitions/model/start-run';
import { clientFor } from '../transport/client';
import { chooseByName } from '../transport/choose-by-name';
import { maxFileBytes } from './database-size';
import { timesInZone } from './date-time';
import { errorJson, toNodeError } from './errors';
import { Hints } from './hints';
import { RunRepeats } from './run-repeats';
import { localContext } from './local-context';
import { operationsOf, type MenuOperation } from '../description/operations';
import { MAX_PARALLEL, OPTIONS_NAME, SIMPLIFY_NAME } from '../description/properties';
import { rawValues } from './parameters';
import { storeFile, storeParts } from './store-file';
import { toNumber } from '../../client/values/loose-value';
import { asText } from '../../client/values/text';

/** What the items of a run have in common. */
interface RunState {
  repeats: RunRepeats;
  hints: Hints;
}

/**
 * Runs the chosen operation once for each input item: one after the other, so that a workflow with
 * many items does not flood the appliance, or as many at once as *Max Parallel* says. Results keep
 * the order of the items.
 */
export async function executeItems(
  host: IExecuteFunctions,
  definitions: readonly NodeDefinition[],
): Promise<INodeExecutionData[]> {
  const clientOf = clientCache(host);
  const operations = operationsOf(definitions);
  const state: RunState = { repeats: new RunRepeats(host), hints: new Hints(host) };
  const cancelled = host.getExecutionCancelSignal() ?? new AbortController().signal;
  const run = async (itemIndex: number, signal: AbortSignal): Promise<INodeExecutionData[]> => {
    try {
      const chosen = host.getNodeParameter('operation', itemIndex);
      const operation = chooseByName(operations, chosen, 'operation', 'operation');
      const getClient = () => clientOf(itemIndex);
      return await executeItem(host, operation, getClient, state, itemIndex, signal);
    } catch (error) {
      if (!host.continueOnFail()) {
        throw toNodeError(host.getNode(), error, itemIndex, host.getTimezone());
      }
      // Not as the item's `error` as well: n8n would replace the JSON by the message alone.
      return [
        {
          json: errorJson(error, host.getTimezone()) as IDataObject,
          pairedItem: { item: itemIndex },
        },
      ];
    }
  };
  const indexes = [...host.getInputData().keys()];
  const results: INodeExecutionData[] = [];
  let isDone = false;
  try {
    for await (const items of mapInOrder(indexes, readParallel(host), cancelled, run)) {
      results.push(...items);
    }
    isDone = true;
    return results;
  } finally {
    state.hints.show();
    // n8n drops the results of the other items: a retry has to capture them again.
    await state.repeats.endRun(isDone);
  }
}

/** One value for the whole node, so the first item's. */
function readParallel(host: IExecuteFunctions): number {
  const { min, max, label } = MAX_PARALLEL;
  const value = toNumber(host.getNodeParameter(`${OPTIONS_NAME}.${MAX_PARALLEL.name}`, 0, 1) ?? 1);
  if (value !== undefined && Number.isInteger(value) && value >= min && value <= max) return value;
  const error = inputError(
    MAX_PARALLEL.name,
    say`"${label}" is not valid.`,
    say`Enter a whole number from ${min} to ${max}.`,
  );
  throw toNodeError(host.getNode(), error, 0);
}

/** One client for all items with the same authentication, so that its limits hold for all of them. */
function clientCache(host: IExecuteFunctions): (itemIndex: number) => Promise<AllegroClient> {
  const clients = new Map<unknown, Promise<AllegroClient>>();
  return (itemIndex) => {
    const authentication = host.getNodeParameter('authentication', itemIndex);
    const client = clients.get(authentication) ?? clientFor(host, authentication);
    clients.set(authentication, client);
    return client;
  };
}

async function executeItem(
  host: IExecuteFunctions,
  { definition, fixed }: MenuOperation,
  getClient: () => Promise<AllegroClient>,
  { repeats, hints }: RunState,
  itemIndex: number,
  signal: AbortSignal,
): Promise<INodeExecutionData[]> {
  const raw = await rawValues(host, definition, itemIndex);
  const values = readFieldValues(definition, { ...raw, ...fixed });
  const items: INodeExecutionData[] = [];
  const omitted = omittedProperties(host, definition, itemIndex);
  const store = (result: RunResult) =>
    outputsOf(host, definition, resultIn(result, ENGLISH), itemIndex);
  const context = {
    ...localContext(host, signal),
    maxFileBytes: maxFileBytes(),
    repeats,
  };
  const results = startRun(definition, context, getClient, values, store);
  for await (const { json, outputs } of results) {
    hints.add(warningsIn(context.timeZone, json));
    if (host.continueOnFail() && isFailedDevice(json)) {
      items.push({ json: failedDeviceJson(json), pairedItem: { item: itemIndex } });
      continue;
    }
    for (const output of outputs) {
      items.push({
        ...output,
        json: {
          ...without(output.json, omitted),
          ...(output.json.warnings ? { warnings: warningsIn(context.timeZone, output.json) } : {}),
        } as IDataObject,
        pairedItem: { item: itemIndex },
      });
    }
  }
  return items;
}

/** Only where the form has the option; other nodes simplify by a field of their own. */
function omittedProperties(
  host: IExecuteFunctions,
  { recordProperties = [] }: NodeDefinition,
  itemIndex: number,
): readonly string[] {
  if (recordProperties.length === 0) return [];
  const isSimple = host.getNodeParameter(`${OPTIONS_NAME}.${SIMPLIFY_NAME}`, itemIndex, true);
  return isSimple === false ? [] : recordProperties;
}

function without(json: RunResult['json'], names: readonly string[]): RunResult['json'] {
  return Object.fromEntries(Object.entries(json).filter(([name]) => !names.includes(name)));
}

type FailedDevice = Record<string, unknown> & { error: { what?: unknown; message?: unknown } };

/** One of several devices, of which others succeeded. */
function isFailedDevice(json: RunResult['json']): json is FailedDevice {
  return json.deviceId !== undefined && typeof json.error === 'object' && json.error !== null;
}

/** In the form that n8n sends to the error output; see {@link errorJson}. */
function failedDeviceJson({ error, warnings: _, ...device }: FailedDevice): IDataObject {
  const details = { ...error, ...device } as IDataObject;
  return { error: asText(error.what ?? error.message), details };
}

/** What a result becomes: one item, one for each file, or one for each element of its list. */
async function outputsOf(
  host: IExecuteFunctions,
  definition: NodeDefinition,
  { json, file, parts }: RunResult,
  itemIndex: number,
): Promise<{
  json: RunResult['json'];
  outputs: Array<{ json: RunResult['json']; binary?: IBinaryKeyData }>;
}> {
  if (parts) {
    const stored = await storeParts(host, parts, itemIndex);
    return { json: stored.json, outputs: stored.items };
  }
  const stored = file ? await storeFile(host, file, itemIndex) : { json };
  const elements = elementsOf(definition, stored.json);
  const { binary } = host.getInputData()[itemIndex];
  const passed = definition.passesFileOn && binary ? { binary } : {};
  return {
    json: stored.json,
    outputs: elements.map((element) => ({ ...passed, ...stored, json: element })),
  };
}

/** What is said once for a list and has to stand on each item, which is read without the others. */
const LIST_CONTEXT = ['from', 'to', 'device', 'mmId', 'deviceId', 'deviceHost', 'warnings'];

/** One item for each element where the definition yields a list, else one for the result. */
function elementsOf(
  { itemsProperty }: NodeDefinition,
  json: RunResult['json'],
): Array<Record<string, unknown>> {
  const elements = itemsProperty ? json[itemsProperty] : undefined;
  if (!Array.isArray(elements)) return [json];
  const known = LIST_CONTEXT.filter((name) => {
    const value = json[name];
    // Without a time range there are no times: empty columns of a table say nothing.
    return (value ?? null) !== null && !(Array.isArray(value) && value.length === 0);
  });
  const context = Object.fromEntries(known.map((name) => [name, json[name]]));
  // As columns of a table: first what the row is about.
  return elements.map((element: Record<string, unknown>) => ({
    ...element,
    ...context,
    ...element,
  }));
}

/** With their times as people read them here. */
function warningsIn(timeZone: string, { warnings }: RunResult['json']): string[] {
  if (!Array.isArray(warnings)) return [];
  return warnings.map((warning) => timesInZone(String(warning), timeZone));
}
