/**
 * Installs the hosts that tests run beside those of the tree, so that no test run waits for it:
 * n8n, n8n's scanner, the other versions of Node-RED, and Node-RED's scorecard.
 */
import { ensureN8n, ensureScanner } from './n8n-cache';
import { CACHED_VERSIONS, ensureNodeRed, ensureScorecard } from './node-red-cache';

ensureN8n();
ensureScanner();
for (const version of CACHED_VERSIONS) ensureNodeRed(version);
ensureScorecard();
