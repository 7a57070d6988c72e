import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Simulator } from '../../simulator';
import { SIMULATOR_TOKEN } from '../demo/simulator-process';
import { ensureN8n } from '../hosts/n8n-cache';
import { freePort } from '../hosts/free-port';
import { baseSettings, cleanEnvironment, installPackage } from '../hosts/n8n-host';
import { N8nRest, type Workflow } from '../hosts/n8n-rest';
import { Program } from './program';
import { startPostgres, startRedis, type Postgres, type Service } from './services';
import { fetchOnce } from '../hosts/fetch-once';

const EXAMPLES = join(__dirname, '../../examples/n8n/scale-out');
const CREDENTIAL_TYPE = 'allegroMultimeterTokenApi';

/** The settings of queue mode that docs/scaling.md recommends; times in ms, but for the recovery. */
const QUEUE_SETTINGS = {
  EXECUTIONS_MODE: 'queue',
  N8N_DEFAULT_BINARY_DATA_MODE: 'database',
  QUEUE_WORKER_LOCK_DURATION: '30000',
  QUEUE_WORKER_LOCK_RENEW_TIME: '5000',
  QUEUE_WORKER_STALLED_INTERVAL: '10000',
  N8N_EXECUTIONS_QUEUE_RECOVERY_INTERVAL: '5',
  N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '10',
};

/** On a busy machine a process must not give PostgreSQL or Redis up; times in ms. */
const PATIENT_SETTINGS = {
  DB_POSTGRESDB_CONNECTION_TIMEOUT: '300000',
  DB_CONNECTION_ACQUISITION_TIMEOUT_MS: '300000',
  QUEUE_BULL_REDIS_TIMEOUT_THRESHOLD: '300000',
  QUEUE_WORKER_LOCK_DURATION: '60000',
};

/**
 * Times of the examples after which a capture counts as failed, and an alert as lost. On a busy
 * machine both would be tried again for no other reason than that.
 */
const PATIENT_TIMES: Array<[string, string]> = [
  ['"totalSeconds": 45', '"totalSeconds": 900'],
  ['Date.now() - 90_000', 'Date.now() - 300_000'],
];

/**
 * n8n in queue mode as in production: PostgreSQL and Redis, a main process, a webhook process and
 * workers, each with a user folder of its own, the package installed from its archive in each.
 */
export class N8nCluster {
  readonly workers: Program[] = [];
  postgres!: Postgres;
  rest!: N8nRest;
  /** Where production webhooks are called. */
  webhookUrl = '';
  private readonly n8n: Program[] = [];
  private services: Service[] = [];
  private settings: Record<string, string> = {};

  private constructor(
    private readonly folder: string,
    private readonly concurrency: number,
  ) {}

  /**
   * @param folder a folder that exists; everything is written below it
   * @param concurrency executions of each worker at once
   */
  static async start(folder: string, workers: number, concurrency: number): Promise<N8nCluster> {
    const cluster = new N8nCluster(folder, concurrency);
    try {
      await cluster.startServices();
      await cluster.startN8n(workers);
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Sets the scale-out examples up as their notes say; resolves to the IDs of two workflows. */
  async publishExamples({ url, certificatePem }: Simulator) {
    const login = { baseUrl: url, token: SIMULATOR_TOKEN, caCertificate: certificatePem };
    const { id, name } = await this.rest.createCredential('Allegro', CREDENTIAL_TYPE, login);
    const publish = async (
      file: string,
      hasTable: boolean,
      times: Array<[string, string]> = [],
    ): Promise<string> => {
      const workflow = readExample(file, times);
      for (const node of workflow.nodes) {
        if (node.credentials) node.credentials = { [CREDENTIAL_TYPE]: { id, name } };
      }
      const saved = await this.rest.createWorkflow(workflow);
      const { versionId } = saved;
      await this.rest.call('POST', `/rest/workflows/${saved.id}/activate`, { versionId });
      if (!hasTable) return saved.id;
      const { status, error } = await this.rest.run({ ...workflow, ...saved }, 'Set Up');
      if (status !== 'success') throw new Error(`Set Up of ${file}: ${error?.message ?? status}`);
      return saved.id;
    };
    const alerts = await publish('alerts-to-captures.json', true, PATIENT_TIMES);
    const freeze = await publish('freeze-with-deadline.json', true);
    await publish('resume-overdue-freezes.json', false);
    return { alerts, freeze };
  }

  async addWorker(): Promise<void> {
    const name = `n8n worker ${this.workers.length + 1}`;
    const parameters = ['worker', `--concurrency=${this.concurrency}`];
    const isReady = ({ log }: Program) => /worker is now ready/.test(log);
    this.workers.push(await this.run(name, parameters, {}, isReady));
  }

  /** Ends everything that was started, in the order in which it depends on each other. */
  async stop(): Promise<void> {
    for (const program of [...this.n8n].reverse()) await program.stop();
    for (const service of this.services.reverse()) await service.stop();
    this.services = [];
  }

  private async startServices(): Promise<void> {
    await installPackage(join(this.folder, 'nodes'));
    this.postgres = await startPostgres(this.folder);
    this.services.push(this.postgres);
    const redis = await startRedis(this.folder);
    this.services.push(redis);
    this.settings = {
      DB_TYPE: 'postgresdb',
      DB_POSTGRESDB_HOST: '127.0.0.1',
      DB_POSTGRESDB_PORT: String(this.postgres.port),
      DB_POSTGRESDB_DATABASE: 'n8n',
      DB_POSTGRESDB_USER: 'n8n',
      DB_POSTGRESDB_PASSWORD: this.postgres.password,
      QUEUE_BULL_REDIS_HOST: '127.0.0.1',
      QUEUE_BULL_REDIS_PORT: String(redis.port),
      ...QUEUE_SETTINGS,
      ...PATIENT_SETTINGS,
      // All processes share it.
      N8N_ENCRYPTION_KEY: baseSettings(this.folder, 0).N8N_ENCRYPTION_KEY!,
    };
  }

  /** The main first and alone: it makes the tables. */
  private async startN8n(workers: number): Promise<void> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const main = { N8N_PORT: String(port), N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true' };
    await this.run('n8n main', ['start'], main, () => answers(`${url}/rest/settings`));
    this.rest = await N8nRest.signUp(url);
    const webhookPort = await freePort();
    const webhook = `http://127.0.0.1:${webhookPort}`;
    await this.run('n8n webhook', ['webhook'], { N8N_PORT: String(webhookPort) }, () =>
      answers(`${webhook}/healthz`),
    );
    this.webhookUrl = `${webhook}/webhook`;
    for (let count = 0; count < workers; count++) await this.addWorker();
  }

  private async run(
    name: string,
    parameters: string[],
    more: Record<string, string>,
    isReady: (program: Program) => boolean | Promise<boolean>,
  ): Promise<Program> {
    const { nodeBinary, n8nScript } = ensureN8n();
    const folder = join(this.folder, name.replaceAll(' ', '-'));
    mkdirSync(join(folder, '.n8n'), { recursive: true });
    cpSync(join(this.folder, 'nodes'), join(folder, '.n8n', 'nodes'), { recursive: true });
    const environment = {
      ...cleanEnvironment(),
      ...baseSettings(folder, 0),
      N8N_RUNNERS_BROKER_PORT: String(await freePort()),
      ...this.settings,
      ...more,
    };
    const options = { name, command: nodeBinary, parameters: [n8nScript, ...parameters] };
    const program = await Program.start({ ...options, folder, environment }, isReady);
    this.n8n.push(program);
    return program;
  }
}

/** @param times texts in its file, and what to put in their places */
function readExample(file: string, times: Array<[string, string]>): Workflow {
  let text = readFileSync(join(EXAMPLES, file), 'utf8');
  for (const [published, patient] of times) {
    if (!text.includes(published)) throw new Error(`${file} no longer holds ${published}.`);
    text = text.replaceAll(published, patient);
  }
  return JSON.parse(text) as Workflow;
}

/** IDs of the executions that a worker began or finished, according to its log. */
export function executionsIn({ log }: Program, what: 'started' | 'finished'): string[] {
  return [...log.matchAll(new RegExp(`Worker ${what} execution (\\d+)`, 'g'))].map(([, id]) => id!);
}

/** Executions that a worker had begun and never finished. */
export function unfinishedIn(worker: Program): string[] {
  const finished = new Set(executionsIn(worker, 'finished'));
  return executionsIn(worker, 'started').filter((id) => !finished.has(id));
}

/** While n8n starts, it answers with a page. */
async function answers(url: string): Promise<boolean> {
  const response = await fetchOnce(url).catch(() => undefined);
  return response?.ok === true && /json/.test(response.headers.get('content-type') ?? '');
}
