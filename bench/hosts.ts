import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asStored } from '../node-red/editor/defaults';
import { APPLIANCE_TYPE } from '../node-red/runtime/values/names';
import { NodeRedHost, type FlowNode } from '../scripts/hosts/node-red-host';
import { N8nHost } from '../scripts/hosts/n8n-host';
import { NODE, oneNode, TRIGGER } from '../test/hosts/n8n/support/workflows';
import { CAPTURE, startBulkAppliance, type Server } from './child';
import type { BenchOptions, Part } from './measure';

/** A host that runs one workflow, in a process of its own so that its memory is its own. */
interface Way {
  pid: number;
  run(): Promise<unknown>;
}

/** Into binary data on disk: our node, HTTP Request, and ours without its use of young memory. */
export const n8n: Part = {
  title: 'Capture of SIZE in n8n',
  notes: ['Into binary data on disk. The memory of the alternative is that of HTTP Request.'],
  comparisons: [
    async (options) => {
      const appliance = await startBulkAppliance(options);
      const ours = await startN8n(appliance, 'ours', options);
      const core = await startN8n(appliance, 'core', options);
      const plain = await startN8n(appliance, 'plain', options);
      return {
        amount: { count: options.bytes / 1e6, unit: 'MB' },
        ours: ours.run,
        others: [
          { what: 'HTTP Request node, response as file: nothing checked', goal: 1, run: core.run },
          { what: 'ours without `n8n/transport/young-memory.ts`', run: plain.run },
        ],
        memory: { pid: ours.pid, max: 256, otherPid: core.pid },
      };
    },
  ],
};

/** To a file: our node, and the core nodes http request and write file. */
export const nodeRed: Part = {
  title: 'Capture of SIZE in Node-RED',
  notes: ['The core nodes hold the whole file in memory; files over 2 GB end their process.'],
  comparisons: [
    async (options) => {
      const appliance = await startBulkAppliance(options);
      const path = join(options.folder, 'core.pcap');
      const ours = await startNodeRed(ourFlow(appliance), options);
      const core = await startNodeRed(coreFlow(appliance, path), options, path);
      return {
        amount: { count: options.bytes / 1e6, unit: 'MB' },
        ours: ours.run,
        others: [
          { what: '_http request_, then _write file_: nothing checked', goal: 1, run: core.run },
        ],
        memory: { pid: ours.pid, max: 64, otherPid: core.pid },
      };
    },
  ],
};

async function startN8n(
  appliance: Server,
  kind: 'ours' | 'plain' | 'core',
  { atEnd }: BenchOptions,
): Promise<Way> {
  const host = await N8nHost.start({ settings: { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' } });
  atEnd(() => host.stop());
  const { folder } = host;
  if (kind === 'plain') {
    await host.end('SIGTERM');
    const dist = join(folder, '.n8n/nodes/node_modules/n8n-nodes-allegro-multimeter/dist');
    const replaced = 'exports.useUpYoungMemory = () => undefined;\n';
    statSync(join(dist, 'n8n/transport/young-memory.js'));
    writeFileSync(join(dist, 'n8n/transport/young-memory.js'), replaced);
    await host.startAgain();
  }
  const { rest } = host;
  const flow = await rest.createWorkflow(
    oneNode(kind === 'core' ? httpRequest(appliance) : await captureNode(host, appliance)),
  );
  return {
    pid: host.pid,
    async run() {
      const { executionId } = await rest.start(flow, TRIGGER);
      const { error, items } = await rest.untilEnded(executionId, 600);
      if (error) throw new Error(error.message);
      if (!items[NODE]?.[0]?.binary) throw new Error('There is no file.');
      // n8n keeps files of past executions for days.
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const isBinary = entry.isFile() && entry.parentPath.endsWith('binary_data');
        if (isBinary) rmSync(join(entry.parentPath, entry.name));
      }
    },
  };
}

async function captureNode({ rest }: N8nHost, { url, certificate }: Server) {
  const type = 'allegroMultimeterTokenApi';
  const login = { baseUrl: url, token: 'demo-token', caCertificate: certificate };
  const { id, name } = await rest.createCredential('Allegro', type, login);
  return {
    parameters: {
      ...{ resource: 'packet', operation: 'capturePcap', captureSource: 'ringBuffer' },
      ...{ captureScope: 'all', timeMode: 'last', lastAmount: 5, lastUnit: 'minutes' },
      maxMegabytes: 0,
    },
    credentials: { [type]: { id, name } },
  };
}

function httpRequest({ url }: Server) {
  const header = { name: 'Authorization', value: 'Bearer demo-token' };
  return {
    type: 'n8n-nodes-base.httpRequest',
    typeVersion: 4.2,
    credentials: {},
    parameters: {
      url: url + CAPTURE,
      sendHeaders: true,
      headerParameters: { parameters: [header] },
      options: {
        allowUnauthorizedCerts: true,
        response: { response: { responseFormat: 'file' } },
      },
    },
  };
}

/** @param path where the flow writes, if it does not say so itself */
async function startNodeRed(
  flow: FlowNode[],
  { atEnd }: BenchOptions,
  path?: string,
): Promise<Way> {
  const host = await NodeRedHost.start();
  atEnd(() => host.stop());
  await host.deploy(flow);
  return {
    pid: host.pid,
    async run() {
      const response = await fetch(`${host.url}/run`, { method: 'POST' });
      const text = await response.text();
      if (!response.ok) throw new Error(`The flow answered ${response.status}: ${text}`);
      const written = path ?? (JSON.parse(text) as { path: string }).path;
      if (statSync(written).size < 1e6) throw new Error(`${written} is too small.`);
      rmSync(written);
    },
  };
}

const tab = { z: 'f0', x: 0, y: 0 };
const set = (p: string, to: string, tot: string) => ({ t: 'set', p, pt: 'msg', to, tot });
const FRAME: FlowNode[] = [
  { id: 'f0', type: 'tab', label: 'Benchmark' },
  { id: 'in', type: 'http in', ...tab, url: '/run', method: 'post', wires: [['node']] },
  { id: 'catch', type: 'catch', ...tab, scope: null, wires: [['failed']] },
  {
    ...{ id: 'failed', type: 'change', ...tab, wires: [['out']] },
    rules: [set('payload', 'error', 'msg'), set('statusCode', '500', 'num')],
  },
  { id: 'out', type: 'http response', ...tab, wires: [] },
];

function ourFlow({ url, certificate }: Server): FlowNode[] {
  const appliance = { baseUrl: url, caCertificate: certificate };
  const node = { ...tab, appliance: 'a0', timeMode: 'last', maxMegabytes: '0', wires: [['out']] };
  return [
    ...FRAME,
    asStored({
      ...{ id: 'a0', type: APPLIANCE_TYPE, ...appliance },
      credentials: { token: 'demo-token' },
    }),
    asStored({
      id: 'node',
      type: 'allegro-multimeter-capture-pcap',
      captureScope: 'all',
      ...node,
    }),
  ];
}

function coreFlow({ url }: Server, path: string): FlowNode[] {
  return [
    ...FRAME,
    { id: 'tls', type: 'tls-config', verifyservercert: false },
    {
      ...{ id: 'node', type: 'http request', ...tab, method: 'GET', ret: 'bin', tls: 'tls' },
      ...{ url: url + CAPTURE, authType: 'bearer', credentials: { password: 'demo-token' } },
      wires: [['file']],
    },
    {
      ...{ id: 'file', type: 'file', ...tab, filename: path, filenameType: 'str' },
      ...{ overwriteFile: 'true', wires: [['answer']] },
    },
    {
      ...{ id: 'answer', type: 'change', ...tab, wires: [['out']] },
      rules: [set('payload', '{}', 'json'), set('headers', '{}', 'json')],
    },
  ];
}
