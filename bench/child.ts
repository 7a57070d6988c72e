import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** A script of this folder in a process of its own that is asked one thing after the other. */
export class Child {
  private constructor(private readonly child: ChildProcess) {}

  static start(script: 'client-child.ts' | 'server-child.ts'): Child {
    const execArgv = ['--import', 'tsx'];
    return new Child(fork(join(__dirname, script), { execArgv }));
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

/** A server in a process of its own, so that its work is not counted as ours. */
export interface Server {
  child: Child;
  url: string;
  certificate: string;
}

export async function startServer(command: object): Promise<Server> {
  const child = Child.start('server-child.ts');
  return { child, ...(await child.ask<{ url: string; certificate: string }>(command)) };
}

/** A simulated appliance whose captures have this size, of packets of 800 bytes. */
export function startBulkAppliance(bytes: number): Promise<Server> {
  const options = { historySeconds: 10, switches: { bulkBytes: bytes, bulkPacketBytes: 800 } };
  return startServer({ kind: 'simulator', options });
}
