import type { AllegroClient } from '../../../client';
import { safeFileName } from '../../../client/files/file-name';

/** A name such as `connections_allegro-mm-1a2b_20261123T155000Z.csv`: what it holds, appliance, now. */
export function csvFileName(content: string, client: AllegroClient): string {
  const time = new Date(client.now()).toISOString().replace(/\.\d+|[-:]/g, '');
  return safeFileName(`${content}_${new URL(client.baseUrl).hostname}_${time}.csv`);
}
