import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cpuSecondsOf } from './usage';

const STOP_LIMIT_MS = 20_000;

const running = new Set<ChildProcess>();

// Whatever ends this script, nothing that it started stays behind.
process.once('exit', () => {
  for (const child of running) child.kill('SIGINT');
});

/** What a program is started with. */
export interface ProgramOptions {
  /** For messages, and the name of its log. */
  name: string;
  command: string;
  parameters: string[];
  /** Where it runs, and where its log is written. */
  folder: string;
  environment?: NodeJS.ProcessEnv;
  /** Another user to run as, by number. */
  user?: { uid: number; gid: number };
}

/** A program that this script started, and that it alone ends: by its process, never by its name. */
export class Program {
  private constructor(
    readonly name: string,
    readonly logFile: string,
    private readonly child: ChildProcess,
  ) {}

  static start({ name, command, parameters, folder, environment, user }: ProgramOptions): Program {
    const logFile = join(folder, `${name.replaceAll(' ', '-')}.log`);
    const child = spawn(command, parameters, {
      cwd: folder,
      env: environment ?? { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...user,
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    const log = createWriteStream(logFile, { flags: 'a' });
    // A program that cannot be started shows in isRunning; why, in its log.
    child.once('error', (error) => log.write(`${error.message}\n`));
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    child.once('close', () => log.end());
    return new Program(name, logFile, child);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isRunning(): boolean {
    const { pid, exitCode, signalCode } = this.child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** Everything that it printed. */
  get log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
  }

  /** Processor time of it and of the processes that it started; 0 where Linux does not tell. */
  get cpuSeconds(): number {
    return cpuSecondsOf(this.pid);
  }

  /**
   * Waits until it is ready.
   *
   * @throws Error with the end of its log when it ends before that, or takes too long
   */
  async untilReady(isReady: () => boolean | Promise<boolean>, limitSeconds: number): Promise<void> {
    for (let tries = 0; tries < limitSeconds * 4; tries++) {
      if (!this.isRunning) throw new Error(`${this.name} ended at once.\n${this.endOfLog()}`);
      if (await isReady()) return;
      await pause(250);
    }
    throw new Error(`${this.name} was not ready within ${limitSeconds} s.\n${this.endOfLog()}`);
  }

  /** Ends it without a chance to clean up, as a crash or a power cut would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Asks it to end, and ends it where it does not. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.end(signal);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.isRunning) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    const patience = setTimeout(() => this.child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(patience);
  }

  private endOfLog(): string {
    return this.log.split('\n').slice(-30).join('\n');
  }
}

/** Folders that Debian keeps out of the path of a normal user. */
const OTHER_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/sbin', ...postgresFolders()];

/**
 * Finds an installed program.
 *
 * @param debianPackage what to install where it is missing
 * @throws Error that names the package
 */
export function findProgram(name: string, debianPackage: string): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...OTHER_FOLDERS];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found) return found;
  throw new Error(`${name} is missing. On Debian: apt-get install ${debianPackage}`);
}

/** Debian keeps the server's programs in a folder for each version; the newest comes first. */
function postgresFolders(): string[] {
  const base = '/usr/lib/postgresql';
  if (!existsSync(base)) return [];
  const versions = readdirSync(base).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(base, version, 'bin'));
}
