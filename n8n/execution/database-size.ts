import { AllegroError } from '../../client';

/**
 * What n8n can read back of a file in its database. PostgreSQL's driver makes a hexadecimal text of
 * the file, two characters a byte, and Node.js holds no text of 2^29 characters: a larger file is
 * stored as a success, and whoever reads it hangs.
 */
const MAX_DATABASE_BYTES = 268_000_000;

/**
 * @param id of the file in n8n's binary data; begins with the mode
 * @throws AllegroError `tooLarge` for a file that n8n keeps in its database and cannot read again
 */
export function checkDatabaseSize(id: string | undefined, bytes: number, name: string): void {
  if (!id?.startsWith('database:') || bytes <= MAX_DATABASE_BYTES) return;
  throw new AllegroError({
    kind: 'tooLarge',
    what: `"${name}" has ${Math.round(bytes / 1e6)} MB: n8n keeps binary data in its database, where it cannot read 268 MB or more again.`,
    advice:
      'Set a smaller *Size Limit*, or let *Split at Size* make several files. n8n itself refuses such files with N8N_BINARY_DATA_DATABASE_MAX_FILE_SIZE=256.',
  });
}
