const {
  CACHED_VERSIONS,
  ensureNodeRed,
  ensureScorecard,
} = require('../../../../scripts/hosts/node-red-cache');

/** Installs what is missing before any test counts its time. */
module.exports = () => {
  for (const version of CACHED_VERSIONS) ensureNodeRed(version);
  ensureScorecard();
};
