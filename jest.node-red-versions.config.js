const base = require('./jest.config.js');
const { testTimeout, ...project } = base;

/** Tests that run in each Node-RED: nodes with their appliance, and their forms in the editor. */
const HOST_TESTS = ['host', 'host-runs', 'triggers', 'editor.browser'].map(
  (name) => `<rootDir>/test/hosts/node-red/${name}.test.ts`,
);

const inVersion = (version) => ({
  ...project,
  displayName: `Node-RED ${version.replace('@', ' on Node.js ')}`,
  testMatch: HOST_TESTS,
  setupFiles: [`<rootDir>/test/hosts/node-red/versions/node-red-${version}.js`],
});

/**
 * The package in the other Node-REDs and Node.js that it promises to work in, and Node-RED's own
 * scorecard. `npm test` covers Node-RED 5 on Node.js 24.
 * @type {import('jest').Config}
 */
module.exports = {
  testTimeout,
  globalSetup: '<rootDir>/test/hosts/node-red/versions/global-setup.js',
  projects: [
    inVersion('4@20'),
    inVersion('5@22'),
    {
      ...project,
      displayName: 'scorecard',
      testMatch: ['<rootDir>/test/hosts/node-red/versions/**/*.versions-test.ts'],
    },
  ],
};
