import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from './free-port';
import { chosenNodeRed, ensureFurtherNodes, type NodeRedVersion } from './node-red-cache';
import { packNodeRed, ROOT } from './pack';
import { fetchOnce } from './fetch-once';

const PACKAGE = '@allegro-multimeter/node-red';
const END_WITH_PARENT = join(ROOT, 'scripts/hosts/end-with-parent.js');
// For a machine that is busy with much else.
const START_LIMIT_MS = 900_000;
const STOP_LIMIT_MS = 60_000;

/** A node of a flow, as the admin API takes it. */
export type FlowNode = Record<string, unknown> & { id: string; type: string };

/** What Node-RED logs when flows have started, and once it serves, in English and German. */
const STARTED_FLOWS = /Started (?:modified )?(?:flows|nodes)|(?:Flows|Nodes) sind gestartet/;
const SERVES = /Server now running|Server wird jetzt auf/;

export interface StartOptions {
  /** Kept when given; otherwise a temporary folder that is removed at the end. */
  userDir?: string;
  port?: number;
  /** Further lines of the settings object, as JavaScript. */
  settings?: Record<string, unknown>;
  /** Further environment variables. */
  environment?: Record<string, string>;
  /** A script that runs in its process before Node-RED. */
  preload?: string;
  /** Further packages with nodes; see `ensureFurtherNodes`. */
  packages?: string[];
}

/** A real Node-RED in a process of its own, with the packed package installed. */
export class NodeRedHost {
  private constructor(
    readonly url: string,
    readonly userDir: string,
    /** Which Node-RED it is, on which Node.js. */
    readonly version: NodeRedVersion,
    private readonly child: ChildProcess,
    private readonly output: string[],
    private readonly isTemporary: boolean,
  ) {}

  static async start(options: StartOptions = {}): Promise<NodeRedHost> {
    const archive = await packNodeRed();
    const isTemporary = options.userDir === undefined;
    const userDir = options.userDir ?? mkdtempSync(join(tmpdir(), 'allegro-node-red-'));
    install(archive, userDir, options.packages ?? []);
    const port = options.port ?? (await freePort());
    writeSettings(userDir, port, options.settings ?? {});
    const preloads = [END_WITH_PARENT, options.preload ?? []].flat();
    const { nodeBinary, script, version } = chosenNodeRed();
    const own = ['-s', join(userDir, 'settings.js'), '-u', userDir, '-p', String(port)];
    const child = spawn(
      nodeBinary,
      [...preloads.flatMap((path) => ['--require', path]), script, ...own],
      {
        cwd: userDir,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...environment(), ...options.environment },
      },
    );
    const output: string[] = [];
    child.stdout?.on('data', (data: Buffer) => output.push(data.toString()));
    child.stderr?.on('data', (data: Buffer) => output.push(data.toString()));
    const url = `http://127.0.0.1:${port}`;
    const host = new NodeRedHost(url, userDir, version, child, output, isTemporary);
    await host.waitUntilStarted();
    return host;
  }

  /** Everything that the process printed so far. */
  get log(): string {
    return this.output.join('');
  }

  get pid(): number {
    return this.child.pid!;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /**
   * Replaces the flows, as the Deploy button does; credentials may stand within the nodes.
   *
   * @param what starts anew: everything, or only what was changed
   */
  async deploy(flows: FlowNode[], what: 'full' | 'flows' | 'nodes' = 'full'): Promise<void> {
    const before = this.startedCount();
    const response = await fetchOnce(`${this.url}/flows`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Node-RED-Deployment-Type': what,
      },
      body: JSON.stringify(flows),
    });
    if (!response.ok) throw new Error(`Deploy failed: ${response.status} ${await response.text()}`);
    await until('flows to start', () => this.startedCount() > before, START_LIMIT_MS);
  }

  async json<T = Record<string, unknown>>(path: string): Promise<T> {
    const response = await fetchOnce(this.url + path, {
      headers: { Accept: 'application/json' },
    });
    return (await response.json()) as T;
  }

  async stop(): Promise<void> {
    if (this.isRunning) {
      const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
      this.child.kill('SIGTERM');
      const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_LIMIT_MS);
      await ended;
      clearTimeout(timer);
    }
    if (this.isTemporary) rmSync(this.userDir, { recursive: true, force: true });
  }

  /** Ends it as a power cut would; what it wrote stays. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
  }

  private startedCount(): number {
    return this.log.split(STARTED_FLOWS).length;
  }

  private async waitUntilStarted(): Promise<void> {
    try {
      await until(
        'Node-RED to start',
        () => {
          if (!this.isRunning) throw new Error('It ended.');
          return STARTED_FLOWS.test(this.log) && SERVES.test(this.log);
        },
        START_LIMIT_MS,
      );
    } catch (error) {
      await this.stop();
      throw new Error(`Node-RED did not start. ${String(error)}\n${this.log}`, { cause: error });
    }
  }
}

/** Waits for a condition. A busy machine may take minutes; only what is broken takes the limit. */
export async function until(
  what: string,
  isThere: () => boolean | Promise<boolean>,
  limit = 600_000,
): Promise<void> {
  const end = Date.now() + limit;
  while (!(await isThere())) {
    if (Date.now() > end) throw new Error(`Waited ${limit} ms in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Unpacks the archive where npm would; its dependencies are linked, so no network is needed. */
function install(archive: string, userDir: string, packages: string[]): void {
  const target = join(userDir, 'node_modules', PACKAGE);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', archive, '--strip-components=1', '-C', target]);
  linkDependencies(target, join(userDir, 'node_modules'));
  for (const name of packages) link(name, join(userDir, 'node_modules'), [ensureFurtherNodes()]);
  const others = Object.fromEntries(packages.map((name) => [name, '*']));
  const manifest = {
    name: 'node-red-project',
    private: true,
    dependencies: { [PACKAGE]: '0.1.0', ...others },
  };
  writeFileSync(join(userDir, 'package.json'), JSON.stringify(manifest));
}

/** Puts the dependencies of an unpacked package into a folder, as they are installed in this tree. */
export function linkDependencies(packageFolder: string, nodeModules: string): void {
  const { dependencies } = JSON.parse(
    readFileSync(join(packageFolder, 'package.json'), 'utf8'),
  ) as { dependencies: Record<string, string> };
  const folders = [join(ROOT, 'node-red/node_modules'), join(ROOT, 'node_modules')];
  for (const name of Object.keys(dependencies)) link(name, nodeModules, folders);
}

/** Links a package into a folder from the first of some folders that holds it. */
function link(name: string, nodeModules: string, folders: string[]): void {
  const installed = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (installed === undefined) throw new Error(`${name} is not installed: run npm ci.`);
  const target = join(nodeModules, name);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(installed, target);
}

function writeSettings(userDir: string, port: number, more: Record<string, unknown>): void {
  const settings = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    credentialSecret: 'only-for-this-folder',
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, header: { title: 'Node-RED' } },
    externalModules: { palette: { allowInstall: false, allowUpload: false } },
    logging: { console: { level: 'info', metrics: false, audit: false } },
    ...more,
  };
  const text = `module.exports = ${JSON.stringify(settings, null, 2)};\n`;
  writeFileSync(join(userDir, 'settings.js'), text);
  // On a busy machine the editor shows its first tip before there is a place for it, which is an error
  // of the page. "_" is a person who has not signed in.
  const choices = join(userDir, '.config.users.json');
  const withoutTips = { _: { editor: { view: { 'view-show-tips': false } } } };
  if (!existsSync(choices)) writeFileSync(choices, JSON.stringify(withoutTips));
}

/** Without what would change how Node-RED or its requests behave. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG, TZ } = process.env;
  return { PATH, HOME, TMPDIR, LANG, TZ, NODE_RED_DISABLE_TELEMETRY: 'true' };
}
