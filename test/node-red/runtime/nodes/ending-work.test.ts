import { AllegroError } from '../../../../client';
import type { RunContext } from '../../../../nodes/definitions/model/run-context';
import { definitionOf } from '../../../support/definition-of';
import { createNode, poll, settled } from '../../../support/fake-runtime';
import { say } from '../../../../client/values/sentence';

/** Runs until it is aborted, as the client does: with an error of kind `cancelled`. */
function untilAborted({ signal }: RunContext): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      const { reason } = signal as { reason: unknown };
      const isKnown = reason instanceof AllegroError;
      reject(
        isKnown
          ? reason
          : new AllegroError({ kind: 'cancelled', what: say`Ended.`, advice: say`` }),
      );
    });
  });
}

/** A node whose work lasts until it is ended. */
const waiting = (config: Record<string, unknown> = {}) =>
  createNode(
    definitionOf(async function* (context) {
      yield { json: await untilAborted(context) };
    }),
    config,
  );

describe('ending work', () => {
  it('msg.cancel ends everything that runs and starts nothing', async () => {
    const node = waiting({ whenBusy: 'parallel', maxParallel: '2' });
    const runs = [node.handle({}), node.handle({})];
    await poll(() => node.statuses.at(-1)?.text === '2 × running');
    const cancel = node.handle({ cancel: true });
    expect(cancel.done).toStrictEqual([undefined]);
    for (const run of runs) {
      await settled(run);
      expect(run.done).toStrictEqual([expect.objectContaining({ code: 'ALLEGRO_CANCELLED' })]);
      expect(run.sent).toEqual([]);
    }
    expect(cancel.sent).toEqual([]);
    await poll(() => node.statuses.at(-1)?.text === 'cancelled');
    expect(node.statuses.at(-1)).toEqual({ fill: 'grey', shape: 'ring', text: 'cancelled' });
  });

  it('msg.cancel also ends what waits, and the node works on afterwards', async () => {
    const node = waiting();
    const runs = [node.handle({}), node.handle({}), node.handle({})];
    expect(runs.map(({ done }) => done)).toStrictEqual([[], [], []]);
    node.handle({ cancel: true });
    const cancelled = [expect.objectContaining({ code: 'ALLEGRO_CANCELLED' })];
    for (const run of runs) await settled(run);
    expect(runs.map(({ done }) => done)).toStrictEqual([cancelled, cancelled, cancelled]);
    const later = node.handle({});
    await poll(() => node.statuses.at(-1)?.text === 'running');
    node.handle({ cancel: true });
    await settled(later);
    expect(runs.map(({ done }) => done.length)).toStrictEqual([1, 1, 1]);
  });

  it('closing ends what waits without an error, and takes nothing any more', async () => {
    const node = waiting();
    const runs = [node.handle({}), node.handle({})];
    await node.close();
    runs.push(node.handle({}));
    expect(runs.map(({ done }) => done)).toStrictEqual([[undefined], [undefined], [undefined]]);
    expect(runs.flatMap(({ sent }) => sent)).toEqual([]);
    expect(node.statuses.at(-1)).toEqual({});
  });

  it('closing waits for what runs, reports no error and clears the status', async () => {
    const node = waiting();
    const run = node.handle({});
    await node.close();
    expect(run.done).toStrictEqual([undefined]);
    expect(run.sent).toEqual([]);
    expect(node.statuses.at(-1)).toEqual({});
  });

  it('sends nothing after it was closed, and takes no path of a response for a file', async () => {
    let release = (): void => undefined;
    const node = createNode(
      definitionOf(async function* () {
        await new Promise<void>((resolve) => (release = resolve));
        yield { json: { files: [null, { path: '/API/info' }] } };
      }),
    );
    const run = node.handle({});
    await poll(() => node.statuses.length > 0);
    const closing = node.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    release();
    await closing;
    expect([run.sent, run.done]).toStrictEqual([[], [undefined]]);
    expect(node.warnings).toEqual([expect.stringContaining('Ended the work of 1 message')]);
  });

  it('closes within its limit though something hangs', async () => {
    jest.useFakeTimers();
    try {
      const node = createNode(
        definitionOf(async function* () {
          yield { json: await new Promise<never>(() => undefined) };
        }),
      );
      node.handle({});
      const closing = node.close();
      await jest.advanceTimersByTimeAsync(8000);
      await closing;
    } finally {
      jest.useRealTimers();
    }
  });
});
