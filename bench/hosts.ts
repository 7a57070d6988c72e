import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { asStored } from '../node-red/editor/defaults';
import { APPLIANCE_TYPE } from '../node-red/runtime/values/names';
import { NodeRedHost, type FlowNode } from '../scripts/hosts/node-red-host';
import { N8nHost } from '../scripts/hosts/n8n-host';
import type { Workflow } from '../scripts/hosts/n8n-rest';
import { startBulkAppliance, type Server } from './child';
import { compare, idleMemoryOf, memoryOf, type BenchOptions } from './measure';
import { CAPTURE } from './programs';
import { memoryRow, rateRow, type Row, type Section } from './report';

/** A host that runs one workflow, in a process of its own so that its memory is its own. */
interface Way {
  pid: number;
  run(): Promise<unknown>;
  stop(): Promise<void>;
}

/** Another way to do the same. */
interface Alternative {
  what: string;
  /** The least ratio. */
  goal?: number;
  start(): Promise<Way>;
}

/** Times the same capture in several hosts; the memory compared is that of the first alternative. */
async function compareHosts(
  { runs, bytes }: BenchOptions,
  maxMemory: number,
  start: () => Promise<Way>,
  alternatives: Alternative[],
): Promise<Row[]> {
  const ways: Way[] = [];
  try {
    for (const each of [start, ...alternatives.map((one) => one.start)]) ways.push(await each());
    // What a host does after its start is over.
    await pause(10_000);
    const idle = ways.map(({ pid }) => idleMemoryOf(pid));
    const works = ways.map((way, index) => [index, () => way.run()] as const);
    const times = Object.values(await compare<string>(runs, Object.fromEntries(works)));
    const [ours, first] = ways.map(({ pid }, index) => memoryOf(pid).peak - idle[index]!);
    return [
      ...alternatives.map(({ what, goal }, index) =>
        rateRow(what, bytes, times[0]!, times[index + 1]!, goal),
      ),
      memoryRow(ours!, maxMemory, first),
    ];
  } finally {
    for (const way of ways) await way.stop();
  }
}

const sizeOf = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

/** Into binary data on disk: our node, the same without its use of young memory, HTTP Request. */
export async function benchN8n(options: BenchOptions): Promise<Section> {
  const appliance = await startBulkAppliance(options.bytes);
  try {
    const rows = await compareHosts(options, 256, () => startN8n(appliance, 'ours'), [
      {
        what: 'HTTP Request node, response as file: nothing checked',
        goal: 1,
        start: () => startN8n(appliance, 'core'),
      },
      {
        what: 'ours without `n8n/transport/young-memory.ts`',
        start: () => startN8n(appliance, 'plain'),
      },
    ]);
    return {
      title: `Capture of ${sizeOf(options.bytes)} in n8n`,
      notes: ['Into binary data on disk. The memory of the alternative is that of HTTP Request.'],
      rows,
    };
  } finally {
    appliance.child.stop();
  }
}

async function startN8n(appliance: Server, kind: 'ours' | 'plain' | 'core'): Promise<Way> {
  const host = await N8nHost.start({ settings: { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' } });
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
    workflow(kind === 'core' ? httpRequest(appliance) : await captureNode(host, appliance)),
  );
  return {
    pid: host.pid,
    stop: () => host.stop(),
    async run() {
      const { executionId } = await rest.start(flow, 'Start');
      const { error, items } = await rest.untilEnded(executionId, 600);
      if (error) throw new Error(error.message);
      if (!items.Node?.[0]?.binary) throw new Error('There is no file.');
      // n8n keeps files of past executions for days.
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const isBinary = entry.isFile() && entry.parentPath.endsWith('binary_data');
        if (isBinary) rmSync(join(entry.parentPath, entry.name));
      }
    },
  };
}

async function captureNode({ rest }: N8nHost, { url, certificate }: Server): Promise<object> {
  const type = 'allegroMultimeterTokenApi';
  const login = { baseUrl: url, token: 'demo-token', caCertificate: certificate };
  const { id, name } = await rest.createCredential('Allegro', type, login);
  return {
    type: 'n8n-nodes-allegro-multimeter.allegroMultimeter',
    typeVersion: 1,
    parameters: {
      ...{ resource: 'capture', operation: 'capturePcap', captureSource: 'ringBuffer' },
      ...{
        captureScope: 'all',
        timeMode: 'last',
        lastAmount: 5,
        lastUnit: 'minutes',
        maxMegabytes: 0,
      },
    },
    credentials: { [type]: { id, name } },
  };
}

function httpRequest({ url }: Server): object {
  const header = { name: 'Authorization', value: 'Bearer demo-token' };
  return {
    type: 'n8n-nodes-base.httpRequest',
    typeVersion: 4.2,
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

function workflow(node: object): Workflow {
  const start = { id: '1', name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1 };
  const nodes = [
    { ...start, position: [0, 0], parameters: {} },
    { id: '2', name: 'Node', position: [200, 0], ...node },
  ] as Workflow['nodes'];
  const connections = { Start: { main: [[{ node: 'Node', type: 'main', index: 0 }]] } };
  return { name: 'Benchmark', nodes, connections };
}

/** To a file: our node, and the core nodes http request and write file. */
export async function benchNodeRed(options: BenchOptions): Promise<Section> {
  const appliance = await startBulkAppliance(options.bytes);
  const path = join(options.folder, 'core.pcap');
  try {
    const rows = await compareHosts(options, 64, () => startNodeRed(ourFlow(appliance)), [
      {
        what: '_http request_, then _write file_: nothing checked',
        goal: 1,
        start: () => startNodeRed(coreFlow(appliance, path), path),
      },
    ]);
    const note = 'The core nodes hold the whole file in memory; files over 2 GB end their process.';
    return { title: `Capture of ${sizeOf(options.bytes)} in Node-RED`, notes: [note], rows };
  } finally {
    appliance.child.stop();
  }
}

/** @param path where the flow writes, if it does not say so itself */
async function startNodeRed(flow: FlowNode[], path?: string): Promise<Way> {
  const host = await NodeRedHost.start();
  await host.deploy(flow);
  return {
    pid: host.pid,
    stop: () => host.stop(),
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
