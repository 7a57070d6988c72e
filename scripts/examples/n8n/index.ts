import type { WorkflowBuilder } from '../n8n-workflow';
import { aiTriage } from './ai-triage';
import { alertToPcap } from './alert-to-pcap';
import { bufferHealth } from './buffer-health';
import { callQuality } from './call-quality';
import { dailyDigest } from './daily-digest';
import { evidencePack } from './evidence-pack';
import { liveCaptureForm } from './live-capture-form';
import { portInventory } from './port-inventory';
import { preserveOnly } from './preserve-only';
import { thresholdWatch } from './threshold-watch';
import { uploadAndAnalyse } from './upload-and-analyse';
import { whichBox } from './which-box';

/** By the names of their files. */
export const N8N_EXAMPLES: Record<string, () => WorkflowBuilder> = {
  '01-alert-to-pcap': alertToPcap,
  '02-evidence-pack': evidencePack,
  '03-preserve-the-buffer': preserveOnly,
  '04-which-device': whichBox,
  '05-live-capture': liveCaptureForm,
  '06-upload-and-analyse': uploadAndAnalyse,
  '07-worst-call': callQuality,
  '08-daily-digest': dailyDigest,
  '09-threshold-watch': thresholdWatch,
  '10-port-inventory': portInventory,
  '11-buffer-health': bufferHealth,
  '12-ai-triage': aiTriage,
};
