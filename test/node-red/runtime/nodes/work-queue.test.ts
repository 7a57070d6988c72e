import fc from 'fast-check';
import { AllegroError } from '../../../../client';
import {
  WorkQueue,
  type Admission,
  type QueuePolicy,
} from '../../../../node-red/runtime/nodes/work-queue';
import { definitionOf, fieldOf } from '../../../support/definition-of';
import { createNode, poll, settled, type FakeNode } from '../../../support/fake-runtime';
import { say } from '../../../../client/values/sentence';

/** A node whose runs end when the test says so, in the order in which they began. */
function controlled(config: Record<string, unknown>) {
  const begun: unknown[] = [];
  const ends: Array<() => void> = [];
  const node = createNode(
    definitionOf(
      async function* (_context, values) {
        begun.push(values.number);
        await new Promise<void>((resolve) => ends.push(resolve));
        yield { json: { number: values.number } };
      },
      { fields: [NUMBER] },
    ),
    config,
  );
  return { node, begun, endNext: () => ends.shift()!() };
}

const NUMBER = fieldOf('number', 'number', { default: 0, messageProperty: 'number' });

const send = (node: FakeNode, count: number) =>
  Array.from({ length: count }, (_, number) => node.handle({ number: number + 1 }));

/** The default of the field would go before the message. */
const BLANK = { number: '', numberType: 'num' };

describe('messages that arrive while a node is busy', () => {
  it('wait for their turn, in the order of arrival, one at a time', async () => {
    const { node, begun, endNext } = controlled(BLANK);
    const runs = send(node, 3);
    await poll(() => begun.length === 1);
    await poll(() => node.statuses.at(-1)?.text === '2 waiting, running');
    for (const [index, run] of runs.entries()) {
      await poll(() => begun.length === index + 1);
      expect(run.done).toStrictEqual([]);
      endNext();
      await settled(run);
    }
    expect(begun).toEqual([1, 2, 3]);
    expect(runs.map(({ sent }) => sent.map(({ payload }) => payload))).toEqual([
      [{ number: 1 }],
      [{ number: 2 }],
      [{ number: 3 }],
    ]);
    expect(runs.map(({ done }) => done)).toStrictEqual([[undefined], [undefined], [undefined]]);
  });

  it('end with an error when the queue is full', async () => {
    const { node, endNext, begun } = controlled({
      ...BLANK,
      maxWaiting: '1',
      maxWaitingType: 'num',
    });
    const runs = send(node, 3);
    expect(runs[2]!.done).toStrictEqual([
      expect.objectContaining({
        code: 'ALLEGRO_BUSY',
        cause: expect.objectContaining({ canRetry: true }),
      }),
    ]);
    await poll(() => begun.length === 1);
    endNext();
    await poll(() => begun.length === 2);
    endNext();
    await settled(runs[1]!);
    expect(runs.map(({ done }) => done.length)).toStrictEqual([1, 1, 1]);
  });

  it('are dropped and counted if that is chosen, and do not count as completed', async () => {
    const { node, begun, endNext } = controlled({ ...BLANK, whenBusy: 'drop' });
    const runs = send(node, 3);
    await poll(() => begun.length === 1);
    endNext();
    await settled(runs[0]!);
    expect(runs.map(({ done }) => done)).toStrictEqual([[undefined], [], []]);
    await poll(() => node.statuses.at(-1)?.text === '2 dropped, done');
    expect(begun).toEqual([1]);
    expect(runs.map(({ sent }) => sent.length)).toEqual([1, 0, 0]);
  });

  it('are counted in the log when a deployment ends them', async () => {
    const { node, begun, endNext } = controlled(BLANK);
    const warnings: string[] = [];
    node.warn = ((text: string) => warnings.push(text)) as never;
    const runs = send(node, 3);
    await poll(() => begun.length === 1);
    const closed = node.close();
    endNext();
    await closed;
    expect(warnings).toEqual([expect.stringMatching(/^Ended the work of 3 messages/)]);
    expect(runs.flatMap(({ sent }) => sent)).toEqual([]);
  });

  it('run in parallel up to a limit if that is chosen, and the others wait', async () => {
    const { node, begun, endNext } = controlled({
      ...BLANK,
      whenBusy: 'parallel',
      maxParallel: '2',
    });
    const runs = send(node, 4);
    await poll(() => begun.length === 2);
    await poll(() => node.statuses.at(-1)?.text === '2 × running, 2 waiting');
    endNext();
    await poll(() => begun.length === 3);
    endNext();
    await poll(() => begun.length === 4);
    endNext();
    endNext();
    for (const run of runs) await settled(run);
    expect(begun).toEqual([1, 2, 3, 4]);
  });

  it('may be limited by an environment variable', async () => {
    const { node, endNext, begun } = controlled({
      ...BLANK,
      maxWaiting: 'NONE',
      maxWaitingType: 'env',
    });
    const runs = send(node, 2);
    expect(runs[1]!.done).toStrictEqual([expect.objectContaining({ code: 'ALLEGRO_BUSY' })]);
    await poll(() => begun.length === 1);
    endNext();
    await settled(runs[0]!);
  });

  it('all end with an error when the policy cannot be read', () => {
    const { node } = controlled({ maxWaiting: 'many', maxWaitingType: 'num' });
    expect(node.statuses.at(-1)).toMatchObject({ text: 'wrong input' });
    expect(send(node, 1)[0]!.done).toStrictEqual([
      expect.objectContaining({ code: 'ALLEGRO_INPUT' }),
    ]);
  });
});

describe('a work queue', () => {
  const policies: fc.Arbitrary<QueuePolicy> = fc.record({
    whenBusy: fc.constantFrom('queue', 'parallel', 'drop'),
    maxParallel: fc.integer({ min: 1, max: 4 }),
    maxWaiting: fc.integer({ min: 0, max: 5 }),
  });
  const steps = fc.array(fc.constantFrom('offer', 'offer', 'offer', 'end', 'cancel'), {
    maxLength: 40,
  });

  it('runs or refuses every job exactly once, in order and within its limits', () =>
    fc.assert(
      fc.asyncProperty(policies, steps, async (policy, actions) => {
        let waiting = 0;
        const queue = new WorkQueue(policy, (count) => (waiting = count));
        const outcomes: string[][] = [];
        const begun: number[] = [];
        const ends: Array<() => void> = [];
        const limit = policy.whenBusy === 'parallel' ? policy.maxParallel : 1;
        const offer = (): Admission => {
          const own: string[] = [];
          const number = outcomes.push(own);
          const admission = queue.offer({
            run(signal) {
              begun.push(number);
              return new Promise((resolve) => {
                const end = (outcome: string) => {
                  if (own.length === 0) own.push(outcome);
                  resolve();
                };
                ends.push(() => end('ended'));
                signal.addEventListener('abort', () => end('aborted'));
              });
            },
            refuse: () => own.push('refused'),
          });
          if (admission === 'dropped' || admission === 'full') own.push(admission);
          return admission;
        };
        const reason = new AllegroError({ kind: 'cancelled', what: say`Ended.`, advice: say`` });
        for (const action of actions) {
          if (action === 'offer') offer();
          else if (action === 'cancel') queue.endAll(reason);
          else ends.shift()?.();
          await new Promise((done) => setImmediate(done));
          const running = begun.filter((number) => outcomes[number - 1]!.length === 0).length;
          expect(running).toBeLessThanOrEqual(limit);
          expect(waiting).toBeLessThanOrEqual(policy.maxWaiting);
        }
        await queue.close(reason);
        expect(waiting).toBe(0);
        expect(outcomes.filter((outcome) => outcome.length !== 1)).toEqual([]);
        expect(begun).toEqual([...begun].sort((a, b) => a - b));
      }),
      { numRuns: 200 },
    ));
});
