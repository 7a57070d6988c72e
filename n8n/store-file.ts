import type { IBinaryData, IBinaryKeyData, IExecuteFunctions } from 'n8n-workflow';
import type { Companion, ResultFile, RunResult } from '../nodes/definitions/definition';
import { toNodeError } from './errors';
import { toReadable } from './node-streams';
import { OUTPUT_FIELD_NAME } from './properties';

/**
 * Streams a file into n8n's storage. The stream ends only when the file is proven to be whole, so
 * that n8n itself discards one that is not.
 */
export async function storeFile(
  host: IExecuteFunctions,
  { name, mediaType, stream, finished, companion }: ResultFile,
  itemIndex: number,
): Promise<{ json: RunResult['json']; binary: IBinaryKeyData }> {
  // Awaited below; a failure before that must not count as unhandled.
  finished.catch(() => undefined);
  let failure: { error: unknown } | undefined;
  async function* proven() {
    try {
      yield* stream;
      await finished;
    } catch (error) {
      failure = { error };
      throw toNodeError(host.getNode(), error, itemIndex);
    }
  }
  const field = host.getNodeParameter(OUTPUT_FIELD_NAME, itemIndex, 'data') as string;
  try {
    const data = await host.helpers.prepareBinaryData(toReadable(proven()), name, mediaType);
    const json = await finished;
    const beside = companion ? await storeCompanion(host, companion, name, json) : undefined;
    return {
      json,
      binary: { [field]: data, ...(beside ? { [`${field}_${companion!.label}`]: beside } : {}) },
    };
  } catch (error) {
    // Whatever the storage made of it, the stream's own failure says what happened.
    throw failure ? failure.error : error;
  }
}

function storeCompanion(
  host: IExecuteFunctions,
  { content, extension, mediaType }: Companion,
  name: string,
  json: RunResult['json'],
): Promise<IBinaryData> {
  const bytes = Buffer.from(content(json), 'utf8');
  return host.helpers.prepareBinaryData(bytes, name + extension, mediaType);
}
