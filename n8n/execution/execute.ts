import type {
  IBinaryKeyData,
  IDataObject,
  IExecuteFunctions,
  INodeExecutionData,
} from 'n8n-workflow';
import type { AllegroClient } from '../../client';
import type { NodeDefinition } from '../../nodes/definitions/model/define-node';
import type { RunResult } from '../../nodes/definitions/model/run-result';
import { readFieldValues } from '../../nodes/definitions/model/read-field-values';
import { startRun } from '../../nodes/definitions/model/start-run';
import { clientFor } from '../transport/client';
import { chooseByName } from './choose-by-name';
import { errorJson, toNodeError } from './errors';
import { localContext } from './local-context';
import { rawValues } from './parameters';
import { storeFile, storeParts } from './store-file';

/**
 * Runs the chosen operation once for each input item, one after the other, so that a workflow with
 * many items does not flood the appliance.
 */
export async function executeItems(
  host: IExecuteFunctions,
  definitions: readonly NodeDefinition[],
): Promise<INodeExecutionData[]> {
  const results: INodeExecutionData[] = [];
  const clientOf = clientCache(host);
  for (let itemIndex = 0; itemIndex < host.getInputData().length; itemIndex++) {
    try {
      const operation = host.getNodeParameter('operation', itemIndex);
      const definition = chooseByName(definitions, operation, 'operation', 'operation');
      const getClient = () => clientOf(itemIndex);
      results.push(...(await executeItem(host, definition, getClient, itemIndex)));
    } catch (error) {
      if (!host.continueOnFail()) throw toNodeError(host.getNode(), error, itemIndex);
      // Not as the item's `error` as well: n8n would replace the JSON by the message alone.
      results.push({ json: errorJson(error) as IDataObject, pairedItem: { item: itemIndex } });
    }
  }
  return results;
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
  definition: NodeDefinition,
  getClient: () => Promise<AllegroClient>,
  itemIndex: number,
): Promise<INodeExecutionData[]> {
  const values = readFieldValues(definition, await rawValues(host, definition, itemIndex));
  const items: INodeExecutionData[] = [];
  const store = (result: RunResult) => outputsOf(host, definition, result, itemIndex);
  const signal = host.getExecutionCancelSignal() ?? new AbortController().signal;
  const context = localContext(host, signal);
  const results = startRun(definition, context, getClient, values, store);
  for await (const { json, outputs } of results) {
    hintAtWarnings(host, json);
    for (const output of outputs) {
      items.push({
        ...output,
        json: output.json as IDataObject,
        pairedItem: { item: itemIndex },
      });
    }
  }
  return items;
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
  return {
    json: stored.json,
    outputs: elements.map((element) => ({ ...stored, json: element })),
  };
}

/** One item for each element where the definition yields a list, else one for the result. */
function elementsOf(
  { itemsProperty }: NodeDefinition,
  json: RunResult['json'],
): Array<Record<string, unknown>> {
  const elements = itemsProperty ? json[itemsProperty] : undefined;
  return Array.isArray(elements) ? (elements as Array<Record<string, unknown>>) : [json];
}

/** Shows warnings in the output panel, not only in the data. */
function hintAtWarnings(host: IExecuteFunctions, { warnings }: RunResult['json']): void {
  if (!Array.isArray(warnings)) return;
  host.addExecutionHints(
    ...warnings.map((warning) => ({
      message: String(warning),
      type: 'warning' as const,
      location: 'outputPane' as const,
    })),
  );
}
