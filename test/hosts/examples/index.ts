import { alertToPcap, jiraIssue, theHiveCase } from './alerts';
import { thresholdWatch, uploadAndAnalyse } from './events';
import type { ExampleSuite } from './example-host';
import * as firstSteps from './first-steps';
import { liveCapture, portInventory, whichDevice } from './on-request';
import { evidencePack } from './incidents';
import { preserveTheBuffer } from './preservation';
import { bufferHealth, dailyDigest, worstCall } from './reports';
import * as smallJobs from './small-jobs';
import { aiTriage } from './triage';

/** What is the same in both hosts: same input, same mails and messages. */
export const SHARED_EXAMPLES: Record<string, ExampleSuite> = {
  '01-alert-to-pcap': alertToPcap,
  '04-which-device': whichDevice,
  '05-live-capture': liveCapture,
  '06-upload-and-analyse': uploadAndAnalyse,
  '07-worst-call': worstCall,
  '08-daily-digest': dailyDigest,
  '09-threshold-watch': thresholdWatch,
  '10-port-inventory': portInventory,
  '11-buffer-health': bufferHealth,
  '12-ai-triage': aiTriage,
  '13-first-capture': firstSteps.firstCapture,
  '14-top-talkers-report': firstSteps.topTalkersReport,
  '15-analyse-the-busiest-host': firstSteps.analyseTheBusiestHost,
  '16-new-devices': smallJobs.newDevices,
  '17-devices-and-system': firstSteps.devicesAndSystem,
  '18-look-up-a-host': firstSteps.lookUpAHost,
  '19-jira-issue': jiraIssue,
  '20-thehive-case': theHiveCase,
  '21-indicator-sweep': smallJobs.indicatorSweep,
  '22-application-slow': smallJobs.applicationSlow,
  '23-nightly-csv': smallJobs.nightlyCsv,
  '24-capture-to-storage': smallJobs.captureToStorage,
  '02-evidence-pack': evidencePack,
  '03-preserve-the-buffer': preserveTheBuffer,
};

/**
 * The worst call comes first: one that `endTraffic` cuts for another example could be it. Those that
 * suspend the buffer come last: what it misses meanwhile stays missing.
 */
export function inOrder(names: string[]): string[] {
  const isFirst = (name: string) => Number(/^07-/.test(name));
  const isLast = (name: string) => Number(/^0[23]-/.test(name));
  return [...names].sort((a, b) => isFirst(b) - isFirst(a) || isLast(a) - isLast(b));
}
