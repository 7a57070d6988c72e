import type { IBinaryData, IBinaryKeyData, IExecuteFunctions } from 'n8n-workflow';
import type {
  Sidecar,
  ResultFile,
  ResultParts,
  RunResult,
} from '../../nodes/definitions/model/run-result';
import { databaseGuard, learnFrom } from './database-size';
import { toNodeError } from './errors';
import { toReadable } from '../transport/node-streams';
import { OUTPUT_FIELD_NAME } from '../description/properties';

interface StoredFile {
  json: RunResult['json'];
  binary: IBinaryKeyData;
}

/**
 * Streams a file into n8n's storage. The stream ends only when the file is proven to be whole, so
 * that n8n itself discards one that is not.
 */
export async function storeFile(
  host: IExecuteFunctions,
  { name, mediaType, stream, finished, sidecar }: ResultFile,
  itemIndex: number,
): Promise<StoredFile> {
  // Awaited below; a failure before that must not count as unhandled.
  finished.catch(() => undefined);
  let failure: { error: unknown } | undefined;
  const checkSize = databaseGuard(host, name);
  async function* proven() {
    try {
      for await (const chunk of stream) {
        await checkSize(chunk);
        yield chunk;
      }
      await finished;
    } catch (error) {
      failure = { error };
      throw toNodeError(host.getNode(), error, itemIndex);
    }
  }
  try {
    const data = await host.helpers.prepareBinaryData(toReadable(proven()), name, mediaType);
    learnFrom(data.id);
    const json = { ...(await finished), ...forTool(host, fieldName(host, itemIndex), data) };
    const beside = await storeSidecar(host, sidecar, name, json, itemIndex);
    return { json, binary: { [fieldName(host, itemIndex)]: data, ...beside } };
  } catch (error) {
    // The storage may wrap the error; the stream's own one is the cause.
    throw failure ? failure.error : error;
  }
}

/**
 * Stores several files, one item's worth each. They become items only when all of them are proven.
 * n8n offers nodes no way to delete what they stored: after a failure the files remain, without an
 * item that refers to them, until n8n prunes the execution.
 *
 * @returns the result's JSON, and for each file its own JSON over that
 */
export async function storeParts(
  host: IExecuteFunctions,
  { files, finish, sidecar, name }: ResultParts,
  itemIndex: number,
): Promise<{ json: RunResult['json']; items: StoredFile[] }> {
  const stored: StoredFile[] = [];
  for await (const file of files) stored.push(await storeFile(host, file, itemIndex));
  const json = await finish();
  const beside = await storeSidecar(host, sidecar, name, json, itemIndex);
  const items = stored.map((part) => ({
    json: { ...json, ...part.json, parts: stored.length },
    binary: { ...part.binary, ...beside },
  }));
  return { json, items };
}

/** Stores the sidecar of a file in a binary field named after the file's own. */
async function storeSidecar(
  host: IExecuteFunctions,
  sidecar: Sidecar | undefined,
  name: string,
  json: RunResult['json'],
  itemIndex: number,
): Promise<IBinaryKeyData> {
  if (!sidecar) return {};
  const { content, extension, label, mediaType } = sidecar;
  const bytes = Buffer.from(content(json), 'utf8');
  const data = await host.helpers.prepareBinaryData(bytes, name + extension, mediaType);
  return { [`${fieldName(host, itemIndex)}_${label}`]: data };
}

/**
 * An AI agent gets only the JSON of its tool, so the JSON names where n8n keeps the file, for a
 * person who looks it up, and how long. n8n's MCP trigger calls tools outside of an execution: what
 * they store lies in a folder, or under a source, that is called `temp` and never pruned.
 */
function forTool(
  host: IExecuteFunctions,
  field: string,
  { id }: IBinaryData,
): { storedIn?: Record<string, unknown> } {
  if (!/Tool$/.test(host.getNode().type ?? '')) return {};
  const execution = host.getExecutionId() || null;
  return {
    storedIn: {
      place: execution
        ? 'binary data of this execution'
        : 'binary data of n8n, outside of executions',
      execution,
      field,
      id: id ?? null,
      keptUntil: execution
        ? 'n8n prunes this execution'
        : 'someone deletes it: n8n never prunes what tools of an MCP trigger store. A tool that calls a sub-workflow stores it in an execution of its own',
    },
  };
}

function fieldName(host: IExecuteFunctions, itemIndex: number): string {
  return host.getNodeParameter(OUTPUT_FIELD_NAME, itemIndex, 'data') as string;
}
