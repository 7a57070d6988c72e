import { thresholdWatch, uploadAndAnalyse } from './events';
import type { ExampleSuite } from './example-host';
import { bufferHealth, dailyDigest, worstCall } from './reports';

/** What is the same in both hosts: same input, same mails and messages. */
export const SHARED_EXAMPLES: Record<string, ExampleSuite> = {
  '06-upload-and-analyse': uploadAndAnalyse,
  '07-worst-call': worstCall,
  '08-daily-digest': dailyDigest,
  '09-threshold-watch': thresholdWatch,
  '11-buffer-health': bufferHealth,
};
