import { apiRequest } from './api-request';
import { applianceHealth } from './appliance-health';
import { capturePcap } from './capture-pcap';
import type { NodeDefinition } from './definition';
import { chart } from './chart';
import { estimateCapture } from './estimate-capture';
import { freezeEvidence } from './freeze-evidence';
import { getStats } from './get-stats';
import { pcapSummary } from './pcap-summary';
import { suspendBuffer } from './suspend-buffer';
import { topTalkers } from './top-talkers';
import { uploadPcap } from './upload-pcap';
import { waitForAnalysis } from './wait-for-analysis';

/** Every node, in the order in which menus show them. Adding a node means adding a line here. */
export const definitions: readonly NodeDefinition[] = [
  topTalkers,
  getStats,
  chart,
  capturePcap,
  estimateCapture,
  uploadPcap,
  waitForAnalysis,
  pcapSummary,
  suspendBuffer,
  freezeEvidence,
  applianceHealth,
  apiRequest,
];
