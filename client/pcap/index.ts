/** Capture files, walked while they stream. */
export { PcapLimiter } from './limiter';
export { describeLookAlike, extensionOf, MAGIC_LENGTH, sniffFormat } from './magic';
export { timeWarnings } from './summary';
export type { CaptureFormat, PcapLimit, PcapLimits, PcapSummary } from './summary';
export { splitCapture } from './splitter';
export { PcapSummarizer, summarizePcap, type PcapContent } from './content/summarize';
export { MAX_CONVERSATIONS } from './content/conversations';
export { MAX_FLOWS } from './content/flows';
export type { Traffic } from './content/traffic';
export { PcapWalker } from './walker';
