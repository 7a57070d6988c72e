import type { NodeDefinition, NodeGroup } from '../../nodes/definitions/definition';

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

export function iconOf({ name, group }: NodeDefinition): string {
  return BY_NODE[name] ?? BY_GROUP[group];
}

/** Every icon that a node may use. */
export const ICON_FILES = [...Object.values(BY_NODE), ...Object.values(BY_GROUP)].sort();
