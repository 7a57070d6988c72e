import { connect } from 'node:net';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../n8n-host';
import { findProgram, Program } from './program';

const START_LIMIT_SECONDS = 60;

/** A Redis of its own on the loopback, which writes to disk each second what it holds. */
export class Redis {
  private constructor(
    readonly port: number,
    private readonly program: Program,
  ) {}

  /** @param parent a folder that exists; the data goes below it */
  static async start(parent: string): Promise<Redis> {
    const folder = join(parent, 'redis');
    mkdirSync(folder);
    const port = await freePort();
    const options = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'yes' };
    const program = Program.start({
      name: 'redis',
      command: findProgram('redis-server', 'redis-server'),
      parameters: Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
      folder,
    });
    const redis = new Redis(port, program);
    await program.untilReady(() => isListening(port), START_LIMIT_SECONDS);
    return redis;
  }

  /** How n8n reaches it. */
  get settings(): Record<string, string> {
    return { QUEUE_BULL_REDIS_HOST: '127.0.0.1', QUEUE_BULL_REDIS_PORT: String(this.port) };
  }

  get cpuSeconds(): number {
    return this.program.cpuSeconds;
  }

  stop(): Promise<void> {
    return this.program.stop();
  }
}

/** Whether something on the loopback takes connections at a port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
