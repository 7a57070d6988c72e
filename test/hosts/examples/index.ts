import { alertToPcap, jiraIssue, theHiveCase } from './alerts';
import { thresholdWatch, uploadAndAnalyse } from './events';
import type { ExampleSuite } from './example-host';
import { bufferHealth, dailyDigest, worstCall } from './reports';

/** What is the same in both hosts: same input, same mails and messages. */
export const SHARED_EXAMPLES: Record<string, ExampleSuite> = {
  '01-alert-to-pcap': alertToPcap,
  '06-upload-and-analyse': uploadAndAnalyse,
  '07-worst-call': worstCall,
  '08-daily-digest': dailyDigest,
  '09-threshold-watch': thresholdWatch,
  '11-buffer-health': bufferHealth,
  '19-jira-issue': jiraIssue,
  '20-thehive-case': theHiveCase,
};
