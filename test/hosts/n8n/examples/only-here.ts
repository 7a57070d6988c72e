import { STEADY_HOST } from '../../../../simulator';
import type { Workflow, WorkflowNode } from '../../../../scripts/hosts/n8n-rest';
import { MispServer, ObjectStore } from '../../../neighbours';
import { hashOf } from '../../truth';
import { CAPTURE_PATH } from '../support/simulator-bench';
import { methods, type ExampleBench } from './example-bench';

/** What examples do in n8n only. */

export function firstCapture(get: () => ExampleBench): void {
  it('says so where there are no packets', async () => {
    const example = await get().begin('13-first-capture', { sample: { ip: '192.0.2.99' } });
    const { text, data } = await example.tell();
    expect(data).toHaveLength(1);
    expect(text).toMatch(/^No packets for ip==192\.0\.2\.99 /);
  });
}

export function liveCapture(get: () => ExampleBench): void {
  it('keeps within 300 s and 50 MB, whatever is asked for', async () => {
    const { simulator } = get();
    simulator.faults.add({ kind: 'answer', status: 500, method: 'GET', path: CAPTURE_PATH });
    const example = await get().begin('05-live-capture');
    await example.fill({ host: STEADY_HOST, port: '', seconds: '99999', megabytes: '5000' });
    const { items } = await example.execution();
    expect(items.Settings[0].json).toMatchObject({ seconds: 300, megabytes: 50 });
    // Without a port, packets of the host and of nobody else.
    const { url } = simulator.requests.find(({ path }) => path === CAPTURE_PATH)!;
    const expression = new URL(url, simulator.url).searchParams.get('expression');
    expect(expression).toBe(`ip==${STEADY_HOST} and ip==${STEADY_HOST}`);
  });
}

export function newDevices(get: () => ExampleBench): void {
  it('makes a message of pushed statistics', async () => {
    const { example, run } = methods(get());
    const { items } = await run(example('16-new-devices'), 'Pushed Statistics');
    expect(items['Interfaces Message'][0].json.text).toBe('Interface 1: link');
  });
}

export function indicatorSweep(get: () => ExampleBench): void {
  it('takes a list, or a search of MISP, over HTTP', async () => {
    const example = await get().begin('21-indicator-sweep');
    const ask = async (body: object) => (await example.ask(body)).text;
    expect(await ask({ addresses: [STEADY_HOST] })).toMatch(/\n\n10\.1\.2\.3 \(pc-anna/);
    const search = { response: { Attribute: [{ type: 'ip-src', value: '192.0.2.77' }] } };
    expect(await ask(search)).toMatch(/\n\n192\.0\.2\.77: not seen/);
    expect(await ask({ addresses: [] })).toMatch(/^Failed: the indicator sweep\n/);
  });
}

/** As the guide says: what an example captures, in an attribute of an event. */
export function misp(get: () => ExampleBench): void {
  it('attaches the pcap to an event of MISP', async () => {
    const { neighbours, example, run } = methods(get());
    const workflow = example('22-application-slow');
    const parameters = {
      method: 'POST',
      url: `${neighbours.misp.url}/attributes/add/${MispServer.EVENT}`,
      sendHeaders: true,
      headerParameters: { parameters: [{ name: 'Authorization', value: MispServer.KEY }] },
      sendBody: true,
      specifyBody: 'json',
      jsonBody:
        "={{ { type: 'attachment', category: 'Network activity', value: $('Its Packets').item.json.fileName, data: $json.data } }}",
    };
    workflow.nodes.push(
      coreNode('As Base64', 'extractFromFile', 1, { operation: 'binaryToPropery' }),
      coreNode('Attach', 'httpRequest', 4.2, parameters),
    );
    connect(workflow, 'Message', 'As Base64');
    connect(workflow, 'As Base64', 'Attach');
    const { items, error } = await run(workflow, 'Try It');
    expect([error?.message, neighbours.misp.refused]).toEqual([undefined, []]);
    const [{ json }] = items['Its Packets'];
    const [{ name, content }] = neighbours.misp.tickets[0].files;
    expect([name, hashOf(content)]).toEqual([json.fileName, json.sha256]);
  });
}

function coreNode(name: string, type: string, typeVersion: number, parameters: object) {
  const position = [800, 0];
  return {
    name,
    type: `n8n-nodes-base.${type}`,
    typeVersion,
    position,
    parameters,
  } as WorkflowNode;
}

function connect({ connections }: Workflow, from: string, to: string): void {
  connections[from] = { main: [[{ node: to, type: 'main', index: 0 }]] };
}

export function nightlyCsv(get: () => ExampleBench): void {
  it('uploads to S3 with the S3 node in place of Upload, as its note says', async () => {
    const { neighbours, example, run } = methods(get());
    const workflow = example('23-nightly-csv');
    const upload = workflow.nodes.find(({ name }) => name === 'Upload')!;
    Object.assign(upload, {
      type: 'n8n-nodes-base.s3',
      typeVersion: 1,
      parameters: {
        operation: 'upload',
        bucketName: ObjectStore.BUCKET,
        fileName: '={{ $json.fileName }}',
        binaryPropertyName: 'data',
      },
      credentials: get().credentialOf('s3'),
    });
    const { items, error } = await run(workflow, 'Try It');
    expect([error, neighbours.objects.refused]).toEqual([undefined, []]);
    const [{ json }] = items['Connections as CSV'];
    const { content } = neighbours.objects.objects.get(json.fileName as string)!;
    expect(hashOf(content)).toBe(json.sha256);
    expect(items.Message[0].json.text).toContain(json.sha256);
  });
}
