import { randomUUID } from 'node:crypto';
import { rename, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Sidecar } from '../../../nodes/definitions/model/run-result';
import { writeFailure } from './file-failure';

/**
 * Writes the text that belongs to a file that is in its place, as a whole or not at all. If that
 * fails, the file goes too: one without the other is not what was asked for.
 *
 * @returns what is added to the result, e.g. `{ evidenceFile: '/data/name.pcap.evidence.json' }`
 * @throws FileFailure
 */
export async function storeSidecar(
  { label, extension, content }: Sidecar,
  path: string,
  json: Record<string, unknown>,
): Promise<Record<string, string>> {
  const wanted = path + extension;
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  try {
    await writeFile(temporary, content(json), { flag: 'wx', mode: 0o640, flush: true });
    await rename(temporary, wanted);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    await unlink(path).catch(() => undefined);
    throw writeFailure(wanted, error);
  }
  return { [`${label}File`]: wanted };
}
