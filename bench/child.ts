import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** A script of this folder in a process of its own that is asked one thing after the other. */
export class Child {
  private constructor(private readonly child: ChildProcess) {}

  static start(script: string): Child {
    const child = fork(join(__dirname, script), {
      execArgv: ['--import', 'tsx'],
    });
    return new Child(child);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Sends a command and waits for the answer; fails when the process ends instead. */
  ask<Answer>(command: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null) => reject(new Error(`It ended with code ${code}.`));
      this.child.once('exit', onExit);
      this.child.once('message', (answer) => {
        this.child.off('exit', onExit);
        const { error } = answer as { error?: string };
        if (error === undefined) resolve(answer as Answer);
        else reject(new Error(error));
      });
      this.child.send(command);
    });
  }

  stop(): void {
    this.child.kill();
  }
}

export interface Appliance {
  child: Child;
  url: string;
  certificate: string;
}

/** Starts the simulator in a process of its own. */
export async function startAppliance(options: object = {}): Promise<Appliance> {
  const child = Child.start('simulator-child.ts');
  const started = await child.ask<{ url: string; certificate: string }>({ kind: 'start', options });
  return { child, ...started };
}
