import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import type { Simulator } from '../../simulator';
import { NodeRedHost, type FlowNode } from '../hosts/node-red-host';
import { ROOT } from '../hosts/pack';
import { SIMULATOR_TOKEN } from '../demo/simulator-process';
import {
  checkCaptures,
  countBy,
  HELD_CAPTURE,
  makeAlerts,
  PATIENCE_SECONDS,
  percentiles,
  readLog,
  untilReached,
  within,
  withAppliance,
  type Alert,
  type BurstFacts,
} from './alerts';
import type { ScaleOptions } from './n8n';
import { startMosquitto } from './services';

const EXAMPLE = join(ROOT, 'examples/node-red/scale-out/alerts-by-mqtt.json');
/**
 * Seconds without a receipt after which the keeper sends an alert again: longer than a burst on a busy
 * machine, and no longer to wait for than needed where an instance is killed.
 */
const OVERDUE_SECONDS = { burst: 900, kill: 30 };
/** More than it takes on a busy machine, where an alert is sent again before its turn has come. */
const MOST_TRIES = 1000;
/** As docs/scaling.md asks: what the keeper remembers outlives its process. */
const CONTEXT_STORAGE = { default: { module: 'localfilesystem', config: { flushInterval: 1 } } };
/** _Max Parallel_ in the example's capture node. */
const CAPTURES_OF_INSTANCE = 4;
/** To alerts and receipts, beside the one of each instance to the alerts it shares. */
const KEEPER_SUBSCRIPTIONS = 2;

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
  /** IDs of the alerts that the keeper would still know after its death. */
  rememberedAlerts(): string[];
  killSecond(): Promise<void>;
  restartFirst(): Promise<void>;
}

/** Whose death a burst sees: that of the second instance, or of the keeper's when it is alone. */
type Victim = 'second' | 'keeper';

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
      const deploy = async (overdueSeconds: number) => {
        const before = broker.subscriptions();
        const running = hosts.filter(({ isRunning }) => isRunning);
        for (const [index, host] of running.entries()) {
          await host.deploy(readFlow(simulator, broker.port, index + 1, overdueSeconds));
        }
        // What is published before that reaches nobody.
        await untilReached(
          'the subscriptions of all instances',
          () => broker.subscriptions() - before >= running.length + KEEPER_SUBSCRIPTIONS,
          () => broker.subscriptions() - before,
        );
      };
      const pair: Pair = {
        folder: join(folder, 'captures'),
        brokerUrl: `mqtt://127.0.0.1:${broker.port}`,
        simulator,
        rememberedAlerts: () => rememberedIn(join(userDir, 'context')),
        killSecond: () => hosts[1]!.kill(),
        async restartFirst() {
          await hosts[0]!.kill();
          hosts[0] = await startFirst();
        },
      };
      await deploy(OVERDUE_SECONDS.burst);
      log(`Publishing ${alerts} alerts to both.`);
      const burst = await runBurst(pair, 'A', alerts, 0);
      if (burst.sentTwice > 0) burst.problems.push(`${burst.sentTwice} captures were made twice.`);
      await deploy(OVERDUE_SECONDS.kill);
      log('Once more, and one instance is killed.');
      const kill = await runBurst(pair, 'K', alerts, 700, 'second');
      // On a busy machine the keeper has sent alerts again that were only slow. What is left of them
      // must not be among the first captures of the next burst, which are not held.
      await deploy(OVERDUE_SECONDS.kill);
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
  killed?: Victim,
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
  const firstOnes = Math.floor(count / 4);
  if (killed) simulator.faults.add({ ...HELD_CAPTURE, skip: firstOnes });
  try {
    await client.subscribeAsync(['allegro/receipts/+', 'allegro/failures/+'], { qos: 1 });
    simulator.clearRequests();
    const startMs = Date.now();
    const publish = (alert: object) =>
      client.publishAsync('allegro/alerts', JSON.stringify(alert), { qos: 1 });
    await Promise.all(alerts.map(publish));
    let killedAfter = 0;
    if (killed) {
      const find = () => ({
        receipts: receipts.size,
        openCaptures: simulator.openCaptures(),
        remembered: pair.rememberedAlerts(),
      });
      // Then some of those held are the victim's: the other instance cannot make so many at once.
      const others = killed === 'second' ? CAPTURES_OF_INSTANCE : 0;
      const isInTheMiddle = () => {
        const { openCaptures, remembered } = find();
        const open = alerts.filter(({ id }) => !receipts.has(id));
        return (
          receipts.size >= firstOnes &&
          openCaptures > others &&
          open.every(({ id }) => remembered.includes(id))
        );
      };
      await untilReached('an instance in the middle of captures', isInTheMiddle, find);
      killedAfter = receipts.size;
      // What is in progress there at this moment can only be lost.
      if (killed === 'second') await pair.killSecond();
      else await pair.restartFirst();
      simulator.faults.clear();
    }
    await within(PATIENCE_SECONDS + 2 * count, () => receipts.size >= count);
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

/** IDs in what Node-RED has written of the keeper's memory to its folder. */
function rememberedIn(folder: string): string[] {
  const names = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
    : [];
  const files = names.filter((name) => name.endsWith('flow.json'));
  return files.flatMap((name) => [
    ...(readFileSync(join(folder, name), 'utf8').match(/(?<=")[A-Z]-\d+(?=")/g) ?? []),
  ]);
}

/** The example, adapted as its comments say: broker, appliance, instance, where the keeper runs. */
function readFlow(
  simulator: Simulator,
  brokerPort: number,
  instance: number,
  overdueSeconds: number,
): FlowNode[] {
  const nodes = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as FlowNode[];
  const variables: Record<string, number> = {
    ...{ OVERDUE_SECONDS: overdueSeconds, MOST_TRIES, INSTANCE: instance },
  };
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
