import type { IExecuteFunctions } from 'n8n-workflow';
import { AllegroError } from '../../client';

/**
 * What n8n can read back of a file in its database. PostgreSQL's driver makes a hexadecimal text of
 * the file, two characters a byte, and Node.js holds no text of 2^29 characters: a larger file is
 * stored as a success, and whoever reads it hangs.
 */
const MAX_DATABASE_BYTES = 268_000_000;

const probes = new WeakMap<IExecuteFunctions, Promise<boolean>>();

/**
 * The largest file that n8n can keep and read again; undefined where it is of any size. n8n does not
 * tell nodes where it keeps binary data, but the ID of a stored file does: asks it, once for each run
 * of the node, with a file of one byte.
 */
export async function maxFileBytes(host: IExecuteFunctions): Promise<number | undefined> {
  const isDatabase = probes.get(host) ?? probe(host);
  probes.set(host, isDatabase);
  return (await isDatabase) ? MAX_DATABASE_BYTES : undefined;
}

async function probe({ helpers }: IExecuteFunctions): Promise<boolean> {
  const { id } = await helpers.prepareBinaryData(Buffer.alloc(1), 'probe', 'text/plain');
  return isInDatabase(id);
}

/** @param id of a file in n8n's binary data; begins with the mode */
function isInDatabase(id: string | undefined): boolean {
  return id?.startsWith('database:') === true;
}

/**
 * Counts the bytes of a file that is being stored, and ends it when n8n could not read it again.
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
    const max = await maxFileBytes(host);
    if (max !== undefined) throw tooLarge(name, bytes);
  };
}

/** @throws AllegroError `tooLarge` for a file that n8n keeps in its database and cannot read again */
export function checkReadable(id: string, bytes: number, name: string): void {
  if (isInDatabase(id) && bytes > MAX_DATABASE_BYTES) throw tooLarge(name, bytes);
}

function tooLarge(name: string, bytes: number): AllegroError {
  return new AllegroError({
    kind: 'tooLarge',
    what: `"${name}" has ${Math.round(bytes / 1e6)} MB or more: n8n keeps binary data in its database, where it cannot read 268 MB or more again.`,
    advice:
      'Set a smaller *Size Limit*, or let *Split at Size* make several files. n8n itself refuses such files with N8N_BINARY_DATA_DATABASE_MAX_FILE_SIZE=255.',
  });
}
