import type { WorkflowBuilder } from '../n8n-workflow';
import { alertToPcap } from './alert-to-pcap';
import { dailyDigest } from './daily-digest';
import { liveCaptureForm } from './live-capture-form';
import { preserveOnly } from './preserve-only';
import { uploadAndAnalyse } from './upload-and-analyse';

/** By the names of their files. */
export const N8N_EXAMPLES: Record<string, () => WorkflowBuilder> = {
  '01-alert-to-pcap': alertToPcap,
  '03-preserve-the-buffer': preserveOnly,
  '05-live-capture': liveCaptureForm,
  '06-upload-and-analyse': uploadAndAnalyse,
  '08-daily-digest': dailyDigest,
};
