const { packN8n } = require('../../../scripts/hosts/pack');
const { ensureN8n } = require('../../../scripts/hosts/n8n-cache');
const { ensureDatabase } = require('../../../scripts/hosts/n8n-host');

/** Installs n8n, and builds and packs the package once, before any test counts its time. */
module.exports = async () => {
  ensureN8n();
  await ensureDatabase();
  await packN8n();
};
