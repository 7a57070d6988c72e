const base = require('./jest.config.js');

/**
 * Tests that have files checked by tshark and capinfos, which have to be installed.
 * @type {import('jest').Config}
 */
module.exports = {
  ...base,
  testMatch: ['**/*.packets-test.ts'],
  testTimeout: 300000,
};
