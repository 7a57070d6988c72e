import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../../simulator';
import { historyFor } from './alerts';
import { Mosquitto } from './mosquitto';
import { runBurst, type BurstResult } from './n8n-burst';
import { N8nCluster, type QueueTimes } from './n8n-cluster';
import { runFreeze, type FreezeResult } from './n8n-freeze';
import { runBurstWithKill, type KillResult } from './n8n-kill';
import { loseAlerts } from './n8n-given-up';
import { repeatAlerts } from './n8n-repeat';
import { publishExamples } from './n8n-workflows';
import { runMqttBurst, type MqttBurstResult } from './node-red-burst';
import { CAPTURES_PER_INSTANCE, NodeRedPair } from './node-red-pair';

/** The settings that docs/scaling.md recommends. */
const QUEUE_TIMES: QueueTimes = { lockSeconds: 30, renewSeconds: 5, stalledSeconds: 10 };

export interface ScaleOptions {
  /** Of each burst. */
  alerts: number;
  workers: number;
  /** Executions that each worker runs at once. */
  concurrency: number;
  deadlineSeconds: number;
  log: (line: string) => void;
}

export interface N8nScaleResult {
  burst: BurstResult;
  kill: KillResult;
  freeze: FreezeResult;
  /** The most captures that the appliance may ever see at once. */
  captureLimit: number;
}

export interface NodeRedScaleResult {
  burst: MqttBurstResult;
  kill: MqttBurstResult;
  /** With the only instance left killed, that of the keeper, and started again. */
  keeper: MqttBurstResult;
  captureLimit: number;
  overdueSeconds: number;
}

/** n8n in queue mode: a burst, a burst with a killed worker, a freeze with a killed worker. */
export function scaleN8n(options: ScaleOptions): Promise<N8nScaleResult> {
  const { alerts, workers, concurrency, deadlineSeconds, log } = options;
  return withSimulator(options, async (simulator, folder) => {
    const cluster = await N8nCluster.start(folder, {
      workers,
      concurrency,
      queueTimes: QUEUE_TIMES,
      log,
    });
    try {
      const published = await publishExamples(cluster, simulator);
      // What is compiled and connected at the first use is not what a burst costs.
      await runBurst(cluster, simulator, {
        prefix: 'WARM',
        alerts: Math.min(alerts, 2 * workers * concurrency),
        shiftMs: 300,
        limitSeconds: 120,
      });
      log(`Sending ${alerts} alerts to ${workers} workers.`);
      const limitSeconds = 120 + 2 * alerts;
      const burst = await runBurst(cluster, simulator, { prefix: 'A', alerts, limitSeconds });
      burst.problems.push(...(await repeatAlerts(cluster, simulator, { prefix: 'A', alerts: 5 })));
      burst.problems.push(...(await loseAlerts(cluster, simulator)));
      log(`Stored after ${burst.seconds.toFixed(1)} s. Once more, and a worker is killed.`);
      const kill = await runBurstWithKill(cluster, simulator, published.alerts, {
        prefix: 'K',
        alerts,
        shiftMs: 700,
        limitSeconds: 300 + 2 * alerts,
      });
      log(
        `Stored after ${kill.seconds.toFixed(1)} s. Freezing the buffer, and killing who froze it.`,
      );
      await cluster.addWorker();
      const alertsAhead = Math.min(alerts, 2 * concurrency);
      const freezeOptions = { deadlineSeconds, alertsAhead };
      const freeze = await runFreeze(cluster, simulator, published.freeze, freezeOptions);
      log(`Recording again after ${freeze.suspendedSeconds.toFixed(1)} s.`);
      return { burst, kill, freeze, captureLimit: workers * concurrency };
    } finally {
      await cluster.stop();
    }
  });
}

/** Two instances of Node-RED behind MQTT: a burst, and one with an instance killed. */
export function scaleNodeRed(options: ScaleOptions): Promise<NodeRedScaleResult> {
  const { alerts, log } = options;
  // Longer than a burst takes on a slow machine.
  const overdueSeconds = 30;
  return withSimulator(options, async (simulator, folder) => {
    log('Starting mosquitto and two instances of Node-RED.');
    const broker = await Mosquitto.start(folder);
    let pair: NodeRedPair | undefined;
    try {
      const place = { brokerPort: broker.port, folder };
      pair = await NodeRedPair.start({ simulator, ...place, overdueSeconds });
      const common = { alerts, folder, limitSeconds: 180 + 2 * alerts };
      log(`Publishing ${alerts} alerts to both.`);
      const burst = await runMqttBurst(pair, broker, simulator, {
        ...common,
        prefix: 'A',
        shiftMs: 0,
      });
      log(`Stored after ${burst.seconds.toFixed(1)} s. Once more, and one instance is killed.`);
      const kill = await runMqttBurst(pair, broker, simulator, {
        ...common,
        prefix: 'K',
        shiftMs: 700,
        killed: 'second',
      });
      log(`Stored after ${kill.seconds.toFixed(1)} s. Once more, and the keeper is killed.`);
      const keeper = await runMqttBurst(pair, broker, simulator, {
        ...common,
        prefix: 'R',
        shiftMs: 1300,
        killed: 'keeper',
      });
      log(`Stored after ${keeper.seconds.toFixed(1)} s.`);
      return { burst, kill, keeper, captureLimit: 2 * CAPTURES_PER_INSTANCE, overdueSeconds };
    } finally {
      await pair?.stop();
      await broker.stop();
    }
  });
}

/** Everything that was promised and did not hold; none if all is well. */
export function problemsOf(
  n8n: N8nScaleResult | undefined,
  nodeRed: NodeRedScaleResult | undefined,
): string[] {
  const problems: string[] = [];
  const check = (who: string, found: string[]) =>
    problems.push(...found.map((text) => `${who}: ${text}`));
  for (const [who, result] of [['n8n', n8n] as const, ['Node-RED', nodeRed] as const]) {
    if (!result) continue;
    for (const [what, burst] of [
      ['burst', result.burst] as const,
      ['kill', result.kill] as const,
    ]) {
      check(`${who}, ${what}`, burst.problems);
      const { mostCapturesAtOnce } = burst.appliance;
      if (mostCapturesAtOnce > result.captureLimit) {
        check(`${who}, ${what}`, [`${mostCapturesAtOnce} captures at once are too many.`]);
      }
    }
    const idle = Object.entries(result.burst.spread).filter(([, count]) => count === 0);
    if (idle.length > 0 || Object.keys(result.burst.spread).length < 2) {
      check(who, ['One of them did all the work.']);
    }
  }
  if (nodeRed) check('Node-RED, keeper', nodeRed.keeper.problems);
  if (n8n) check('n8n, freeze', n8n.freeze.problems);
  return problems;
}

async function withSimulator<T>(
  { alerts, log }: ScaleOptions,
  run: (simulator: Simulator, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'allegro-scale-'));
  log('Starting the simulated appliance.');
  const simulator = await startSimulator({ historySeconds: historyFor(alerts) });
  try {
    return await run(simulator, folder);
  } finally {
    await simulator.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
