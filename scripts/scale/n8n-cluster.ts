import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureN8n } from '../n8n-cache';
import { baseSettings, cleanEnvironment, freePort, installPackage } from '../n8n-host';
import { N8nRest, type Workflow } from '../n8n-rest';
import { N8nStore } from './n8n-store';
import { Postgres } from './postgres';
import { Program } from './program';
import { Redis } from './redis';
import type { UsageReading } from './usage';

const START_LIMIT_SECONDS = 300;

/** How n8n notices a dead worker; the page docs/scaling.md explains the choice. */
export interface QueueTimes {
  /** Seconds after which a job whose worker is silent counts as stalled. */
  lockSeconds: number;
  /** Seconds between two signs of life of a worker. */
  renewSeconds: number;
  /** Seconds between two searches for stalled jobs. */
  stalledSeconds: number;
}

export interface ClusterOptions {
  workers: number;
  /** Executions that each worker runs at once. */
  concurrency: number;
  queueTimes: QueueTimes;
  log: (line: string) => void;
}

/** A worker, and the number in its name. */
export interface Worker {
  number: number;
  program: Program;
}

/**
 * n8n in queue mode as in production: PostgreSQL and Redis, a main process, a webhook process and
 * workers, each with a user folder of its own, the package installed from its archive in each.
 */
export class N8nCluster {
  readonly workers: Worker[] = [];
  private readonly programs: Program[] = [];
  private nextWorker = 1;
  rest!: N8nRest;
  /** Where production webhooks are called. */
  webhookUrl = '';

  private constructor(
    private readonly folder: string,
    readonly postgres: Postgres,
    private readonly redis: Redis,
    private readonly options: ClusterOptions,
    private readonly settings: Record<string, string>,
  ) {}

  /** @param folder a folder that exists; everything is written below it */
  static async start(folder: string, options: ClusterOptions): Promise<N8nCluster> {
    const { log, queueTimes } = options;
    log('Packing the package, and installing it as n8n does.');
    await installPackage(join(folder, 'nodes'));
    log('Starting PostgreSQL and Redis.');
    const postgres = await Postgres.start(folder);
    let redis: Redis | undefined;
    let cluster: N8nCluster | undefined;
    try {
      redis = await Redis.start(folder);
      // The key that all processes share; where each one runs differs.
      const { N8N_ENCRYPTION_KEY } = baseSettings(folder, 0);
      cluster = new N8nCluster(folder, postgres, redis, options, {
        ...postgres.settings,
        ...redis.settings,
        ...queueSettings(queueTimes),
        N8N_ENCRYPTION_KEY: N8N_ENCRYPTION_KEY!,
      });
      await cluster.startAll();
      return cluster;
    } catch (error) {
      await cluster?.stopN8n();
      await redis?.stop();
      await postgres.stop();
      throw error;
    }
  }

  /** Saves a workflow and publishes it, so that its webhooks and schedules work. */
  async publish(workflow: Workflow): Promise<Workflow & { id: string }> {
    const saved = await this.rest.createWorkflow(workflow);
    const { versionId } = saved as unknown as { versionId: string };
    await this.rest.call('POST', `/rest/workflows/${saved.id}/activate`, { versionId });
    return saved;
  }

  /** One worker more. */
  async addWorker(): Promise<Worker> {
    const number = this.nextWorker++;
    const parameters = ['worker', `--concurrency=${this.options.concurrency}`];
    const program = await this.start(`n8n worker ${number}`, parameters, {});
    const worker = { number, program };
    this.workers.push(worker);
    await program.untilReady(() => /worker is now ready/.test(program.log), START_LIMIT_SECONDS);
    return worker;
  }

  /** Ends everything that was started, in the order in which it depends on each other. */
  async stop(): Promise<void> {
    await this.stopN8n();
    await this.redis.stop();
    await this.postgres.stop();
  }

  /** What each part has used up to now. */
  async usage(): Promise<UsageReading> {
    const cpu = (kind: string) =>
      this.programs
        .filter(({ name, isRunning }) => name.startsWith(kind) && isRunning)
        .reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
    return {
      cpuSeconds: {
        main: cpu('n8n main'),
        webhook: cpu('n8n webhook'),
        workers: cpu('n8n worker'),
        postgres: this.postgres.cpuSeconds,
        redis: this.redis.cpuSeconds,
      },
      databaseBytes: await new N8nStore(this.postgres).databaseBytes(),
    };
  }

  /** The logs of n8n's processes, by their names. */
  get logs(): Record<string, string> {
    return Object.fromEntries(this.programs.map(({ name, log }) => [name, log]));
  }

  private async startAll(): Promise<void> {
    const { log, workers } = this.options;
    // The main first and alone: it makes the tables.
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    log('Starting the main process of n8n.');
    const main = await this.start('n8n main', ['start'], {
      N8N_PORT: String(port),
      N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
    });
    await main.untilReady(() => answers(`${url}/rest/settings`), START_LIMIT_SECONDS);
    this.rest = await N8nRest.signUp(url);
    log('Starting its webhook process and its workers.');
    const webhookPort = await freePort();
    this.webhookUrl = `http://127.0.0.1:${webhookPort}/webhook`;
    const webhook = await this.start('n8n webhook', ['webhook'], { N8N_PORT: String(webhookPort) });
    const ready = () => answers(`http://127.0.0.1:${webhookPort}/healthz`);
    await webhook.untilReady(ready, START_LIMIT_SECONDS);
    for (let count = 0; count < workers; count++) await this.addWorker();
  }

  private async start(
    name: string,
    parameters: string[],
    more: Record<string, string>,
  ): Promise<Program> {
    const { nodeBinary, n8nScript } = ensureN8n();
    const folder = join(this.folder, name.replaceAll(' ', '-'));
    mkdirSync(join(folder, '.n8n'), { recursive: true });
    cpSync(join(this.folder, 'nodes'), join(folder, '.n8n', 'nodes'), { recursive: true });
    const program = Program.start({
      name,
      command: nodeBinary,
      parameters: [n8nScript, ...parameters],
      folder,
      environment: {
        ...cleanEnvironment(),
        ...baseSettings(folder, 0),
        N8N_RUNNERS_BROKER_PORT: String(await freePort()),
        ...this.settings,
        ...more,
      },
    });
    this.programs.push(program);
    return program;
  }

  private async stopN8n(): Promise<void> {
    // The last one started first: workers finish what they run before the others go.
    for (const program of [...this.programs].reverse()) await program.stop();
  }
}

/** Settings of queue mode that the page docs/scaling.md recommends. */
function queueSettings({ lockSeconds, renewSeconds, stalledSeconds }: QueueTimes) {
  const milliseconds = (seconds: number) => String(seconds * 1000);
  return {
    EXECUTIONS_MODE: 'queue',
    N8N_DEFAULT_BINARY_DATA_MODE: 'database',
    QUEUE_WORKER_LOCK_DURATION: milliseconds(lockSeconds),
    QUEUE_WORKER_LOCK_RENEW_TIME: milliseconds(renewSeconds),
    QUEUE_WORKER_STALLED_INTERVAL: milliseconds(stalledSeconds),
    // Minutes: how often the main looks for executions that no queue knows any more.
    N8N_EXECUTIONS_QUEUE_RECOVERY_INTERVAL: '5',
    N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '10',
  };
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  // While n8n starts, it answers with a page.
  return response?.ok === true && /json/.test(response.headers.get('content-type') ?? '');
}
