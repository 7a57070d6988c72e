import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';
import { SimulatorBench } from '../support/simulator-bench';
import { TriggeredWorkflow } from '../support/trigger-bench';

const SECRET = 'a-long-and-random-secret-4711';
const CREDENTIAL_TYPE = 'allegroMultimeterPushApi';
/** As the appliance answers for the path that it exports. */
const STATISTIC = '/API/stats/interfaces';

interface Push {
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

/** Statistics that an appliance pushes to a real n8n. */
describe('the trigger for pushed statistics in n8n', () => {
  let bench: SimulatorBench;
  let workflow: TriggeredWorkflow;
  let pushed: string;
  const webhookId = randomUUID();

  beforeAll(async () => {
    bench = await SimulatorBench.start();
    pushed = (await bench.fetchDirectly(STATISTIC)).toString('utf8');
    workflow = await create(webhookId);
    await workflow.activate();
    await until('open');
  });
  afterAll(() => bench?.stop());

  async function create(id: string): Promise<TriggeredWorkflow> {
    const { id: credential, name } = await bench.host.rest.createCredential(
      'Push',
      CREDENTIAL_TYPE,
      { secret: SECRET },
    );
    const parameters = { statistic: STATISTIC, sender: 'allegro-mm-1a2b' };
    return TriggeredWorkflow.create(bench, 'allegroMultimeterPushTrigger', parameters, {
      webhookId: id,
      credentials: { [CREDENTIAL_TYPE]: { id: credential, name } },
    });
  }

  function post(query: string, options: Push = {}, base = 'webhook'): Promise<Response> {
    const { headers = { 'content-type': 'application/json' }, body = pushed } = options;
    return fetchOnce(`${bench.host.url}/${base}/${webhookId}/statistics${query}`, {
      method: 'POST',
      headers,
      body,
    });
  }

  /** n8n opens and closes the URL a moment after it was asked to. */
  async function until(state: 'open' | 'closed'): Promise<void> {
    for (let tries = 0; tries < 6000; tries++) {
      if (((await post('')).status === 404) === (state === 'closed')) return;
      await wait(100);
    }
    throw new Error(`The URL is not ${state}.`);
  }

  it('starts the workflow with the counters named', async () => {
    const before = (await workflow.runs()).length;
    expect((await post(`?secret=${SECRET}`)).status).toBe(200);
    const runs = await workflow.until(({ length }) => length > before, 'The run');
    const { status, items } = runs.at(-1)!;
    expect(status).toBe('success');
    expect(items).toHaveLength(1);
    expect(items[0]!.json).toMatchObject({
      event: 'pushed',
      statistic: STATISTIC,
      device: 'allegro-mm-1a2b',
      alertTime: expect.stringMatching(/^20.*Z$/),
      statistics: { interfaces: expect.any(Array) },
    });
  });

  it.each([
    ['a header', '', { 'x-allegro-secret': SECRET, 'content-type': 'application/json' }],
    ['a bearer token', '', { authorization: `Bearer ${SECRET}`, 'content-type': 'text/plain' }],
    ['the query, without a content type', `?secret=${SECRET}`, {}],
  ])('knows the secret in %s', async (_, query, headers) => {
    const before = (await workflow.runs()).length;
    const body = new TextEncoder().encode(pushed);
    const response = await post(query, { headers: headers as Record<string, string>, body });
    expect([response.status, await response.text()]).toEqual([200, 'ok']);
    const runs = await workflow.until(({ length }) => length > before, 'The run');
    expect(runs.at(-1)!.items[0]!.json.statistics).toMatchObject({
      interfaces: expect.any(Array),
    });
  });

  it.each([
    ['no secret', '', {}, 401],
    ['a wrong secret', '?secret=another-long-secret-0815', {}, 403],
    ['what is no statistic', `?secret=${SECRET}`, { body: '"text"' }, 400],
    ['more than an appliance sends', `?secret=${SECRET}`, { body: `"${'x'.repeat(11e6)}"` }, 413],
  ])('refuses %s, and starts nothing', async (_, query, options, status) => {
    const before = (await workflow.runs()).length;
    const response = await post(query, options);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain(SECRET);
    await wait(1000);
    expect(await workflow.runs()).toHaveLength(before);
  });

  it('is open after a restart, and closed when the workflow is', async () => {
    await bench.host.end('SIGKILL');
    await bench.host.startAgain();
    await until('open');
    expect((await post(`?secret=${SECRET}`)).status).toBe(200);
    await workflow.deactivate();
    await until('closed');
    expect((await post(`?secret=${SECRET}`)).status).toBe(404);
  });

  it('takes a test event', async () => {
    // Waits for one delivery at the test URL.
    await workflow.test();
    const response = await post(`?secret=${SECRET}`, {}, 'webhook-test');
    expect(response.status).toBe(200);
  });

  it.each([
    [SECRET, 'OK', /long enough/],
    ['short', 'Error', /too short: 5 instead of at least 16/],
    ['sixteen-letters&more', 'Error', /special meaning in URLs/],
  ])('tests the secret "%s"', async (secret, status, message) => {
    const result = await bench.host.rest.testCredential({
      id: '',
      name: 'Push',
      type: CREDENTIAL_TYPE,
      data: { secret },
    });
    expect(result).toMatchObject({ status, message: expect.stringMatching(message) });
  });
});
