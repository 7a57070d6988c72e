import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:tls';
import { AllegroClient } from '../../client';
import { systemContext } from '../../node-red/runtime/config-node/system-context';
import { createAxiosTransport } from '../../node-red/transport/axios-transport';
import { freePort } from '../hosts/free-port';
import { until } from '../hosts/node-red-host';
import { ROOT } from '../hosts/pack';

const START_LIMIT_MS = 600_000;
const STOP_LIMIT_MS = 30_000;

/** The login that the simulator prints when it starts. */
export const SIMULATOR_TOKEN = 'demo-token';

/** The simulator in a process of its own, started as a person would start it. */
export class SimulatorProcess {
  /** PEM, read from the running simulator; blank without TLS. */
  certificate = '';

  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  /**
   * @param options.port a free one unless it is given
   * @param options.http plain HTTP, without a certificate
   */
  static async start(options: { port?: number; http?: boolean } = {}): Promise<SimulatorProcess> {
    const { port = await freePort(), http = false } = options;
    const parameters = ['--port', String(port), ...(http ? ['--http'] : [])];
    // A group of its own, because npm starts the simulator through a shell.
    const child = spawn('npm', ['run', '--silent', 'simulator', '--', ...parameters], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const output: string[] = [];
    child.stdout?.on('data', (data: Buffer) => output.push(data.toString()));
    child.stderr?.on('data', (data: Buffer) => output.push(data.toString()));
    const simulator = new SimulatorProcess(`${http ? 'http' : 'https'}://127.0.0.1:${port}`, child);
    try {
      await until('the simulator to answer', () => simulator.answers(), START_LIMIT_MS);
      if (!http) simulator.certificate = await readCertificate(port);
      return simulator;
    } catch (error) {
      await simulator.stop();
      throw new Error(`The simulator did not start:\n${output.join('')}`, { cause: error });
    }
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(timer);
  }

  private signal(name: NodeJS.Signals): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, name);
    } catch {
      // It has ended in the meantime.
    }
  }

  private async answers(): Promise<boolean> {
    if (this.child.exitCode !== null) throw new Error('It ended.');
    const transport = createAxiosTransport({
      baseUrl: this.url,
      token: SIMULATOR_TOKEN,
      ignoreCertificateErrors: true,
    });
    const client = new AllegroClient({
      transport,
      // One try each: the loop around it is the one that waits.
      context: { ...systemContext, sleep: () => Promise.reject(new Error('No second try.')) },
    });
    try {
      await client.time({ signal: AbortSignal.timeout(20_000) });
      return true;
    } catch {
      return false;
    } finally {
      transport.destroy();
    }
  }
}

/** Reads the certificate of a server that this process started itself, and so may trust. */
function readCertificate(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      const { raw } = socket.getPeerCertificate();
      socket.end();
      const lines = raw.toString('base64').match(/.{1,64}/g) ?? [];
      resolve(
        ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
      );
    });
    socket.once('error', reject);
  });
}
