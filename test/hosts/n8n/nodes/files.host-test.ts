import { createHash } from 'node:crypto';
import type { Workflow } from '../../../../scripts/hosts/n8n-rest';
import { Bench, CAPTURE } from '../support/bench';
import { linkTo, NODE, nodeOf, NODE_TYPE, oneNode } from '../support/workflows';

const SUMMARY = 'Summary';

/** Several files of one capture, and work that needs no appliance, in a real n8n. */
describe('files in n8n', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await Bench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => bench.reset());

  const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

  it('the evidence of a capture is in a second binary field on request', async () => {
    const options = { ...optionsOf(CAPTURE), evidenceFile: true, simplify: false };
    const parameters = { ...CAPTURE, options };
    const { items } = await bench.run(oneNode({ parameters, credentials: bench.withToken }));
    const [{ json, binary }] = items[NODE];
    expect(Object.keys(binary!)).toEqual(['data', 'data_evidence']);
    const file = await bench.host.rest.binary(binary!.data_evidence.id!);
    expect(JSON.parse(file.toString())).toEqual(json.evidence);
    expect(binary!.data_evidence.fileName).toBe(`${String(json.fileName)}.evidence.json`);
    expect(json.evidence).toMatchObject({
      origin: {
        host: { name: 'n8n' },
        workflow: { id: expect.any(String), name: 'Test' },
        node: { name: NODE },
        run: expect.any(String),
      },
      files: [{ name: json.fileName, sha256: bench.appliance.sentSha256 }],
    });
    expect(JSON.stringify(json.evidence)).not.toContain(String(bench.tokenData.token));
  });

  it('a capture that is split becomes an item for each file', async () => {
    const parameters = { ...CAPTURE, options: { ...optionsOf(CAPTURE), splitPackets: 300 } };
    const { items } = await bench.run(oneNode({ parameters, credentials: bench.withToken }));
    expect(items[NODE].map(({ json }) => [json.part, json.parts, json.packets])).toEqual([
      [1, 4, 300],
      [2, 4, 300],
      [3, 4, 300],
      [4, 4, 100],
    ]);
    for (const { json, binary } of items[NODE]) {
      const content = await bench.host.rest.binary(binary!.data.id!);
      expect(hashOf(content)).toBe(json.sha256);
      expect(content.length).toBe(json.bytes);
      expect(binary!.data.fileName).toBe(json.fileName);
    }
    const bodies = await Promise.all(
      items[NODE].map(({ binary }) => bench.host.rest.binary(binary!.data.id!)),
    );
    const whole = [bodies[0].subarray(0, 24), ...bodies.map((body) => body.subarray(24))];
    expect(hashOf(Buffer.concat(whole))).toBe(bench.appliance.sentSha256);
  });

  it('a split capture that is cut is an error without items', async () => {
    bench.appliance.behaviour.cutAfter = 500_000;
    const parameters = { ...CAPTURE, options: { ...optionsOf(CAPTURE), splitPackets: 100 } };
    const { status, error, items } = await bench.run(
      oneNode({ parameters, credentials: bench.withToken }),
    );
    expect(status).toBe('error');
    expect(error?.message).toMatch(/was lost/);
    expect(items[NODE]).toEqual([]);
  });

  it('a file is summarized without any credential', async () => {
    const { items, error } = await bench.run(
      withSummary(oneNode({ parameters: CAPTURE, credentials: bench.withToken })),
    );
    expect(error).toBeUndefined();
    expect(items[SUMMARY][0].json).toMatchObject({
      packets: 1000,
      bytes: items[NODE][0].json.bytes,
      sha256: bench.appliance.sentSha256,
      complete: true,
      linkTypes: ['Ethernet'],
    });
    // The file goes on, so that the next node can attach it.
    expect(items[SUMMARY][0].binary).toEqual(items[NODE][0].binary);
  });
});

function optionsOf(parameters: Record<string, unknown>): Record<string, unknown> {
  return (parameters.options ?? {}) as Record<string, unknown>;
}

/** A further node that has no credential and summarizes what the first one fetched. */
function withSummary(workflow: Workflow): Workflow {
  const summary = nodeOf('9', SUMMARY, [NODE_TYPE, 1], [600, 0], {
    parameters: { resource: 'pcapFile', operation: 'pcapSummary', file: 'data' },
  });
  return {
    ...workflow,
    nodes: [...workflow.nodes, summary],
    connections: { ...workflow.connections, [NODE]: linkTo(SUMMARY) },
  };
}
