import { apiRequest } from './api-request';
import { applianceHealth } from './appliance-health';
import { captureConnection } from './capture-connection';
import { capturePcap } from './capture-pcap';
import type { NodeDefinition } from './definition';
import { chart } from './chart';
import { estimateCapture } from './estimate-capture';
import { freezeEvidence } from './freeze-evidence';
import { getConnections } from './get-connections';
import { getServerPorts } from './get-server-ports';
import { getStats } from './get-stats';
import { listDevices } from './list-devices';
import { pcapSummary } from './pcap-summary';
import { suspendBuffer } from './suspend-buffer';
import { topTalkers } from './top-talkers';
import { uploadPcap } from './upload-pcap';
import { waitForAnalysis } from './wait-for-analysis';
import { whichDevice } from './which-device';

/** Every node, in the order in which menus show them. Adding a node means adding a line here. */
export const definitions: readonly NodeDefinition[] = [
  topTalkers,
  getStats,
  chart,
  getConnections,
  getServerPorts,
  capturePcap,
  captureConnection,
  estimateCapture,
  uploadPcap,
  waitForAnalysis,
  pcapSummary,
  suspendBuffer,
  freezeEvidence,
  applianceHealth,
  apiRequest,
  listDevices,
  whichDevice,
];
