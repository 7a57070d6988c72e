const base = require('./jest.config.js');

/**
 * Tests that need the real n8n: its request helper in this process, and a whole n8n beside it.
 * @type {import('jest').Config}
 */
module.exports = {
  ...base,
  roots: ['<rootDir>/test/hosts/n8n'],
  testMatch: ['**/*.n8n-test.ts'],
  globalSetup: '<rootDir>/test/hosts/n8n/global-setup.js',
  reporters: ['default', '<rootDir>/test/hosts/n8n/summary-reporter.js'],
  testTimeout: 120000,
};
