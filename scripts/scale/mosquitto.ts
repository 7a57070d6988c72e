import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../n8n-host';
import { findProgram, Program } from './program';
import { isListening } from './redis';

const START_LIMIT_SECONDS = 60;

/** An MQTT broker of its own on the loopback. */
export class Mosquitto {
  private constructor(
    readonly port: number,
    private readonly program: Program,
  ) {}

  /** @param parent a folder that exists */
  static async start(parent: string): Promise<Mosquitto> {
    const folder = join(parent, 'mosquitto');
    mkdirSync(folder);
    const port = await freePort();
    const lines = [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      // As root it would become another user, who may not read this folder.
      `user ${userInfo().username}`,
      'persistence false',
      'max_queued_messages 0',
      'log_dest stdout',
    ];
    writeFileSync(join(folder, 'mosquitto.conf'), `${lines.join('\n')}\n`);
    const program = Program.start({
      name: 'mosquitto',
      command: findProgram('mosquitto', 'mosquitto'),
      parameters: ['-c', join(folder, 'mosquitto.conf')],
      folder,
    });
    const mosquitto = new Mosquitto(port, program);
    await program.untilReady(() => isListening(port), START_LIMIT_SECONDS);
    return mosquitto;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  stop(): Promise<void> {
    return this.program.stop();
  }
}
