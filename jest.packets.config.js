const base = require('./jest.config.js');

/**
 * Tests that have files checked by tshark and capinfos, which have to be installed.
 * @type {import('jest').Config}
 */
module.exports = {
  ...base,
  testMatch: ['**/*.packets-test.ts'],
  // Far more than any test takes: a busy machine must not fail one.
  testTimeout: 1200000,
};
