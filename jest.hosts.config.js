const { testTimeout, ...base } = require('./jest.config.js');

const HOSTS = '<rootDir>/test/hosts';

/**
 * The nodes inside the real hosts. Each file name says what it needs: `*.host-test.ts` the host,
 * `*.browser-test.ts` Chromium as well, `*.example-test.ts` the examples with their neighbours.
 * `npx jest --config jest.hosts.config.js --selectProjects n8n poll-trigger` runs one of them.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  // Far more than any test takes: a busy machine must not fail one.
  testTimeout: 1200000,
  projects: [
    {
      ...base,
      displayName: 'node-red',
      roots: [`${HOSTS}/node-red`],
      testMatch: ['**/*.{host,browser,example}-test.ts'],
      globalSetup: `${HOSTS}/node-red/global-setup.js`,
    },
    {
      ...base,
      displayName: 'n8n',
      roots: [`${HOSTS}/n8n`],
      testMatch: ['**/*.{host,browser,example}-test.ts'],
      globalSetup: `${HOSTS}/n8n/global-setup.js`,
    },
  ],
};
