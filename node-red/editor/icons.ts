import type { NodeGroup } from '../../nodes/definitions/definition';
import { isTrigger, type PaletteDefinition } from '../runtime/palette-definitions';

/** Icons of `icons/node-red`: by node where it has one of its own, otherwise by group. */
const BY_NODE: Record<string, string> = {
  topTalkers: 'allegro-talkers.svg',
  getConnections: 'allegro-connections.svg',
  getServerPorts: 'allegro-ports.svg',
  pcapSummary: 'allegro-summary.svg',
  whichDevice: 'allegro-find-device.svg',
};

const BY_GROUP: Record<NodeGroup, string> = {
  Statistics: 'allegro-statistics.svg',
  Capture: 'allegro-capture.svg',
  Analysis: 'allegro-upload.svg',
  'Ring Buffer': 'allegro-buffer.svg',
  Device: 'allegro-device.svg',
};

const TRIGGER_ICON = 'allegro-trigger.svg';

export function iconOf(definition: PaletteDefinition): string {
  if (isTrigger(definition)) return TRIGGER_ICON;
  return BY_NODE[definition.name] ?? BY_GROUP[definition.group];
}

/** Every icon that a node may use. */
export const ICON_FILES = [
  TRIGGER_ICON,
  ...Object.values(BY_NODE),
  ...Object.values(BY_GROUP),
].sort();
