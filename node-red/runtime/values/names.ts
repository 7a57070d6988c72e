import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';

/** Type of the config node, and the beginning of its permissions. */
export const APPLIANCE_TYPE = 'allegro-multimeter-appliance';

/** Beginning of the admin routes; relative in the editor, because of `httpAdminRoot`. */
export const ADMIN_PATH = 'allegro-multimeter';

/**
 * Saved with every node. Raise it when saved properties change their meaning after a release, so
 * that runtime and form recognize older ones.
 */
export const SAVED_VERSION = 1;

/** Type of the palette node of a definition: `capturePcap` becomes `allegro-multimeter-capture-pcap`. */
export function typeOf({ name }: Pick<NodeDefinition, 'name'>): string {
  const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `allegro-multimeter-${kebab}`;
}
