require('ts-node/register/transpile-only');
const { ensureN8n } = require('../../scripts/n8n-cache');

/** Installs n8n before any test counts its time. */
module.exports = async () => {
  ensureN8n();
};
