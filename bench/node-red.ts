import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { completeNode } from '../node-red/editor/defaults';
import { APPLIANCE_TYPE } from '../node-red/runtime/values/names';
import { NodeRedHost, type FlowNode } from '../scripts/demo/node-red-host';
import { startAppliance, type Appliance } from './child';
import { compare, idleMemoryOf, memoryOf, wait } from './measure';
import type { BenchOptions } from './options';
import { megabytes, rate, type Section } from './report';

const GOAL_MEMORY = 64;
/** From here on the core nodes are asked once whether they can do it at all. */
const DOUBTFUL_BYTES = 2e9;

/** A large capture to a file: our node against Node-RED's own http request and write file nodes. */
export async function benchNodeRed({ runs, bytes, folder }: BenchOptions): Promise<Section> {
  const appliance = await startAppliance({
    historySeconds: 60,
    switches: { bulkBytes: bytes, bulkPacketBytes: 800 },
  });
  const theirs = join(folder, 'core.pcap');
  // Each in a process of its own, so that the memory of one is not the other's.
  const ourHost = await NodeRedHost.start();
  const coreHost = await NodeRedHost.start();
  let size = 0;
  try {
    await ourHost.deploy(ourFlow(appliance));
    await coreHost.deploy(coreFlow(appliance, theirs));
    await wait(8000);
    const idle = { ours: idleMemoryOf(ourHost.pid), core: idleMemoryOf(coreHost.pid) };
    const ours = async () => {
      const { filename } = await run<{ filename: string }>(ourHost);
      size = statSync(filename).size;
      rmSync(filename);
    };
    const core = async () => {
      await run(coreHost);
      const written = statSync(theirs).size;
      rmSync(theirs);
      if (written < bytes / 2) throw new Error(`Only ${written} bytes were written.`);
    };
    const failure =
      bytes < DOUBTFUL_BYTES
        ? undefined
        : await core().then(
            () => undefined,
            (error: unknown) => (error as Error).message,
          );
    const times: Record<'ours', number> & Partial<Record<'core', number>> =
      failure === undefined ? await compare(runs, { ours, core }) : await compare(runs, { ours });
    const above = {
      ours: memoryOf(ourHost.pid).peak - idle.ours,
      core: coreHost.isRunning ? memoryOf(coreHost.pid).peak - idle.core : undefined,
    };
    const label = `${(size / 1e9).toFixed(1)} GB`;
    const ratio = times.core === undefined ? undefined : times.core / times.ours;
    return {
      title: `Capture of ${label} in Node-RED`,
      notes: [
        'Our capture pcap node to a file, against the core nodes http request (a binary buffer) and write file. Ours walks every packet and computes the SHA-256; the core nodes check nothing.',
        ...(failure === undefined
          ? []
          : [
              `The core nodes cannot do it, because they hold the whole file in memory: ${failure}`,
            ]),
      ],
      rows: [
        {
          what: `${label} to a file`,
          ours: rate(size, times.ours),
          alternative: times.core === undefined ? 'fails' : rate(size, times.core),
          ratio,
          goal: '> 1',
          isMet: ratio === undefined || ratio > 1,
        },
        {
          what: 'memory above idle',
          ours: megabytes(above.ours),
          alternative: above.core === undefined ? 'ended' : megabytes(above.core),
          ratio: above.core === undefined ? undefined : above.core / above.ours,
          goal: `< ${GOAL_MEMORY} MB`,
          isMet: above.ours < GOAL_MEMORY,
        },
      ],
    };
  } finally {
    await ourHost.stop();
    await coreHost.stop();
    appliance.child.stop();
    if (existsSync(theirs)) rmSync(theirs);
  }
}

async function run<T>({ url }: NodeRedHost): Promise<T> {
  const response = await fetch(`${url}/run`, { method: 'POST' });
  const text = await response.text();
  if (!response.ok) throw new Error(`The flow answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

const place = { z: 'f0', x: 0, y: 0 };
const trigger: FlowNode[] = [
  { id: 'f0', type: 'tab', label: 'Benchmark' },
  { id: 'in', type: 'http in', ...place, url: '/run', method: 'post', wires: [['node']] },
  { id: 'catch', type: 'catch', ...place, scope: null, wires: [['failed']] },
  {
    ...{ id: 'failed', type: 'change', ...place, wires: [['out']] },
    rules: [
      { t: 'set', p: 'payload', pt: 'msg', to: 'error', tot: 'msg' },
      { t: 'set', p: 'statusCode', pt: 'msg', to: '500', tot: 'num' },
    ],
  },
  { id: 'out', type: 'http response', ...place, wires: [] },
];

function ourFlow({ url, certificate }: Appliance): FlowNode[] {
  return [
    ...trigger,
    completeNode({
      id: 'a0',
      type: APPLIANCE_TYPE,
      baseUrl: url,
      caCertificate: certificate,
      credentials: { token: 'demo-token' },
    }),
    completeNode({
      ...{ id: 'node', type: 'allegro-multimeter-capture-pcap', ...place, appliance: 'a0' },
      timeMode: 'last',
      maxMegabytes: '0',
      wires: [['out']],
    }),
  ];
}

function coreFlow({ url }: Appliance, path: string): FlowNode[] {
  return [
    ...trigger,
    { id: 'tls', type: 'tls-config', verifyservercert: false },
    {
      ...{ id: 'node', type: 'http request', ...place, method: 'GET', ret: 'bin', tls: 'tls' },
      url: `${url}/API/data/modules/capture?fromCaptureBuffer=true`,
      authType: 'bearer',
      credentials: { password: 'demo-token' },
      wires: [['file']],
    },
    {
      ...{ id: 'file', type: 'file', ...place, filename: path, filenameType: 'str' },
      overwriteFile: 'true',
      wires: [['answer']],
    },
    {
      ...{ id: 'answer', type: 'change', ...place, wires: [['out']] },
      rules: [
        { t: 'set', p: 'payload', pt: 'msg', to: '{}', tot: 'json' },
        { t: 'set', p: 'headers', pt: 'msg', to: '{}', tot: 'json' },
        { t: 'set', p: 'statusCode', pt: 'msg', to: '200', tot: 'num' },
      ],
    },
  ];
}
