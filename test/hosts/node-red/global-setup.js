const { packNodeRed } = require('../../../scripts/demo/pack');

/** Builds and packs the package once, before any test counts its time. */
module.exports = async () => {
  await packNodeRed();
};
