const { packNodeRed } = require('../../../scripts/hosts/pack');
const { ensureFurtherNodes } = require('../../../scripts/hosts/node-red-cache');

/** Installs what is missing, and builds and packs the package once, before any test counts its time. */
module.exports = async () => {
  ensureFurtherNodes();
  await packNodeRed();
};
