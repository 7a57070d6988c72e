/** A real n8n on the loopback, for tests and screenshots, with this package installed in it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  cpSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port';
import { packN8n, ROOT } from './pack';
import { ensureN8n, N8N_VERSION } from './n8n-cache';
import { N8nRest } from './n8n-rest';
import { cacheFolder } from './package-cache';
import { fetchOnce } from './fetch-once';

// For a machine that is busy with much else.
const START_LIMIT_MS = 900_000;
const STOP_LIMIT_MS = 60_000;
const END_WITH_PARENT = join(ROOT, 'scripts/hosts/end-with-parent.js');

export interface HostOptions {
  /** Further settings of n8n, by their environment names. */
  settings?: Record<string, string>;
  /** Whether this package is in place before n8n starts, as it is unless told otherwise. */
  withPackage?: boolean;
  /** A free one unless it is given. */
  port?: number;
}

/** A running n8n with an owner who is signed in. */
export class N8nHost {
  private constructor(
    readonly url: string,
    readonly rest: N8nRest,
    /** n8n's own folder: database, binary data, log. */
    readonly folder: string,
    private readonly environment: NodeJS.ProcessEnv,
    private child: ChildProcess,
  ) {}

  /** Packs the package as it would be published, installs it as n8n does, and starts n8n. */
  static async start(options: HostOptions = {}): Promise<N8nHost> {
    const { settings = {}, withPackage = true, port = await freePort() } = options;
    const folder = mkdtempSync(join(tmpdir(), 'n8n-host-'));
    if (withPackage) await installPackage(join(folder, '.n8n', 'nodes'));
    const prepared = await ensureDatabase();
    cpSync(join(prepared, '.n8n'), join(folder, '.n8n'), { recursive: true });
    const environment = {
      ...cleanEnvironment(),
      ...baseSettings(folder, port),
      N8N_ENCRYPTION_KEY: readFileSync(join(prepared, 'key'), 'utf8'),
      // Two of them on one machine would both want n8n's usual port for this.
      N8N_RUNNERS_BROKER_PORT: String(await freePort()),
      ...settings,
    };
    const url = `http://127.0.0.1:${port}`;
    const child = await launch(folder, environment, url);
    try {
      return new N8nHost(url, await N8nRest.signUp(url), folder, environment, child);
    } catch (error) {
      await endProcess(child, 'SIGKILL');
      throw error;
    }
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The last lines of what n8n wrote. */
  get log(): string {
    return endOfLog(this.folder);
  }

  /** Ends n8n: as its administrator would, or with SIGKILL as a power cut would. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    return endProcess(this.child, signal);
  }

  /** Puts the package, built from the sources as they are now, in the place of the installed one. */
  async installPackage(): Promise<void> {
    const nodesFolder = join(this.folder, '.n8n', 'nodes');
    rmSync(nodesFolder, { recursive: true, force: true });
    await installPackage(nodesFolder);
  }

  /** Starts n8n again over the same folder, after {@link end}. */
  async startAgain(): Promise<void> {
    this.child = await launch(this.folder, this.environment, this.url);
  }

  /** Ends n8n and removes its folder. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * A folder of n8n with an empty database, and the key it was made with. Made once in the cache folder:
 * n8n's migrations take longer than all the rest of its start.
 */
export async function ensureDatabase(): Promise<string> {
  const prepared = join(cacheFolder(), `n8n-database-${N8N_VERSION}`);
  if (existsSync(prepared)) return prepared;
  const folder = mkdtempSync(`${prepared}-`);
  const port = await freePort();
  const settings = baseSettings(folder, port);
  const environment = {
    ...cleanEnvironment(),
    ...settings,
    N8N_RUNNERS_BROKER_PORT: String(await freePort()),
  };
  mkdirSync(join(folder, '.n8n'));
  const child = await launch(folder, environment, `http://127.0.0.1:${port}`);
  await endProcess(child, 'SIGTERM');
  writeFileSync(join(folder, 'key'), settings.N8N_ENCRYPTION_KEY);
  try {
    renameSync(folder, prepared);
  } catch {
    // Another process was faster.
    rmSync(folder, { recursive: true, force: true });
  }
  return prepared;
}

async function endProcess(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
}

async function launch(
  folder: string,
  environment: NodeJS.ProcessEnv,
  url: string,
): Promise<ChildProcess> {
  const { nodeBinary, n8nScript } = ensureN8n();
  const child = spawn(nodeBinary, ['--require', END_WITH_PARENT, n8nScript, 'start'], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(join(folder, 'n8n.log'), { flags: 'a' });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  try {
    await untilReady(url, child);
    return child;
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`n8n did not start. Its log ends with:\n${endOfLog(folder)}`, {
      cause: error,
    });
  }
}

/** Puts the packed package where n8n keeps community packages. */
export async function installPackage(nodesFolder: string): Promise<void> {
  cpSync(await packN8n(), nodesFolder, { recursive: true, verbatimSymlinks: true });
}

/** What n8n needs of the surroundings; nothing that would tie it to a test runner. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH, LANG, TZ } = process.env;
  return { PATH, LANG, TZ };
}

/** Settings that keep n8n on the loopback and quiet. */
export function baseSettings(folder: string, port: number): Record<string, string> {
  return {
    HOME: folder,
    N8N_USER_FOLDER: folder,
    N8N_PORT: String(port),
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_HOST: '127.0.0.1',
    N8N_SECURE_COOKIE: 'false',
    N8N_ENCRYPTION_KEY: randomBytes(16).toString('hex'),
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_PERSONALIZATION_ENABLED: 'false',
    N8N_COMMUNITY_PACKAGES_ALLOW_TOOL_USAGE: 'true',
    N8N_LOG_LEVEL: 'info',
    // On a busy machine it must give up neither its database, nor the process that runs code.
    DB_PING_TIMEOUT_MS: '300000',
    N8N_RUNNERS_TASK_REQUEST_TIMEOUT: '900',
    N8N_RUNNERS_TASK_ACCEPT_TIMEOUT: '300',
    N8N_RUNNERS_HEARTBEAT_INTERVAL: '300',
    N8N_RUNNERS_GRANT_TOKEN_TTL: '900',
    // Both would ask the vendor's servers, and the second takes the place of the workflow list.
    N8N_DISABLED_MODULES: 'mcp-registry,instance-ai',
    N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'false',
    GENERIC_TIMEZONE: 'Europe/Berlin',
  };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const endMs = Date.now() + START_LIMIT_MS;
  while (Date.now() < endMs) {
    if (child.exitCode !== null) throw new Error(`n8n ended with code ${child.exitCode}.`);
    // The settings are there before the database is, and the other way round.
    const isReady = await Promise.all([isJson(`${url}/rest/settings`), isOk(url)]);
    if (!isReady.includes(false)) return;
    await wait(500);
  }
  throw new Error(`n8n did not answer within ${START_LIMIT_MS / 1000} s.`);
}

function isOk(url: string): Promise<boolean> {
  return fetchOnce(`${url}/healthz/readiness`).then(
    ({ ok }) => ok,
    () => false,
  );
}

function isJson(url: string): Promise<boolean> {
  return fetchOnce(url).then(
    ({ ok, headers }) => ok && (headers.get('content-type') ?? '').includes('json'),
    () => false,
  );
}

function endOfLog(folder: string): string {
  return readFileSync(join(folder, 'n8n.log'), 'utf8').split('\n').slice(-40).join('\n');
}
