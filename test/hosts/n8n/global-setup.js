const { packN8n } = require('../../../scripts/demo/pack');
const { ensureN8n } = require('../../../scripts/n8n-cache');

/** Installs n8n, and builds and packs the package once, before any test counts its time. */
module.exports = async () => {
  ensureN8n();
  await packN8n();
};
