import { AllegroError } from '../../../client';
import type { ResultFile, ResultParts } from '../../../nodes/definitions/model/run-result';
import { say } from '../../../client/values/sentence';

/**
 * Collects a file in memory.
 *
 * @param heldAlready bytes of other files that count against the same limit
 * @throws AllegroError `tooLarge` as soon as it exceeds the limit; whatever stream and proof throw
 */
export async function collectFile(
  file: ResultFile,
  limitMegabytes: number,
  heldAlready = 0,
): Promise<{ content: Buffer; json: Record<string, unknown> }> {
  const limit = limitMegabytes * 1e6;
  const chunks: Uint8Array[] = [];
  let size = heldAlready;
  for await (const chunk of file.stream) {
    size += chunk.length;
    if (size > limit) {
      throw new AllegroError({
        kind: 'tooLarge',
        what: say`The file is larger than the buffer limit of ${limitMegabytes} MB.`,
        advice: say`Send the output to a file on disk, limit the size, or narrow filter and time.`,
        field: 'bufferLimit',
      });
    }
    chunks.push(chunk);
  }
  const json = await file.finished;
  return { content: Buffer.concat(chunks), json };
}

/** Collects several files in memory, against one limit. Throws as {@link collectFile} does. */
export async function collectParts(
  parts: ResultParts,
  limitMegabytes: number,
): Promise<{ contents: Buffer[]; json: Record<string, unknown> }> {
  const contents: Buffer[] = [];
  let held = 0;
  for await (const file of parts.files) {
    const { content } = await collectFile(file, limitMegabytes, held);
    contents.push(content);
    held += content.length;
  }
  return { contents, json: await parts.finish() };
}
