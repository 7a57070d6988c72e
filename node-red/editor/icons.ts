import type { NodeGroup } from '../../nodes/definitions/model/define-node';
import { isTrigger, type PaletteDefinition } from '../runtime/nodes/palette-definitions';

/** Icons of `icons/node-red`: by node where it has one of its own, otherwise by group. */
const BY_NODE: Record<string, string> = {
  topTalkers: 'allegro-talkers.svg',
  chart: 'allegro-chart.svg',
  captureConnection: 'allegro-capture-connection.svg',
  estimateCapture: 'allegro-estimate.svg',
  getConnections: 'allegro-connections.svg',
  getServerPorts: 'allegro-ports.svg',
  waitForAnalysis: 'allegro-wait.svg',
  pcapSummary: 'allegro-summary.svg',
  freezeEvidence: 'allegro-freeze.svg',
  applianceHealth: 'allegro-health.svg',
  whichDevice: 'allegro-find-device.svg',
  thresholdTrigger: 'allegro-threshold.svg',
  incidentsTrigger: 'allegro-incident.svg',
  newElementTrigger: 'allegro-new-element.svg',
  pushedStatisticsTrigger: 'allegro-pushed.svg',
};

const BY_GROUP: Record<NodeGroup, string> = {
  Packet: 'allegro-capture.svg',
  Statistics: 'allegro-statistics.svg',
  'Ring Buffer': 'allegro-buffer.svg',
  'Pcap File': 'allegro-upload.svg',
  Device: 'allegro-device.svg',
  'API Request': 'allegro-api.svg',
};

/** Of a trigger without one of its own. */
const TRIGGER_ICON = 'allegro-trigger.svg';

export function iconOf(definition: PaletteDefinition): string {
  const own = BY_NODE[definition.name];
  return own ?? (isTrigger(definition) ? TRIGGER_ICON : BY_GROUP[definition.group]);
}

/** Every icon that a node may use. */
export const ICON_FILES = [
  TRIGGER_ICON,
  ...Object.values(BY_NODE),
  ...Object.values(BY_GROUP),
].sort();
