import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import type { Simulator } from '../../simulator';
import { NodeRedHost, until, type FlowNode } from '../hosts/node-red-host';
import { ROOT } from '../hosts/pack';
import { SIMULATOR_TOKEN } from '../demo/simulator-process';
import {
  CAPTURE_PATH,
  checkCaptures,
  countBy,
  makeAlerts,
  percentiles,
  readLog,
  within,
  withAppliance,
  type Alert,
  type BurstFacts,
} from './alerts';
import type { ScaleOptions } from './n8n';
import { startMosquitto } from './services';

const EXAMPLE = join(ROOT, 'examples/node-red/scale-out/alerts-by-mqtt.json');
/** Seconds without a receipt after which the keeper sends an alert again; longer than a burst. */
const OVERDUE_SECONDS = 30;
/** As docs/scaling.md asks: what the keeper remembers outlives its process. */
const CONTEXT_STORAGE = { default: { module: 'localfilesystem', config: { flushInterval: 1 } } };
/**
 * How fast captures come while an instance is killed: slow enough to be in the middle of some, and
 * with the keeper, to be so when its context has been written.
 */
const BYTES_PER_SECOND = { second: 60_000, keeper: 12_000 };

interface NodeRedBurst extends BurstFacts {
  /** Hidden files without a final name, as a killed instance leaves them. */
  partialFiles: number;
  /** Captures stored when an instance was killed; 0 where none was. */
  killedAfter: number;
}

export interface NodeRedScaleResult {
  burst: NodeRedBurst;
  /** The second instance is killed, and stays away. */
  kill: NodeRedBurst;
  /** With the only instance left killed, that of the keeper, and started again. */
  keeper: NodeRedBurst;
}

interface Receipt {
  id: string;
  instance: string;
  path: string;
  packets: number;
  sha256: string;
  error?: string;
}

/** Two instances with the same flow; the keeper's tab is active in the first only. */
interface Pair {
  folder: string;
  brokerUrl: string;
  simulator: Simulator;
  killSecond(): void;
  restartFirst(): Promise<void>;
}

/** Two instances of Node-RED behind MQTT: a burst, one with an instance killed, one with the other. */
export function scaleNodeRed({
  alerts,
  log,
}: Pick<ScaleOptions, 'alerts' | 'log'>): Promise<NodeRedScaleResult> {
  return withAppliance(alerts, async (simulator, folder) => {
    log('Starting mosquitto and two instances of Node-RED.');
    const broker = await startMosquitto(folder);
    const settings = { fileWorkingDirectory: folder, contextStorage: CONTEXT_STORAGE };
    const hosts: NodeRedHost[] = [];
    const userDir = join(folder, 'keeper');
    mkdirSync(userDir);
    const startFirst = () => NodeRedHost.start({ settings, userDir });
    try {
      hosts.push(await startFirst(), await NodeRedHost.start({ settings }));
      for (const [index, host] of hosts.entries()) {
        await host.deploy(readFlow(simulator, broker.port, index + 1));
      }
      const pair: Pair = {
        folder: join(folder, 'captures'),
        brokerUrl: `mqtt://127.0.0.1:${broker.port}`,
        simulator,
        killSecond: () => process.kill(hosts[1]!.pid, 'SIGKILL'),
        async restartFirst() {
          process.kill(hosts[0]!.pid, 'SIGKILL');
          await until('the first instance to end', () => !hosts[0]!.isRunning);
          hosts[0] = await startFirst();
        },
      };
      log(`Publishing ${alerts} alerts to both.`);
      const burst = await runBurst(pair, 'A', alerts, 0);
      if (burst.sentTwice > 0) burst.problems.push(`${burst.sentTwice} captures were made twice.`);
      log('Once more, and one instance is killed.');
      const kill = await runBurst(pair, 'K', alerts, 700, 'second');
      log('Once more, and the keeper is killed.');
      const keeper = await runBurst(pair, 'R', alerts, 1300, 'keeper');
      return { burst, kill, keeper };
    } finally {
      for (const host of hosts.reverse()) await host.stop();
      await broker.stop();
      rmSync(userDir, { recursive: true, force: true });
    }
  });
}

/**
 * Publishes alerts all at once, waits for their receipts, and compares the files with the truth.
 *
 * @param killed which instance is killed when a quarter of the captures is stored
 */
async function runBurst(
  pair: Pair,
  prefix: string,
  count: number,
  shiftMs: number,
  killed?: keyof typeof BYTES_PER_SECOND,
): Promise<NodeRedBurst> {
  const { simulator } = pair;
  const alerts = makeAlerts(simulator, prefix, count, shiftMs);
  const receipts = new Map<string, Receipt & { atMs: number }>();
  const failures: string[] = [];
  const client = await mqtt.connectAsync(pair.brokerUrl, { protocolVersion: 5 });
  client.on('message', (topic, payload) => {
    const receipt = JSON.parse(payload.toString()) as Receipt;
    if (topic.startsWith('allegro/failures/')) failures.push(`${receipt.id}: ${receipt.error}`);
    else if (!receipts.has(receipt.id)) receipts.set(receipt.id, { ...receipt, atMs: Date.now() });
  });
  if (killed) {
    const bytesPerSecond = BYTES_PER_SECOND[killed];
    simulator.faults.add({ kind: 'slow', bytesPerSecond, path: CAPTURE_PATH });
  }
  try {
    await client.subscribeAsync(['allegro/receipts/+', 'allegro/failures/+'], { qos: 1 });
    simulator.clearRequests();
    const startMs = Date.now();
    const publish = (alert: object) =>
      client.publishAsync('allegro/alerts', JSON.stringify(alert), { qos: 1 });
    await Promise.all(alerts.map(publish));
    const limitSeconds = 180 + 2 * count;
    let killedAfter = 0;
    if (killed) {
      await within(limitSeconds, () => receipts.size >= count / 4);
      killedAfter = receipts.size;
      // What is in progress there at this moment can only be lost.
      if (killed === 'second') pair.killSecond();
      else await pair.restartFirst();
    }
    await within(limitSeconds, () => receipts.size >= count);
    return await factsOf(pair, alerts, [...receipts.values()], { failures, startMs, killedAfter });
  } finally {
    simulator.faults.clear();
    await client.endAsync();
  }
}

/** What became of a burst, compared with the truth. */
async function factsOf(
  { simulator, folder }: Pair,
  alerts: Alert[],
  receipts: Array<Receipt & { atMs: number }>,
  { failures, startMs, killedAfter }: { failures: string[]; startMs: number; killedAfter: number },
): Promise<NodeRedBurst> {
  const prefix = alerts[0]!.id.split('-')[0]!;
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const files = names.filter((name) => name.startsWith(`${prefix}-`)).length;
  const captures = new Map(
    receipts.map(({ id, packets, sha256, path }) => [
      id,
      { packets, sha256: [sha256, existsSync(path) ? hashOf(path) : 'of no file'] },
    ]),
  );
  const seconds = receipts.map(({ atMs }) => (atMs - startMs) / 1000);
  return {
    alerts: alerts.length,
    problems: [
      ...failures,
      ...(files === alerts.length ? [] : [`There are ${files} files of ${alerts.length} alerts.`]),
      ...(await checkCaptures(simulator, alerts, captures)),
    ],
    seconds: Math.max(...seconds),
    storedSeconds: percentiles(seconds),
    spread: countBy(receipts.map(({ instance }) => instance)),
    ...readLog(simulator, alerts),
    partialFiles: names.filter((name) => /^\..*\.part$/.test(name)).length,
    killedAfter,
  };
}

function hashOf(filename: string): string {
  return createHash('sha256').update(readFileSync(filename)).digest('hex');
}

/** The example, adapted as its comments say: broker, appliance, instance, where the keeper runs. */
function readFlow(simulator: Simulator, brokerPort: number, instance: number): FlowNode[] {
  const nodes = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as FlowNode[];
  const variables: Record<string, number> = { OVERDUE_SECONDS, INSTANCE: instance };
  const changes: Record<string, (node: FlowNode) => object> = {
    'mqtt-broker': () => ({ broker: '127.0.0.1', port: String(brokerPort) }),
    'allegro-multimeter-appliance': () => ({
      baseUrl: simulator.url,
      caCertificate: simulator.certificatePem,
      credentials: { token: SIMULATOR_TOKEN },
    }),
    tab: ({ env, label }) => ({
      env: (env as Array<{ name: string; value: string }>).map((entry) => ({
        ...entry,
        value: String(variables[entry.name] ?? entry.value),
      })),
      disabled: label === 'Scale-out: keeper' && instance > 1,
    }),
  };
  return nodes.map((node) => ({ ...node, ...changes[node.type]?.(node) }));
}
