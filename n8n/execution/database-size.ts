import type { IExecuteFunctions } from 'n8n-workflow';
import { AllegroError } from '../../client';
import { say } from '../../client/values/sentence';

/**
 * What n8n can read back of a file in its database. PostgreSQL's driver makes a hexadecimal text of
 * the file, two characters a byte, and Node.js holds no text of 2^29 characters: a larger file is
 * stored as a success, and whoever reads it hangs.
 */
const MAX_DATABASE_BYTES = 268_000_000;

/**
 * Whether n8n keeps binary data in its database. Nodes are not told, but see it in the ID of every file,
 * and it is the same for all files of a process.
 */
let isDatabase: boolean | undefined;

/** @param id of a file that n8n stored; begins with the mode. Absent for one inside an item */
export function learnFrom(id: string | undefined): void {
  if (id !== undefined) isDatabase = id.startsWith('database:');
}

/** The largest file that n8n can keep and read again; undefined while none is known. */
export function maxFileBytes(): number | undefined {
  return isDatabase ? MAX_DATABASE_BYTES : undefined;
}

/**
 * Counts the bytes of a file that is being stored, and ends it when n8n could not read it again. Where
 * it is not known by then, a file of one byte tells where n8n keeps binary data.
 *
 * @throws AllegroError `tooLarge`
 */
export function databaseGuard(
  host: IExecuteFunctions,
  name: string,
): (chunk: Uint8Array) => Promise<void> {
  let bytes = 0;
  return async ({ length }) => {
    bytes += length;
    if (bytes <= MAX_DATABASE_BYTES) return;
    if (isDatabase === undefined) {
      learnFrom((await host.helpers.prepareBinaryData(Buffer.alloc(1), 'probe', 'text/plain')).id);
    }
    if (isDatabase) throw tooLarge(name, bytes);
  };
}

/** @throws AllegroError `tooLarge` for a file that n8n keeps in its database and cannot read again */
export function checkReadable(id: string, bytes: number, name: string): void {
  learnFrom(id);
  if (isDatabase && bytes > MAX_DATABASE_BYTES) throw tooLarge(name, bytes);
}

function tooLarge(name: string, bytes: number): AllegroError {
  return new AllegroError({
    kind: 'tooLarge',
    what: say`"${name}" has ${Math.round(bytes / 1e6)} MB or more: n8n keeps binary data in its database, from which it cannot read 268 MB or more.`,
    advice: say`Set a smaller "Size Limit", or let "Split at Size" make several files. n8n itself refuses such files with N8N_BINARY_DATA_DATABASE_MAX_FILE_SIZE=255.`,
  });
}
