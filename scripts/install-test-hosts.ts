/**
 * Installs the hosts that tests run beside those of the tree, so that no test run waits for it:
 * n8n, n8n's scanner, the other versions of Node-RED, Node-RED's scorecard, and nodes that examples use.
 */
import { ensureN8n, ensureScanner } from './hosts/n8n-cache';
import { ensureDatabase } from './hosts/n8n-host';
import {
  CACHED_VERSIONS,
  ensureFurtherNodes,
  ensureNodeRed,
  ensureScorecard,
} from './hosts/node-red-cache';

ensureN8n();
ensureScanner();
for (const version of CACHED_VERSIONS) ensureNodeRed(version);
ensureScorecard();
ensureFurtherNodes();
ensureDatabase().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
