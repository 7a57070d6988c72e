import { Command, InvalidArgumentError } from 'commander';
import { freePort, isFree } from '../hosts/free-port';
import { SIMULATOR_TOKEN, SimulatorProcess } from './simulator-process';
import { watchSources } from './watch';

const JOB_LIMIT_MS = 600_000;
/** The simulator keeps its address while it restarts, and so it has no certificate that changes. */
const WATCHED_SIMULATOR_PORT = 8080;

/** A host with these nodes, as far as a demo handles it. */
interface Host {
  url: string;
  stop(): Promise<void>;
}

/** What differs between the hosts. */
export interface Demo<Started extends Host> {
  hostName: string;
  usualPort: number;
  /** Folders whose change makes the package another one, from the root of the tree. */
  sources: string[];
  /** Builds the nodes, and starts a host whose credential and examples use the simulator. */
  start(simulator: SimulatorProcess, port: number): Promise<Started>;
  /** Builds the nodes anew, and starts the host again with the same workflows. */
  restart(host: Started): Promise<Started>;
  /** The main job: packets around an alert. Prints the result, and fails if it is not right. */
  job(host: Started): Promise<void>;
  /** What a person needs to go on: address, login, what to click. */
  introduction(host: Started): string[];
}

interface Options {
  once?: boolean;
  watch?: boolean;
  port?: number;
}

/** Runs a demo by the options of the command line, and sets the exit code. */
export function runDemo<Started extends Host>(demo: Demo<Started>): void {
  const command = new Command()
    .description(`${demo.hostName} with these nodes, a simulated appliance, and the main job.`)
    .option('--once', 'end after the job; the exit code says whether it worked')
    .option('--watch', 'rebuild and restart when a source file changes')
    .option('--port <number>', `port of ${demo.hostName} (default: ${demo.usualPort})`, port)
    .parse();
  new Run(demo, command.opts<Options>()).run().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}

export function say(...lines: string[]): void {
  for (const line of lines) console.log(line);
}

/** A table of names and values, as lines. */
export function rows(entries: Array<[name: string, value: string]>): string[] {
  return entries.map(([name, value]) => `  ${name.padEnd(14)}${value}`);
}

class Run<Started extends Host> {
  private simulator?: SimulatorProcess;
  private host?: Started;
  private readonly interrupted = new AbortController();

  constructor(
    private readonly demo: Demo<Started>,
    private readonly options: Options,
  ) {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.once(name, () => this.interrupted.abort());
    }
  }

  async run(): Promise<void> {
    const { demo, options } = this;
    try {
      say('Starting a simulated appliance …');
      this.simulator = await this.startSimulator();
      say(`Building the nodes and starting ${demo.hostName} …`);
      this.host = await demo.start(this.simulator, await this.choosePort());
      await withinLimit(demo.job(this.host));
      if (options.once) return;
      say('', ...demo.introduction(this.host));
      say(`Simulated appliance: ${this.simulator.url}  (token ${SIMULATOR_TOKEN})`);
      say('Ctrl+C ends both.');
      if (options.watch) await this.watch();
      else await aborted(this.interrupted.signal);
    } finally {
      await this.host?.stop();
      await this.simulator?.stop();
    }
  }

  private startSimulator(): Promise<SimulatorProcess> {
    const { watch } = this.options;
    return SimulatorProcess.start(watch ? { port: WATCHED_SIMULATOR_PORT, http: true } : {});
  }

  private async choosePort(): Promise<number> {
    if (this.options.port !== undefined) return this.options.port;
    return (await isFree(this.demo.usualPort)) ? this.demo.usualPort : freePort();
  }

  private watch(): Promise<void> {
    const { sources, hostName } = this.demo;
    say('', 'Waiting for changes …');
    return watchSources([...sources, 'simulator'], this.interrupted.signal, async (changed) => {
      const startedAt = Date.now();
      say(`Changed: ${changed.join(', ')}`);
      try {
        if (changed.some((path) => path.startsWith('simulator/'))) {
          await this.simulator?.stop();
          this.simulator = await this.startSimulator();
        }
        if (changed.some((path) => !path.startsWith('simulator/'))) {
          this.host = await this.demo.restart(this.host!);
        }
        const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
        say(`${hostName} and the simulator are up to date after ${seconds} s.`);
      } catch (error) {
        console.error(error instanceof Error ? error.message : error);
        say('Waiting for the next change …');
      }
    });
  }
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value < 65536) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 to 65535.');
}

async function withinLimit(job: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    const text = `The job was not done after ${JOB_LIMIT_MS / 1000} s.`;
    timer = setTimeout(() => reject(new Error(text)), JOB_LIMIT_MS);
  });
  await Promise.race([job, limit]).finally(() => clearTimeout(timer));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
