import { captureConnection } from './capture-connection';
import { capturePcap } from './capture-pcap';
import type { NodeDefinition } from './definition';
import { estimateCapture } from './estimate-capture';
import { getConnections } from './get-connections';
import { getServerPorts } from './get-server-ports';
import { getStats } from './get-stats';
import { listDevices } from './list-devices';
import { pcapSummary } from './pcap-summary';
import { suspendBuffer } from './suspend-buffer';
import { topTalkers } from './top-talkers';
import { uploadPcap } from './upload-pcap';
import { whichDevice } from './which-device';

/** Every node, in the order in which menus show them. Adding a node means adding a line here. */
export const definitions: readonly NodeDefinition[] = [
  topTalkers,
  getStats,
  getConnections,
  getServerPorts,
  capturePcap,
  captureConnection,
  estimateCapture,
  uploadPcap,
  pcapSummary,
  suspendBuffer,
  listDevices,
  whichDevice,
];
