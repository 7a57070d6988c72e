import { apiRequest } from './api/api-request';
import { applianceHealth } from './device/appliance-health';
import { captureConnection } from './capture/capture-connection';
import { capturePcap } from './capture/capture-pcap';
import type { NodeDefinition } from './model/define-node';
import { chart } from './statistics/chart';
import { hostProfile } from './statistics/host-profile';
import { estimateCapture } from './capture/estimate-capture';
import { freezeEvidence } from './ring-buffer/freeze-evidence';
import { ringBufferStatus } from './ring-buffer/ring-buffer-status';
import { getConnections } from './statistics/get-connections';
import { getPeers } from './statistics/get-peers';
import { getServerPorts } from './statistics/get-server-ports';
import { getStats } from './statistics/get-stats';
import { listDevices } from './device/list-devices';
import { pcapSummary } from './analysis/pcap-summary';
import { suspendBuffer } from './ring-buffer/suspend-buffer';
import { topTalkers } from './statistics/top-talkers';
import { uploadPcap } from './analysis/upload-pcap';
import { waitForAnalysis } from './analysis/wait-for-analysis';
import { whichDevice } from './device/which-device';

/** Every node, in the order in which menus show them: first what people come for. Adding a node means adding a line here. */
export const definitions: readonly NodeDefinition[] = [
  capturePcap,
  captureConnection,
  estimateCapture,
  topTalkers,
  getStats,
  getConnections,
  getPeers,
  getServerPorts,
  chart,
  hostProfile,
  suspendBuffer,
  freezeEvidence,
  ringBufferStatus,
  uploadPcap,
  waitForAnalysis,
  pcapSummary,
  whichDevice,
  applianceHealth,
  listDevices,
  apiRequest,
];
