import { capturePcap } from './capture-pcap';
import type { NodeDefinition } from './definition';
import { estimateCapture } from './estimate-capture';
import { freezeEvidence } from './freeze-evidence';
import { getStats } from './get-stats';
import { pcapSummary } from './pcap-summary';
import { suspendBuffer } from './suspend-buffer';
import { topTalkers } from './top-talkers';
import { uploadPcap } from './upload-pcap';

/** Every node, in the order in which menus show them. Adding a node means adding a line here. */
export const definitions: readonly NodeDefinition[] = [
  topTalkers,
  getStats,
  capturePcap,
  estimateCapture,
  uploadPcap,
  pcapSummary,
  suspendBuffer,
  freezeEvidence,
];
