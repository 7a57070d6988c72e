require('ts-node/register/transpile-only');
const { execFileSync } = require('node:child_process');
const { join } = require('node:path');
const { ensureN8n } = require('../../../scripts/n8n-cache');

/**
 * Installs n8n before any test counts its time, and builds what is packed for it: an old build, or
 * none, would be tested without a word.
 */
module.exports = async () => {
  ensureN8n();
  const build = join(__dirname, '..', '..', '..', 'scripts', 'build-n8n.ts');
  execFileSync(process.execPath, ['-r', 'ts-node/register/transpile-only', build]);
};
