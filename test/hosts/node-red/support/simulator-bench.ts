import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';
import { NodeRedHost, until, type StartOptions } from '../../../../scripts/hosts/node-red-host';
import { startSimulator, type Simulator, type TroubleKind } from '../../../../simulator';
import { EditorEvents } from './editor-events';
import { HostFlows } from './host-flows';

/** May do everything at the simulator. */
export const TOKEN = 'demo-token';

/** Enough for the examples, and less to count than by default. */
const HISTORY_SECONDS = 600;

/** A real Node-RED with the packed package, and the simulator over HTTPS with its own certificate. */
export class SimulatorBench {
  private constructor(
    readonly host: NodeRedHost,
    readonly simulator: Simulator,
    readonly make: HostFlows,
    /** What an open editor is told: statuses, and what Debug nodes show. */
    readonly events: EditorEvents,
  ) {}

  static async start(
    options: StartOptions = {},
    trouble: TroubleKind[] = [],
  ): Promise<SimulatorBench> {
    const simulator = await startSimulator({ historySeconds: HISTORY_SECONDS, trouble });
    try {
      const host = await NodeRedHost.start(options);
      const { url, certificatePem: certificate } = simulator;
      const make = new HostFlows({ url, certificate, token: TOKEN });
      return new SimulatorBench(host, simulator, make, await EditorEvents.open(host.url));
    } catch (error) {
      await simulator.close();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.events.close();
    await this.host.stop();
    await this.simulator.close();
  }

  /** Forgets what an earlier test did to the appliance, and what was seen of it. */
  reset(): void {
    this.simulator.faults.clear();
    this.simulator.setQuiet(false);
    this.simulator.clearRequests();
    this.events.clear();
  }

  async post<T>(path: string, body: unknown): Promise<{ status: number; body: T }> {
    const response = await fetchOnce(this.host.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as T };
  }

  /** Names of all files, hidden ones included, in a folder of Node-RED's. */
  filesIn(folder: string): string[] {
    const path = join(this.host.userDir, folder);
    return existsSync(path) ? readdirSync(path) : [];
  }

  /** Waits until the simulator is sending a capture. */
  capturing(): Promise<void> {
    return until('the capture to run', () => this.simulator.openCaptures() > 0);
  }
}
