import { N8nHost } from '../../../../scripts/hosts/n8n-host';
import type { Execution, Workflow } from '../../../../scripts/hosts/n8n-rest';
import { StubAppliance } from '../../stub-appliance';
import { TRIGGER } from './workflows';

export const TOKEN_TYPE = 'allegroMultimeterTokenApi';
export const PASSWORD_TYPE = 'allegroMultimeterPasswordApi';

/** Parameters of the node, as its form would save them. */
export const CAPTURE = {
  resource: 'packet',
  operation: 'capturePcap',
  captureSource: 'ringBuffer',
  timeMode: 'last',
  lastAmount: 5,
  lastUnit: 'minutes',
  host: '10.1.2.3',
  maxMegabytes: 0,
};
export const TALKERS = { resource: 'statistics', operation: 'topTalkers', timeMode: 'last' };

interface Credential {
  id: string;
  name: string;
}

/** A real n8n with the packed package, and an appliance that it may reach. */
export class Bench {
  private constructor(
    readonly appliance: StubAppliance,
    readonly host: N8nHost,
    /** Signs in with a token that the appliance knows. */
    readonly good: Credential,
  ) {}

  static async start(): Promise<Bench> {
    const appliance = await StubAppliance.start();
    try {
      const host = await N8nHost.start();
      const data = tokenData(appliance);
      const good = await host.rest.createCredential('Allegro', TOKEN_TYPE, data);
      return new Bench(appliance, host, good);
    } catch (error) {
      await appliance.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.host.stop();
    await this.appliance.stop();
  }

  /** Forgets what a test before has switched or seen. */
  reset(): void {
    const { behaviour, seen } = this.appliance;
    Object.assign(behaviour, { packets: 1000, cutAfter: undefined, held: undefined });
    seen.length = 0;
  }

  get tokenData(): Record<string, unknown> {
    return tokenData(this.appliance);
  }

  get passwordData(): Record<string, unknown> {
    const { USER: user, PASSWORD: password } = StubAppliance;
    return { ...this.tokenData, token: undefined, user, password };
  }

  /** The choice of the good credential, as a node holds it. */
  get withToken(): Record<string, Credential> {
    return { [TOKEN_TYPE]: { id: this.good.id, name: this.good.name } };
  }

  /** Saves a workflow and runs it to its end. */
  async run(workflow: Workflow): Promise<Execution> {
    const { rest } = this.host;
    return rest.run({ ...workflow, ...(await rest.createWorkflow(workflow)) }, TRIGGER);
  }
}

function tokenData(appliance: StubAppliance): Record<string, unknown> {
  return {
    baseUrl: appliance.url,
    token: StubAppliance.TOKEN,
    caCertificate: appliance.certificate,
    ignoreCertificateErrors: false,
  };
}
