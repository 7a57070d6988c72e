import type {
  IBinaryKeyData,
  IDataObject,
  IExecuteFunctions,
  INodeExecutionData,
} from 'n8n-workflow';
import { inputError, type AllegroClient } from '../../client';
import type {
  NodeDefinition,
  LocalContext,
  RunResult,
} from '../../nodes/definitions/model/definition';
import { readFieldValues } from '../../nodes/definitions/model/read-field-values';
import { startRun } from '../../nodes/definitions/model/start-run';
import type { CREDENTIAL_TYPES } from '../transport/credentials';
import { clientFor } from '../transport/client';
import { errorJson, toNodeError } from './errors';
import { originOf } from './origin';
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
  const clients = new ClientCache(host);
  for (let itemIndex = 0; itemIndex < host.getInputData().length; itemIndex++) {
    try {
      const definition = chosenDefinition(host, definitions, itemIndex);
      const getClient = () => clients.get(itemIndex);
      results.push(...(await executeItem(host, definition, getClient, itemIndex)));
    } catch (error) {
      if (!host.continueOnFail()) throw toNodeError(host.getNode(), error, itemIndex);
      // Not as the item's `error` as well: n8n would replace the JSON by the message alone.
      results.push({ json: errorJson(error) as IDataObject, pairedItem: { item: itemIndex } });
    }
  }
  return results;
}

/** One client for all items, so that its limits hold for all of them. */
class ClientCache {
  private readonly clients = new Map<string, Promise<AllegroClient>>();

  constructor(private readonly host: IExecuteFunctions) {}

  get(itemIndex: number): Promise<AllegroClient> {
    const authentication = this.host.getNodeParameter(
      'authentication',
      itemIndex,
    ) as keyof typeof CREDENTIAL_TYPES;
    const known = this.clients.get(authentication);
    if (known) return known;
    const client = clientFor(this.host, authentication);
    this.clients.set(authentication, client);
    return client;
  }
}

function chosenDefinition(
  host: IExecuteFunctions,
  definitions: readonly NodeDefinition[],
  itemIndex: number,
): NodeDefinition {
  const operation = host.getNodeParameter('operation', itemIndex) as string;
  const definition = definitions.find(({ name }) => name === operation);
  if (definition) return definition;
  const choices = definitions.map(({ name }) => name).join(', ');
  throw inputError(
    'operation',
    `There is no operation "${operation}".`,
    `Choose one of: ${choices}.`,
  );
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
  const results = startRun(definition, contextOf(host), getClient, values, store);
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

function contextOf(host: IExecuteFunctions): LocalContext {
  return {
    signal: host.getExecutionCancelSignal() ?? new AbortController().signal,
    // n8n has no place for the progress of a node that runs.
    progress: () => undefined,
    log: {
      debug: (message) => host.logger.debug(message),
      warn: (message) => host.logger.warn(message),
    },
    origin: originOf(host),
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

/** What a person should know stands in the output panel, not only in the data. */
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
