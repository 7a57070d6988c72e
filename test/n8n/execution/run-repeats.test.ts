import type { IExecuteFunctions } from 'n8n-workflow';
import { AllegroError } from '../../../client';
import { say } from '../../../client/values/sentence';
import { executeItems } from '../../../n8n/execution/execute';
import { REPEAT_FIELDS } from '../../../nodes/definitions/fields/repeat-fields';
import { definitionOf } from '../../support/definition-of';
import { fakeHost } from './fake-host';

const turn = () => new Promise(setImmediate);
let nodes = 0;

/** Executions of one node in one process, each with an item for each of its alerts. */
function node() {
  const id = `node ${nodes++}`;
  const kept: Record<string, unknown> = {};
  const captured: string[] = [];
  /** Captures of alerts that begin with `held`. */
  const ends = new Map<string, (error?: Error) => void>();
  const definition = definitionOf(
    async function* (_context, { repeatKey }) {
      const alert = String(repeatKey);
      captured.push(alert);
      await new Promise<void>((resolve, reject) => {
        const end = (error?: Error) => (error ? reject(error) : resolve());
        if (alert.startsWith('held')) ends.set(alert, end);
        else end();
      });
      yield { json: { alert } };
    },
    { fields: REPEAT_FIELDS },
  );
  const execute = (...alerts: string[]) => {
    const { host } = fakeHost();
    const base = host as unknown as { getNodeParameter(...all: unknown[]): unknown };
    const own = {
      getInputData: () => alerts.map(() => ({ json: {} })),
      getWorkflowStaticData: () => kept,
      getNode: () => ({ id, name: 'Capture' }),
      getNodeParameter: (name: string, index: number, ...rest: unknown[]) =>
        name === 'options'
          ? { skipRepeats: true, repeatKey: alerts[index], repeatMinutes: 60 }
          : base.getNodeParameter(name, index, ...rest),
    };
    const execution = executeItems({ ...host, ...own } as unknown as IExecuteFunctions, [
      definition,
    ]);
    return execution.then(
      (items) => items.map(({ json }) => json.skipped === true),
      (error: Error) => error.message,
    );
  };
  return { execute, captured, ends };
}

const FAILURE = new AllegroError({ kind: 'appliance', what: say`No.`, advice: say`` });

describe('a repeat in another execution', () => {
  it.each([
    ['fails: it captures itself', FAILURE, 'No.', [false]],
    ['succeeds: it is skipped', undefined, [false, false], [true]],
  ])('waits for the first execution, which %s', async (_what, failure, first, second) => {
    const { execute, ends } = node();
    const running = execute('a', 'held');
    await turn();
    let isOver = false;
    const repeat = execute('a').finally(() => (isOver = true));
    await turn();
    expect(isOver).toBe(false);
    ends.get('held')!(failure);
    expect(await running).toEqual(first);
    expect(await repeat).toEqual(second);
  });

  it('captures once more where each execution would wait for the other', async () => {
    const { execute, captured, ends } = node();
    const both = [execute('a', 'held 1', 'b'), execute('b', 'held 2', 'a')];
    await turn();
    for (const end of ends.values()) end();
    expect(await Promise.all(both)).toEqual([expect.any(Array), expect.any(Array)]);
    expect(captured.filter((alert) => alert === 'a').length).toBeLessThanOrEqual(2);
    expect(await execute('a', 'b')).toEqual([true, true]);
  });

  it('within one execution is skipped at once', async () => {
    const { execute, captured } = node();
    expect(await execute('a', 'a')).toEqual([false, true]);
    expect(captured).toEqual(['a']);
  });
});
