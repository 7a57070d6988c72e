import { randomUUID } from 'node:crypto';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';
import { STEADY_HOST } from '../../../../simulator';
import { until } from '../../../../scripts/hosts/node-red-host';
import { CAPTURE } from '../support/bench';
import { SimulatorBench } from '../support/simulator-bench';
import { linkTo, NODE, nodeOf, oneNode, TYPES } from '../support/workflows';

const WEBHOOK = 'Alert';

/** An alert that is delivered to a real n8n several times. */
describe('Skip Repeats in n8n', () => {
  let bench: SimulatorBench;
  let workflow: { id: string; versionId?: string };
  const path = randomUUID();

  beforeAll(async () => {
    bench = await SimulatorBench.start();
    const parameters = {
      ...{ authentication: 'token', ...CAPTURE, host: STEADY_HOST, maxMegabytes: 5 },
      ...{ lastAmount: 10, lastUnit: 'seconds' },
      options: { skipRepeats: true, repeatKey: '={{ $json.body.id }}', repeatMinutes: 60 },
    };
    const { nodes } = oneNode({ parameters, credentials: bench.withToken });
    const webhook = nodeOf('1', WEBHOOK, TYPES.webhook, [0, 0], {
      ...{ webhookId: path, parameters: { path, httpMethod: 'POST' } },
    });
    workflow = await bench.host.rest.createWorkflow({
      name: 'Alerts',
      nodes: [webhook, nodes.find(({ name }) => name === NODE)!],
      connections: { [WEBHOOK]: linkTo(NODE) },
    });
    const { versionId } = workflow;
    await bench.host.rest.call('POST', `/rest/workflows/${workflow.id}/activate`, { versionId });
  });
  afterAll(() => bench?.stop());

  const deliver = (id: string) =>
    fetchOnce(`${bench.host.url}/webhook/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id }),
    });

  /** Delivers an alert as soon as the URL is open. */
  async function firstDelivery(id: string): Promise<void> {
    await until('the URL to be open', () =>
      deliver(id).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  }

  /** What the executions have returned, once there are so many. */
  async function results(count: number): Promise<Array<Record<string, unknown>>> {
    const filter = encodeURIComponent(JSON.stringify({ workflowId: workflow.id }));
    let ids: string[] = [];
    await until(`${count} executions to end`, async () => {
      const { results: found } = await bench.host.rest.call<{
        results: Array<{ id: string; status: string }>;
      }>('GET', `/rest/executions?filter=${filter}&limit=100`);
      ids = found.filter(({ status }) => status === 'success').map(({ id }) => id);
      return ids.length >= count;
    });
    const ended = await Promise.all(ids.map((id) => bench.host.rest.untilEnded(id)));
    return ended.flatMap(({ items }) => (items[NODE] ?? []).map(({ json }) => json));
  }

  it('captures once, also for deliveries at the same time and after a restart', async () => {
    await firstDelivery('alert-1');
    await Promise.all([deliver('alert-1'), deliver('alert-1')]);
    const three = await results(3);
    expect(three.filter(({ skipped }) => skipped === true)).toHaveLength(2);
    const file = three.find(({ skipped }) => skipped === undefined)!;
    for (const one of three.filter(({ skipped }) => skipped === true)) {
      expect(one).toMatchObject({ captures: [{ sha256: file.sha256 }], repeatKey: 'alert-1' });
    }

    await bench.host.end('SIGKILL');
    await bench.host.startAgain();
    await firstDelivery('alert-1');
    const four = await results(4);
    expect(four.filter(({ skipped }) => skipped === true)).toHaveLength(3);
  });
});
