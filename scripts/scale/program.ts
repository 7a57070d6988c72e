import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const STOP_LIMIT_MS = 60_000;
/** From a start until it is ready; a busy machine takes minutes. */
const START_LIMIT_SECONDS = 900;
const running = new Set<ChildProcess>();

// Whatever ends this script, nothing that it started stays behind.
process.once('exit', () => {
  for (const child of running) child.kill('SIGINT');
});

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
    private readonly logFile: string,
    private readonly child: ChildProcess,
  ) {}

  /**
   * Starts a program and waits until it is ready.
   *
   * @throws Error with the end of its log when it ends before that, or takes too long
   */
  static async start(
    { name, command, parameters, folder, environment, user }: ProgramOptions,
    isReady: (program: Program) => boolean | Promise<boolean>,
  ): Promise<Program> {
    const logFile = join(folder, `${name.replaceAll(' ', '-')}.log`);
    const log = openSync(logFile, 'a');
    const env = environment ?? { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: folder };
    const stdio = ['ignore', log, log] as const;
    const child = spawn(command, parameters, { cwd: folder, env, stdio: [...stdio], ...user });
    closeSync(log);
    running.add(child);
    child.once('exit', () => running.delete(child));
    child.once('error', () => running.delete(child));
    const program = new Program(name, logFile, child);
    const endMs = Date.now() + START_LIMIT_SECONDS * 1000;
    while (Date.now() < endMs) {
      if (!program.isRunning) throw new Error(`${name} ended at once.\n${program.endOfLog}`);
      if (await isReady(program)) return program;
      await pause(250);
    }
    await program.stop();
    throw new Error(`${name} was not ready within ${START_LIMIT_SECONDS} s.\n${program.endOfLog}`);
  }

  get isRunning(): boolean {
    const { pid, exitCode, signalCode } = this.child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** Everything that it printed. */
  get log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** Ends it; with SIGKILL without a chance to clean up, as a crash would. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.isRunning) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    const patience = setTimeout(() => this.child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(patience);
  }

  private get endOfLog(): string {
    return this.log.split('\n').slice(-30).join('\n');
  }
}

/**
 * Finds an installed program, also where Debian keeps it out of the path.
 *
 * @throws Error that names the package to install
 */
export function findProgram(name: string, debianPackage: string): string {
  const postgres = '/usr/lib/postgresql';
  const versions = existsSync(postgres) ? readdirSync(postgres).sort((a, b) => +b - +a) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/sbin',
    ...versions.map((version) => join(postgres, version, 'bin')),
  ];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found) return found;
  throw new Error(`${name} is missing. On Debian: apt-get install ${debianPackage}`);
}
