/** Capture files, walked while they stream. */
export { PcapLimiter } from './limiter';
export { linkTypeName } from './link-types';
export { extensionOf, sniffFormat } from './magic';
export { timeWarnings } from './summary';
export type {
  CaptureFormat,
  LookAlike,
  PacketTime,
  PcapFault,
  PcapFaultKind,
  PcapLimit,
  PcapLimits,
  PcapSummary,
  Sniffed,
} from './summary';
export { splitCapture, type CapturePart } from './splitter';
export { summarizePcap, type PcapContent } from './summarize';
export { MAX_CONVERSATIONS, type Conversation, type Traffic } from './traffic';
export { PcapWalker } from './walker';
