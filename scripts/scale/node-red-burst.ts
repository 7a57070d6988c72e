import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import mqtt from 'mqtt';
import type { Simulator } from '../../simulator';
import {
  CAPTURE_PATH,
  makeAlerts,
  readApplianceLog,
  truthOf,
  type Alert,
  type ApplianceLog,
} from './alerts';
import { countBy, percentiles, type Percentiles } from './figures';
import type { Mosquitto } from './mosquitto';
import type { NodeRedPair } from './node-red-pair';

/**
 * How fast captures come while an instance is killed: slow enough to be in the middle of some, and with
 * the keeper, to be so when its context has been written.
 */
const BYTES_PER_SECOND = { second: 60_000, keeper: 12_000 };

interface Receipt {
  id: string;
  instance: string;
  filename: string;
  packets: number;
  sha256: string;
}

export interface MqttBurstOptions {
  prefix: string;
  alerts: number;
  shiftMs: number;
  /** Which instance is killed when a quarter of the captures is stored; the keeper's starts again. */
  killed?: keyof typeof BYTES_PER_SECOND;
  /** The folder that both instances write to. */
  folder: string;
  limitSeconds: number;
}

export interface MqttBurstResult {
  alerts: number;
  problems: string[];
  seconds: number;
  /** From an alert published to its receipt. */
  storedMs: Percentiles;
  /** How many receipts each instance gave. */
  spread: Record<string, number>;
  appliance: Omit<ApplianceLog, 'delivered'>;
  /** Alerts whose window the appliance had to send more than once. */
  sentTwice: number;
  /** Hidden files without a final name, as a killed instance leaves them. */
  halfFiles: number;
  /** Captures stored when an instance was killed; missing where none was. */
  killedAfter?: number;
}

/** Publishes alerts all at once, waits for their receipts, and compares the files with the truth. */
export async function runMqttBurst(
  pair: NodeRedPair,
  broker: Mosquitto,
  simulator: Simulator,
  { prefix, alerts: count, shiftMs, killed, folder, limitSeconds }: MqttBurstOptions,
): Promise<MqttBurstResult> {
  const alerts = makeAlerts(simulator, prefix, count, shiftMs);
  const receipts = new Map<string, Receipt & { atMs: number }>();
  const failures: string[] = [];
  const client = await mqtt.connectAsync(broker.url, { protocolVersion: 5 });
  client.on('message', (topic, payload) => {
    const told = JSON.parse(payload.toString()) as Receipt & { error?: string };
    if (topic.startsWith('allegro/failures/')) failures.push(`${told.id}: ${told.error}`);
    else if (!receipts.has(told.id)) receipts.set(told.id, { ...told, atMs: Date.now() });
  });
  if (killed) {
    const bytesPerSecond = BYTES_PER_SECOND[killed];
    simulator.faults.add({ kind: 'slow', bytesPerSecond, path: CAPTURE_PATH });
  }
  try {
    await client.subscribeAsync(['allegro/receipts/+', 'allegro/failures/+'], { qos: 1 });
    simulator.clearRequests();
    const startMs = Date.now();
    await Promise.all(
      alerts.map((alert) =>
        client.publishAsync('allegro/alerts', JSON.stringify(alert), { qos: 1 }),
      ),
    );
    const endMs = startMs + limitSeconds * 1000;
    let killedAfter: number | undefined;
    while (receipts.size < count && Date.now() < endMs) {
      if (killed && killedAfter === undefined && receipts.size >= count / 4) {
        killedAfter = receipts.size;
        // What is under way there at this moment can only be lost.
        if (killed === 'second') process.kill(pair.second.pid, 'SIGKILL');
        else await pair.restartFirst();
      }
      await pause(50);
    }
    const log = readApplianceLog(simulator, alerts);
    const { delivered, ...appliance } = log;
    const sentTwice = [...delivered.values()].filter((times) => times > 1).length;
    const names = filesIn(join(folder, 'captures'));
    return {
      alerts: count,
      problems: [
        ...failures,
        ...(sentTwice > 0 && !killed ? [`${sentTwice} captures were made twice.`] : []),
        ...(await findProblems(simulator, alerts, join(folder, 'captures'), receipts, log)),
      ],
      seconds: (Math.max(...[...receipts.values()].map(({ atMs }) => atMs)) - startMs) / 1000,
      storedMs: percentiles([...receipts.values()].map(({ atMs }) => atMs - startMs)),
      spread: Object.fromEntries(countBy([...receipts.values()].map(({ instance }) => instance))),
      appliance,
      sentTwice,
      halfFiles: names.filter((name) => name.startsWith('.') && name.endsWith('.part')).length,
      killedAfter,
    };
  } finally {
    simulator.faults.clear();
    await client.endAsync();
  }
}

/** One receipt and one whole file for each alert, and no other file that looks like one. */
async function findProblems(
  simulator: Simulator,
  alerts: Alert[],
  folder: string,
  receipts: Map<string, Receipt>,
  log: ApplianceLog,
): Promise<string[]> {
  const problems: string[] = [];
  for (const alert of alerts) {
    const say = (what: string) => problems.push(`${alert.id} ${what}.`);
    const receipt = receipts.get(alert.id);
    const truth = await truthOf(simulator, alert);
    if (truth.packets === 0) say('has no packets to find: the test itself is wrong');
    if (!receipt) {
      say('has no receipt');
      continue;
    }
    if (receipt.packets !== truth.packets) {
      say(`has ${receipt.packets} packets, not ${truth.packets}`);
    }
    const content = existsSync(receipt.filename) ? readFileSync(receipt.filename) : Buffer.alloc(0);
    for (const sha256 of [receipt.sha256, createHash('sha256').update(content).digest('hex')]) {
      if (sha256 !== truth.sha256) say(`has the SHA-256 ${sha256}, not ${truth.sha256}`);
    }
    if (!log.delivered.has(alert.id)) say('was never sent whole by the appliance');
  }
  const prefix = `${alerts[0]!.id.split('-')[0]}-`;
  const visible = filesIn(folder).filter((name) => name.startsWith(prefix));
  if (visible.length !== alerts.length) {
    problems.push(`There are ${visible.length} files for ${alerts.length} alerts.`);
  }
  return problems;
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
