import type { FlowBuilder } from '../node-red-flow';
import { alertToPcap } from './alert-to-pcap';
import { dailyDigest } from './daily-digest';
import { liveCaptureForm } from './live-capture-form';
import { preserveOnly } from './preserve-only';
import { uploadAndAnalyse } from './upload-and-analyse';

/** By the names of their files. */
export const NODE_RED_EXAMPLES: Record<string, () => FlowBuilder> = {
  '01-alert-to-pcap': alertToPcap,
  '03-preserve-the-buffer': preserveOnly,
  '05-live-capture': liveCaptureForm,
  '06-upload-and-analyse': uploadAndAnalyse,
  '08-daily-digest': dailyDigest,
};
