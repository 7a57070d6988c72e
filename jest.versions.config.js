const { testTimeout, ...base } = require('./jest.config.js');

/** Tests that run in each Node-RED: nodes with their appliance, and their forms in the editor. */
const HOST_TESTS = [
  'host/smoke.test',
  'nodes/flows.host-test',
  'nodes/runs.host-test',
  'nodes/triggers.host-test',
  'editor/editor.browser-test',
].map((name) => `<rootDir>/test/hosts/node-red/${name}.ts`);

const inVersion = (version) => ({
  ...base,
  displayName: `Node-RED ${version.replace('@', ' on Node.js ')}`,
  testMatch: HOST_TESTS,
  setupFiles: [`<rootDir>/test/hosts/node-red/versions/node-red-${version}.js`],
});

/**
 * The package in the other Node-REDs and Node.js that it promises to work in, and Node-RED's own
 * scorecard. `npm test` and `npm run test:hosts` cover Node-RED 5 on Node.js 24.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  testTimeout: 1200000,
  globalSetup: '<rootDir>/test/hosts/node-red/versions/global-setup.js',
  projects: [
    inVersion('4@20'),
    inVersion('5@22'),
    {
      ...base,
      displayName: 'scorecard',
      testMatch: ['<rootDir>/test/hosts/node-red/versions/**/*.versions-test.ts'],
    },
  ],
};
