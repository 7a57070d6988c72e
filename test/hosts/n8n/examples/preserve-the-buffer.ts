import { setTimeout as pause } from 'node:timers/promises';
import { waitUntil } from '../../../contract/support/wait-until';
import { readable } from '../../../neighbours';
import type { Assignment, ExampleBench } from './example-bench';
import { CAPTURE_PATH } from '../support/simulator-bench';
import { submit } from './forms';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';

const NAME = '03-preserve-the-buffer';
const STILL_SUSPENDED = 'Failed: the ring buffer is STILL SUSPENDED';
const FORM = { Reason: 'Incident 4711', Minutes: 0.05, 'Your name': 'Anna' };

export function preserveTheBuffer(get: () => ExampleBench): void {
  it('follows the end that was asked for last, without a reminder of an earlier one', async () => {
    const bench = get();
    const { simulator, neighbours } = bench;
    const { rest } = bench.bench.host;
    const published = await bench.publish(heldBack(bench));
    const transcript = () => neighbours.chat.transcript;
    /** Returns the address that ends a wait of its run. */
    const ask = async (reason: string) => {
      await submit(published, 'form/allegro-preserve', [reason, '30', 'Anna']);
      const told = () =>
        neighbours.chat.messages.find(({ text }) => text === `Ring buffer suspended: ${reason}`);
      await waitUntil(() => told() !== undefined);
      return new URL(/http\S+/.exec(readable(told()!))![0]);
    };
    const endOf = (url: URL) => rest.untilEnded(/webhook-waiting\/(\d+)/.exec(url.pathname)![1]!);
    try {
      const first = await ask('Incident 4711');
      await goOn(bench, first);
      await waitUntil(() => transcript().includes('For: Incident 4711'));
      const second = await ask('Incident 4712');
      await goOn(bench, first);
      expect((await endOf(first)).status).toBe('success');
      const third = await ask('Incident 4713');
      await goOn(bench, second);
      expect((await endOf(second)).status).toBe('success');
      expect(simulator.isBufferSuspended()).toBe(true);
      expect(transcript()).not.toContain('For: Incident 4712');
      await goOn(bench, third);
      await waitUntil(() => transcript().includes('For: Incident 4713'));
      await goOn(bench, third);
      await waitUntil(() => transcript().includes('It was suspended for: Incident 4713'));
      expect(simulator.isBufferSuspended()).toBe(false);
      // Three times suspended, and resumed once.
      expect(simulator.requests.filter(isChange)).toHaveLength(4);
    } finally {
      await published.end();
    }
  });

  it('suspends once more where the answer was lost, and resumes', async () => {
    const bench = get();
    bench.simulator.faults.add({
      kind: 'cut',
      afterBytes: 0,
      framing: 'length',
      method: 'POST',
      path: `${CAPTURE_PATH}/buffer`,
      times: 1,
    });
    await bench.run(quick(bench), 'Preserve Form', FORM);
    expect(bench.simulator.requests.filter(isChange)).toHaveLength(3);
    expect(bench.simulator.isBufferSuspended()).toBe(false);
    expect(bench.neighbours.chat.messages.map(({ text }) => text)).toEqual([
      'Ring buffer suspended: Incident 4711',
      'Reminder: the ring buffer is still suspended',
      'Ring buffer resumed',
    ]);
  });

  it('records again even if the chat is down', async () => {
    const bench = get();
    const settings = { slackWebhook: `${bench.neighbours.chat.url}/nowhere` };
    const workflow = quick(bench, settings);
    await bench.run(workflow, 'Preserve Form', FORM);
    expect(bench.simulator.requests.filter(isChange)).toHaveLength(2);
    expect(bench.simulator.isBufferSuspended()).toBe(false);
  });

  it.each(['Note the End', 'Still the End?'])('tells a person where %s fails', async (name) => {
    const bench = get();
    const workflow = quick(bench);
    const table = workflow.nodes.find((node) => node.name === name)!.parameters.dataTableId;
    Object.assign(table as object, { value: 'no_such_table' });
    await bench.run(workflow, 'Preserve Form', FORM);
    expect(bench.neighbours.chat.messages.at(-1)!.text).toBe(STILL_SUSPENDED);
    await resume(bench);
  });

  it('reminds and resumes where *Still Current?* fails', async () => {
    const bench = get();
    const workflow = quick(bench);
    const node = workflow.nodes.find(({ name }) => name === 'Still Current?')!;
    Object.assign(node.parameters.dataTableId as object, { value: 'no_such_table' });
    const { status } = await bench.run(workflow, 'Preserve Form', FORM);
    expect(status).toBe('success');
    expect(bench.neighbours.chat.messages.map(({ text }) => text)).toEqual([
      'Ring buffer suspended: Incident 4711',
      'Reminder: the ring buffer is still suspended',
      'Ring buffer resumed',
    ]);
    expect(bench.simulator.isBufferSuspended()).toBe(false);
  });

  it('cries out when the buffer stays suspended', async () => {
    const bench = get();
    bench.simulator.faults.add({ kind: 'answer', status: 500, method: 'POST', skip: 1 });
    await bench.run(quick(bench), 'Preserve Form', FORM);
    expect(bench.simulator.requests.filter(isChange).length).toBeGreaterThanOrEqual(6);
    const last = bench.neighbours.chat.messages.at(-1)!;
    expect(last.text).toBe(STILL_SUSPENDED);
    expect(bench.neighbours.chat.transcript).toContain('Resume it by hand');
    await resume(bench);
  });
}

/** For the tests that follow: a whole run resumes the buffer. */
async function resume(bench: ExampleBench): Promise<void> {
  expect(bench.simulator.isBufferSuspended()).toBe(true);
  bench.reset();
  await bench.run(quick(bench), 'Preserve Form', FORM);
  expect(bench.simulator.isBufferSuspended()).toBe(false);
}

/** Each wait lasts until the test ends it, at an address that the first message tells. */
function heldBack(bench: ExampleBench) {
  const workflow = bench.example(NAME);
  for (const node of workflow.nodes) {
    if (node.type.endsWith('.wait')) node.parameters = { resume: 'webhook', options: {} };
    if (node.name !== 'Suspended') continue;
    const { assignments } = node.parameters.assignments as { assignments: Assignment[] };
    assignments.find(({ name }) => name === 'text')!.value = '={{ $execution.resumeUrl }}';
  }
  return workflow;
}

/** Ends a wait, once the run has come to it. */
async function goOn({ url }: ExampleBench, { pathname, search }: URL): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const { ok } = await fetchOnce(`${url}${pathname}${search}`);
    if (ok) return;
    await pause(200);
  }
  throw new Error(`Nothing waits at ${pathname}.`);
}

/** With less time between tries. */
function quick(bench: ExampleBench, settings: Record<string, unknown> = {}) {
  const workflow = bench.example(NAME, { settings });
  for (const node of workflow.nodes) {
    if (node.retryOnFail) Object.assign(node, { waitBetweenTries: 100 });
  }
  return workflow;
}

function isChange({ method, path }: { method: string; path: string }): boolean {
  return method === 'POST' && path.startsWith(`${CAPTURE_PATH}/buffer`);
}
