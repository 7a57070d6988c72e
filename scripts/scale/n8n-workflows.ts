import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Simulator } from '../../simulator';
import { SIMULATOR_TOKEN } from '../demo/simulator-process';
import type { Workflow } from '../n8n-rest';
import type { N8nCluster } from './n8n-cluster';

const EXAMPLES = join(__dirname, '../../examples/n8n/scale-out');
const CREDENTIAL_TYPE = 'allegroMultimeterTokenApi';

/** The IDs of the workflows that run. */
export interface Published {
  alerts: string;
  freeze: string;
  resumeOverdue: string;
}

/** Sets the scale-out examples up as their notes say: credential, tables, publish. */
export async function publishExamples(
  cluster: N8nCluster,
  simulator: Simulator,
): Promise<Published> {
  const credential = await cluster.rest.createCredential('Allegro', CREDENTIAL_TYPE, {
    baseUrl: simulator.url,
    token: SIMULATOR_TOKEN,
    caCertificate: simulator.certificatePem,
    ignoreCertificateErrors: false,
  });
  const publish = async (file: string, hasTable: boolean): Promise<string> => {
    const workflow = readExample(file, { id: credential.id, name: credential.name });
    const saved = await cluster.publish(workflow);
    if (hasTable) {
      const { status, error } = await cluster.rest.run({ ...workflow, ...saved }, 'Set Up');
      if (status !== 'success') throw new Error(`Set Up of ${file}: ${error?.message ?? status}`);
    }
    return saved.id;
  };
  const alerts = await publish('alerts-to-captures.json', true);
  const freeze = await publish('freeze-with-deadline.json', true);
  return { alerts, freeze, resumeOverdue: await publish('resume-overdue-freezes.json', false) };
}

/** An example as it stands in its file, with the credential chosen. */
function readExample(file: string, credential: { id: string; name: string }): Workflow {
  const workflow = JSON.parse(readFileSync(join(EXAMPLES, file), 'utf8')) as Workflow;
  for (const node of workflow.nodes) {
    if (node.credentials) node.credentials = { [CREDENTIAL_TYPE]: credential };
  }
  return workflow;
}
