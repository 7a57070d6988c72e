import { until } from '../../../../scripts/hosts/node-red-host';
import type { Fault } from '../../../../simulator';
import { CAPTURE_PATH } from '../../../contract/support/capture-faults';
import { parts, type ExampleBench } from './example-bench';
import { named } from './named';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';

const NAME = '03-preserve-the-buffer';

export function preserveTheBuffer(get: () => ExampleBench): void {
  const fill = (minutes: string, reason = 'Incident 4711') =>
    fetchOnce(`${get().url}/allegro/preserve`, {
      method: 'POST',
      body: new URLSearchParams({ reason, minutes, name: 'Anna' }),
    });
  const changes = () =>
    get().simulator.requests.filter(
      ({ method, path }) => method === 'POST' && path.startsWith(`${CAPTURE_PATH}/buffer`),
    );
  /** Each comes from a timer of its own, so that on a busy machine one may pass another. */
  const titles = () =>
    get()
      .neighbours.chat.messages.map(({ text }) => text)
      .sort();
  /** The appliance obeys, but what it answers is lost. */
  const lostAnswer: Fault = {
    kind: 'cut',
    afterBytes: 0,
    framing: 'length',
    method: 'POST',
    path: `${CAPTURE_PATH}/buffer`,
  };

  it('shows a form with the fields that it reads, and says until when it is suspended', async () => {
    const { neighbours, url, deploy } = parts(get());
    await deploy(NAME);
    const page = await (await fetchOnce(`${url}/allegro/preserve`)).text();
    for (const name of ['reason', 'minutes', 'name']) expect(page).toContain(`name="${name}"`);
    const response = await fill('0.05');
    expect(await response.text()).toMatch(/^The ring buffer is suspended until \d{4}-/);
    await until('the end', () => neighbours.chat.transcript.includes('Ring buffer resumed'));
  });

  it('resumes after a restart of the flow, when its time is over', async () => {
    const { simulator, neighbours, deploy } = parts(get());
    await deploy(NAME);
    const promised = /until (\S+Z)/.exec(await (await fill('0.1')).text())!;
    // A full deploy ends all nodes, as a restart does.
    await deploy(NAME);
    await until('the end', () => !simulator.isBufferSuspended());
    await until('the word of it', () => neighbours.chat.transcript.includes('Ring buffer resumed'));
    expect(changes()).toHaveLength(2);
    expect(changes()[1]!.startedAtMs).toBeGreaterThanOrEqual(Date.parse(promised[1]!) - 500);
  });

  it('takes another end from the next request, and resumes once', async () => {
    const { bench, simulator, neighbours, deploy } = parts(get());
    const nodes = await deploy(NAME);
    await fill('60');
    expect((await fill('0.05', 'Incident 4712')).status).toBe(200);
    await until('the end', () => !simulator.isBufferSuspended());
    await until('the word of it', () => neighbours.chat.transcript.includes('Ring buffer resumed'));
    expect(changes()).toHaveLength(3);
    await until('the reminder', () => neighbours.chat.transcript.includes('For: Incident 4712'));
    // The one of the first request does not wait any more.
    const { id } = named(nodes, 'Until reminder');
    await until('no reminder', () => bench.events.statusesOf(id).at(-1) === '0');
  });

  it('resumes where the appliance obeyed, but its answer was lost', async () => {
    const { simulator, neighbours, deploy } = parts(get());
    await deploy(NAME);
    simulator.faults.add({ ...lostAnswer, times: 1 });
    expect((await fill('0.05')).status).toBe(502);
    await until('two messages', () => neighbours.chat.messages.length === 2);
    expect(simulator.isBufferSuspended()).toBe(false);
    expect(titles()).toEqual([
      'Failed: the ring buffer could not be suspended',
      'Ring buffer resumed',
    ]);
    expect(neighbours.chat.transcript).toContain('it is resumed at');
  });

  it('tells the person at the form, and Slack, that nothing was suspended', async () => {
    const { simulator, neighbours, deploy } = parts(get());
    await deploy(NAME);
    simulator.faults.add({ kind: 'answer', status: 403, method: 'POST' });
    const response = await fill('1');
    expect(response.status).toBe(502);
    expect(await response.text()).toMatch(/permission|admin/i);
    await until('the message', () => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.messages[0]!.text).toBe(
      'Failed: the ring buffer could not be suspended',
    );
    expect(changes()).toHaveLength(1);
    expect((await fill('9999')).status).toBe(502);
    expect(simulator.isBufferSuspended()).toBe(false);
  });

  it('says that the buffer stays suspended, and when it does not any more', async () => {
    const { simulator, neighbours, deploy } = parts(get());
    await deploy(NAME);
    simulator.faults.add({ kind: 'answer', status: 500, method: 'POST', skip: 1, times: 1 });
    await fill('0.05');
    await until('four messages', () => neighbours.chat.messages.length === 4);
    expect(titles()).toEqual([
      'Failed: the ring buffer is STILL SUSPENDED',
      'Reminder: the ring buffer is still suspended',
      'Ring buffer resumed',
      'Ring buffer suspended: Incident 4711',
    ]);
    expect(simulator.isBufferSuspended()).toBe(false);
  });
}
