const base = require('./jest.config.js');

/**
 * The scale-out run with smaller bursts. Needs PostgreSQL, Redis and mosquitto, which have to be
 * installed.
 * @type {import('jest').Config}
 */
module.exports = {
  ...base,
  roots: ['<rootDir>/test/scale'],
  testMatch: ['**/*.scale-test.ts'],
  globalSetup: '<rootDir>/test/hosts/n8n/global-setup.js',
  testTimeout: 1200000,
};
