const { packNodeRed } = require('../../../scripts/demo/pack');
const { ensureFurtherNodes } = require('../../../scripts/node-red-cache');

/** Installs what is missing, and builds and packs the package once, before any test counts its time. */
module.exports = async () => {
  ensureFurtherNodes();
  await packNodeRed();
};
