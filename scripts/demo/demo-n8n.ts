/**
 * Shows the main job without hardware: a simulated appliance, a real n8n with these nodes, a
 * credential and the examples, and an alert that fetches the packets around it. n8n is installed
 * once into `.cache`, which takes minutes. Run: npm run demo:n8n [-- --once | --watch | --port 5678]
 */
import { createHash } from 'node:crypto';
import { N8N_SOURCES, packN8n } from '../hosts/pack';
import { rows, runDemo, say } from './run-demo';
import { SIMULATOR_TOKEN, type SimulatorProcess } from './simulator-process';
import { exampleNames, exampleWorkflow } from '../examples/example-files';
import { N8nHost } from '../hosts/n8n-host';
import { OWNER, type Item, type N8nRest, type Workflow } from '../hosts/n8n-rest';

const CREDENTIAL_TYPE = 'allegroMultimeterTokenApi';
const MAIN_JOB = '13-first-capture';

/** A host and its workflow with the main job. */
interface Prepared {
  url: string;
  host: N8nHost;
  mainJob: Workflow & { id: string };
  stop(): Promise<void>;
}

/** Makes a credential for the simulator, and a workflow of each example that uses it. */
async function prepare(rest: N8nRest, simulator: SimulatorProcess): Promise<Prepared['mainJob']> {
  const { id, name } = await rest.createCredential('Simulated appliance', CREDENTIAL_TYPE, {
    baseUrl: simulator.url,
    token: SIMULATOR_TOKEN,
    caCertificate: simulator.certificate,
    ignoreCertificateErrors: false,
  });
  let mainJob: Prepared['mainJob'] | undefined;
  for (const example of exampleNames('n8n')) {
    const workflow = exampleWorkflow(example);
    for (const node of workflow.nodes) {
      // Credentials of other services are for a person to choose.
      if (node.credentials?.[CREDENTIAL_TYPE])
        node.credentials = { [CREDENTIAL_TYPE]: { id, name } };
      else delete node.credentials;
    }
    const saved = { ...workflow, ...(await rest.createWorkflow(workflow)) };
    if (example === MAIN_JOB) mainJob = saved;
  }
  if (!mainJob) throw new Error(`There is no example ${MAIN_JOB}.`);
  return mainJob;
}

async function runJob({ host, mainJob }: Prepared): Promise<void> {
  const trigger = mainJob.nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger');
  const capture = mainJob.nodes.find(({ parameters }) => parameters.operation === 'capturePcap');
  if (!trigger || !capture) throw new Error(`"${mainJob.name}" has no trigger, or no capture.`);
  say('', `Running "${mainJob.name}" …`);
  const { status, items, error } = await host.rest.run(mainJob, trigger.name);
  const [item] = items[capture.name] ?? [];
  if (status !== 'success' || !item) {
    const [failed] = items[`${capture.name} (error)`] ?? [];
    throw new Error(`It failed: ${error?.message ?? String(failed?.json.error ?? status)}`);
  }
  await checkCapture(host.rest, item);
  sayCapture(item);
}

/** Trusts nothing that the node said: the file itself has to bear it out. */
async function checkCapture(rest: N8nRest, { json, binary }: Item): Promise<void> {
  const id = binary?.data?.id;
  const file = id ? await rest.binary(id) : Buffer.from(binary?.data?.data ?? '', 'base64');
  const actual = createHash('sha256').update(file).digest('hex');
  const problems = [
    json.complete === true ? '' : 'it is not complete',
    Number(json.packets) > 0 ? '' : 'there are no packets in it',
    file.length === json.bytes ? '' : `its file has ${file.length} bytes, not ${json.bytes}`,
    actual === json.sha256 ? '' : `its SHA-256 is ${actual}, not ${json.sha256}`,
  ].filter(Boolean);
  if (problems.length > 0) throw new Error(`The capture is wrong: ${problems.join('; ')}.`);
}

function sayCapture({ json }: Item): void {
  const covered = json.coveredWindow as { from: string; to: string };
  say(
    'Captured:',
    ...rows([
      ['File', String(json.fileName)],
      ['Filter', String(json.expression)],
      ['Packets from', `${covered.from} to ${covered.to}`],
      ['Packets', Number(json.packets).toLocaleString('en-US')],
      ['Bytes', Number(json.bytes).toLocaleString('en-US')],
      ['SHA-256', `${json.sha256} (checked against the file)`],
      ...(json.warnings as string[]).map((text): [string, string] => ['Warning', text]),
    ]),
  );
}

runDemo<Prepared>({
  hostName: 'n8n',
  usualPort: 5678,
  sources: N8N_SOURCES,
  async start(simulator, port) {
    const host = await N8nHost.start({ port });
    const stop = () => host.stop();
    try {
      return { url: host.url, host, mainJob: await prepare(host.rest, simulator), stop };
    } catch (error) {
      await stop();
      throw error;
    }
  },
  async restart(prepared) {
    await packN8n();
    await prepared.host.end('SIGTERM');
    await prepared.host.installPackage();
    await prepared.host.startAgain();
    return prepared;
  },
  job: runJob,
  introduction: ({ url, mainJob }) => [
    `n8n: ${url}  (only this machine reaches it)`,
    `  Login: ${OWNER.email} / ${OWNER.password}`,
    `  The workflow that ran: ${url}/workflow/${mainJob.id}`,
    'The examples and a credential for the simulated appliance are in place.',
  ],
});
