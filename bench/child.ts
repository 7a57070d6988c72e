import { execFile, fork, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchOptions } from './measure';

export const CAPTURE = '/API/data/modules/capture?fromCaptureBuffer=true';
export const UPLOAD = '/API/system/analyze-pcap?replaySlotID=1';
const LIMITS = { maxBuffer: 64e6 };

/** A script of this folder in a process of its own that is asked one thing after the other. */
class Child {
  private readonly child: ChildProcess;

  constructor(script: 'client-child.ts' | 'server-child.ts', atEnd: BenchOptions['atEnd']) {
    this.child = fork(join(__dirname, script), { execArgv: ['--import', 'tsx'] });
    atEnd(() => this.stop());
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Sends a command and waits for the response; fails when the process ends instead. */
  ask<Response>(command: object): Promise<Response> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null) => reject(new Error(`It ended with code ${code}.`));
      this.child.once('exit', onExit);
      this.child.once('message', (response) => {
        this.child.off('exit', onExit);
        const { error } = response as { error?: string };
        if (error === undefined) resolve(response as Response);
        else reject(new Error(error));
      });
      this.child.send(command);
    });
  }

  stop(): void {
    this.child.kill();
  }
}

/** Answers the commands of {@link Child.ask}, in the process of the child. */
export function answerCommands<Command>(answer: (command: Command) => Promise<object>): void {
  // Never outlives the one who asks.
  process.once('disconnect', () => process.exit());
  process.on('message', (command: Command) => {
    answer(command).then(
      (response) => process.send!(response),
      (error: unknown) => process.send!({ error: String(error) }),
    );
  });
}

export const startClient = (atEnd: BenchOptions['atEnd']) => new Child('client-child.ts', atEnd);

/** A server in a process of its own, so that its work is not counted as ours. */
export interface Server {
  child: Child;
  url: string;
  certificate: string;
}

export async function startServer(command: object, atEnd: BenchOptions['atEnd']): Promise<Server> {
  const child = new Child('server-child.ts', atEnd);
  return { child, ...(await child.ask<{ url: string; certificate: string }>(command)) };
}

/** A simulated appliance whose captures have this size, of packets of 800 bytes. */
export function startBulkAppliance({ bytes, atEnd }: BenchOptions): Promise<Server> {
  const options = { historySeconds: 10, switches: { bulkBytes: bytes, bulkPacketBytes: 800 } };
  return startServer({ kind: 'simulator', options }, atEnd);
}

/** Runs a line of the shell, and fails if a part of a pipe does. */
export async function shell(line: string): Promise<void> {
  await promisify(execFile)('bash', ['-o', 'pipefail', '-c', line], LIMITS);
}

/** curl as a careful person would call it: certificate checked, errors reported. */
export function curl(
  { url, certificate }: Server,
  folder: string,
  path: string,
  more = '',
): string {
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, certificate);
  const login = `--header 'Authorization: Bearer demo-token'`;
  return `curl --silent --show-error --fail --cacert ${ca} ${login} ${more} '${url}${path}'`;
}

/** Runs a script of the vendor's page, with host and login filled in; resolves to what it prints. */
export async function vendorScript(server: Server, folder: string, name: string): Promise<string> {
  const [ca, path] = [join(folder, 'ca.pem'), join(folder, name)];
  writeFileSync(ca, server.certificate);
  const text = readFileSync(join(__dirname, '../test/simulator/vendor-scripts', name), 'utf8')
    .replaceAll('https://allegro-mm-xxxx', server.url)
    .replaceAll('("user", "password")', '("admin", "allegro")')
    .replaceAll('"local:1"', '"local"');
  writeFileSync(path, text);
  const env = { ...process.env, REQUESTS_CA_BUNDLE: ca };
  const { stdout } = await promisify(execFile)('python3', [path], { cwd: folder, env, ...LIMITS });
  return stdout;
}
