import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { N8nHost } from '../../../../scripts/hosts/n8n-host';
import type { Execution, Workflow } from '../../../../scripts/hosts/n8n-rest';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../../simulator';
import { TOKEN_TYPE } from './bench';
import { TRIGGER } from './workflows';

export { CAPTURE_PATH } from '../../../contract/support/capture-faults';

/** An appliance that n8n talks to, and how it signs in there. */
interface Target {
  url: string;
  token: string;
  /** Blank where the certificate is not to be checked. */
  certificate: string;
}

export interface Credential {
  id: string;
  name: string;
}

/** A real n8n with the packed package, and the simulator or an appliance that a person named. */
export class SimulatorBench {
  private constructor(
    readonly host: N8nHost,
    readonly target: Target,
    /** May do everything. */
    readonly good: Credential,
    private readonly own: Simulator | undefined,
  ) {}

  /**
   * Without a target, a simulator is started: over HTTPS, with a certificate of its own.
   *
   * @param settings of n8n, by their environment names
   */
  static async start(
    target?: Target,
    options: SimulatorOptions = {},
    settings?: Record<string, string>,
  ): Promise<SimulatorBench> {
    const own = target ? undefined : await startSimulator(options);
    const chosen = target ?? {
      url: own!.url,
      token: 'demo-token',
      certificate: own!.certificatePem,
    };
    try {
      const host = await N8nHost.start({ settings });
      const good = await host.rest.createCredential('Allegro', TOKEN_TYPE, dataFor(chosen));
      return new SimulatorBench(host, chosen, { id: good.id, name: good.name }, own);
    } catch (error) {
      await own?.close();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.host.stop();
    await this.own?.close();
  }

  get hasSimulator(): boolean {
    return this.own !== undefined;
  }

  get simulator(): Simulator {
    if (!this.own) throw new Error('There is no simulator: a real appliance was named.');
    return this.own;
  }

  /** What a person enters into the credential. */
  get credentialData(): Record<string, unknown> {
    return dataFor(this.target);
  }

  get withToken(): Record<string, Credential> {
    return { [TOKEN_TYPE]: this.good };
  }

  /** Signs in with another token. */
  async withOtherToken(name: string, token: string): Promise<Record<string, Credential>> {
    const data = { ...this.credentialData, token };
    const { id } = await this.host.rest.createCredential(name, TOKEN_TYPE, data);
    return { [TOKEN_TYPE]: { id, name } };
  }

  /** Saves a workflow and runs it to its end. */
  async run(workflow: Workflow): Promise<Execution> {
    return this.host.rest.untilEnded(await this.begin(workflow));
  }

  /** Saves a workflow and starts it; returns the ID of the execution. */
  async begin(workflow: Workflow): Promise<string> {
    const { rest } = this.host;
    const saved = { ...workflow, ...(await rest.createWorkflow(workflow)) };
    return (await rest.start(saved, TRIGGER)).executionId;
  }

  /** Asks the appliance without any of our own code. */
  fetchDirectly(path: string): Promise<Buffer> {
    const { url, token, certificate } = this.target;
    return new Promise((resolve, reject) => {
      const options = {
        headers: { authorization: `Bearer ${token}`, 'accept-encoding': 'identity' },
        ...(certificate ? { ca: certificate } : { rejectUnauthorized: false }),
      };
      const call = request(new URL(path, url), options, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        resolve(Buffer.concat(chunks));
      });
      call.on('error', reject).end();
    });
  }

  /** The names of all files that n8n stores for its executions. */
  storedFiles(): string[] {
    const folder = join(this.host.folder, '.n8n');
    const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return all.filter((name) => /binary_data./.test(name)).sort();
  }

  /** Everything that n8n has written to its log. */
  get wholeLog(): string {
    return readFileSync(join(this.host.folder, 'n8n.log'), 'utf8');
  }
}

function dataFor({ url, token, certificate }: Target): Record<string, unknown> {
  return {
    baseUrl: url,
    token,
    caCertificate: certificate,
    ignoreCertificateErrors: !certificate,
  };
}
