const { packN8n } = require('../../../scripts/demo/pack');
const { ensureN8n } = require('../../../scripts/n8n-cache');
const { ensureDatabase } = require('../../../scripts/n8n-host');

/** Installs n8n, and builds and packs the package once, before any test counts its time. */
module.exports = async () => {
  ensureN8n();
  await ensureDatabase();
  await packN8n();
};
