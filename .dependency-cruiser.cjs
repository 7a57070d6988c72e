/**
 * Who may import whom; see "Layers" in CONTRIBUTING.md.
 *
 * Imports that TypeScript removes (types) count as well.
 */

/** A rule: the files of a layer import nothing but what is listed. */
const layer = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: '(^|/)node_modules/' },
  to: { pathNot: to },
});

const VALUES = '^client/(values/|errors\\.ts$)';
/** The only module of Node.js in what ships to n8n. */
const CRYPTO = '^(node:)?crypto$';
const N8N_WORKFLOW = '(^|/)node_modules/n8n-workflow/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that import each other cannot be understood, tested or moved one by one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['/dist/', '^@n8n/', '^n8n'] },
    },

    layer(
      'client',
      '^client/',
      ['^client/', CRYPTO],
      'The client knows the appliance, and no host. Of Node.js it uses only crypto.',
    ),
    // Within the client, from the bottom up: values, http, formats, api, parts, façade.
    layer(
      'client-values',
      '^client/(values/|errors\\.ts$)',
      [VALUES, CRYPTO],
      'Values and errors know nothing of requests.',
    ),
    layer(
      'client-http',
      '^client/http/',
      ['^client/http/', VALUES, CRYPTO],
      'A single request knows nothing of the appliance.',
    ),
    layer(
      'client-formats',
      '^client/(pcap|files)/',
      ['^client/(pcap|files|http)/', VALUES, CRYPTO],
      'File formats read the body of a response, and know nothing of the API.',
    ),
    layer(
      'client-api',
      '^client/api/',
      ['^client/(api|pcap|files|http)/', VALUES, CRYPTO],
      'Addressed calls know nothing of the parts of the API that are built upon them.',
    ),
    {
      name: 'client-parts',
      comment: 'The parts of the API take `Api`, never the client as a whole.',
      severity: 'error',
      from: { path: '^client/[^/]+/' },
      to: { path: '^client/(allegro-client|index)\\.ts$' },
    },

    layer(
      'definitions',
      '^nodes/definitions/',
      ['^nodes/definitions/', '^client/', CRYPTO],
      'Definitions of nodes know the client, and no host.',
    ),
    layer(
      'n8n-adapter',
      '^n8n/',
      ['^n8n/', '^nodes/definitions/', '^client/', '^package\\.json$', CRYPTO, N8N_WORKFLOW],
      'The n8n adapter has no run-time dependency, and does not know that of Node-RED.',
    ),
    layer(
      'n8n-classes',
      '^(nodes/AllegroMultimeter|credentials/)',
      ['^n8n/', '^nodes/definitions/', N8N_WORKFLOW],
      'The classes that n8n loads are descriptions; everything else is in n8n/.',
    ),
    {
      name: 'node-red-adapter',
      comment: 'The Node-RED adapter does not know that of n8n.',
      severity: 'error',
      from: { path: '^node-red/' },
      to: { path: '^(n8n|nodes/AllegroMultimeter|credentials|simulator|bench|test)' },
    },
    {
      name: 'node-red-runtime',
      comment: 'What ships to Node-RED needs axios and hpagent, nothing that builds the editor.',
      severity: 'error',
      from: { path: '^node-red/(runtime|transport)/' },
      to: {
        path: ['^scripts/', '^node-red/(editor|build)', '(^|/)node_modules/'],
        pathNot: '(^|/)node_modules/(axios|hpagent|@types)/',
      },
    },

    {
      name: 'simulator',
      comment: 'The simulator parses and computes by itself, so that a shared mistake cannot hide.',
      severity: 'error',
      from: { path: '^simulator/' },
      to: { path: '^(client|nodes|credentials|n8n|node-red|bench|scripts|test)/' },
    },
    {
      name: 'nobody-imports-the-simulator',
      comment: 'Only its command, benchmarks, scripts and tests start the simulator.',
      severity: 'error',
      from: { pathNot: '^(simulator|bench|scripts|test)/' },
      to: { path: '^simulator/' },
    },
    {
      name: 'nobody-imports-tests',
      comment: 'But benchmarks and comparisons, which measure with the same tools.',
      severity: 'error',
      from: { pathNot: '^(test|bench|scripts/pcap-truth)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: '(^|/)(dist|resources)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node'] },
  },
};
