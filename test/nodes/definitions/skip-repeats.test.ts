import { AllegroError, type AllegroClient } from '../../../client';
import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';
import { REPEAT_FIELDS } from '../../../nodes/definitions/fields/repeat-fields';
import { readFieldValues } from '../../../nodes/definitions/model/read-field-values';
import type { KeptRepeats } from '../../../nodes/definitions/model/run-context';
import type { RunResult } from '../../../nodes/definitions/model/run-result';
import { startRun } from '../../../nodes/definitions/model/start-run';
import { definitionOf, fieldOf, type Run } from '../../support/definition-of';
import { runContext } from '../../support/fake-transport';
import { say, type Sentence } from '../../../client/values/sentence';

const BEGIN = Date.parse('2026-11-23T15:50:00Z');
const FIELDS = [fieldOf('host', 'text'), fieldOf('fileNamePrefix', 'text'), ...REPEAT_FIELDS];
let nodes = 0;

/** A node that captures, whose process may be replaced by another one. */
class Bench {
  now = BEGIN;
  captures = 0;
  kept: unknown;
  failSaving = false;
  failLoading = false;
  device = 'https://box';
  readonly warnings: string[] = [];
  private process = `node-${nodes++}`;
  private readonly repeats: KeptRepeats = {
    load: () =>
      this.failLoading ? Promise.reject(new Error('no access')) : Promise.resolve(this.kept),
    save: (done) => {
      if (this.failSaving) return Promise.reject(new Error('disk full'));
      this.kept = JSON.parse(JSON.stringify(done));
      return Promise.resolve();
    },
  };

  /** What was kept is all that remains. */
  restart(): void {
    this.process = `node-${nodes++}`;
  }

  /** @returns the results; `capture` gives the JSON, or fails */
  async run(
    values: Record<string, unknown>,
    capture: () => Promise<object> = () => Promise.resolve({}),
    {
      signal = new AbortController().signal,
      takesEach = undefined as NodeDefinition['takesEach'],
      store = (one: RunResult) => Promise.resolve(one),
    } = {},
  ): Promise<Array<Record<string, unknown>>> {
    const run: Run = async function* (this: void) {
      const number = ++bench.captures;
      yield { json: { fileName: `${number}.pcap`, packets: 7, secret: 1, ...(await capture()) } };
    };
    const definition = definitionOf(run, { fields: FIELDS, takesEach });
    const base = runContext({ signal });
    const context = {
      ...base,
      origin: { ...base.origin, node: { id: this.process, name: null } },
      repeats: this.repeats,
      log: {
        debug: () => undefined,
        warn: (text: Sentence) => void this.warnings.push(String(text)),
      },
    };
    const client = { baseUrl: this.device, now: () => this.now } as AllegroClient;
    const read = readFieldValues(definition, { skipRepeats: true, ...values });
    const found: Array<Record<string, unknown>> = [];
    for await (const { json } of startRun(definition, context, () => client, read, store)) {
      found.push(json);
    }
    return found;
  }
}

let bench: Bench;
beforeEach(() => void (bench = new Bench()));

const A = { host: '10.0.0.1' };
const KEYED = { ...A, repeatKey: 'alert-1' };
const fails = () =>
  Promise.reject(new AllegroError({ kind: 'timeout', what: say`Late.`, advice: say`` }));

describe('Skip Repeats', () => {
  it.each([
    ['the same settings', A, { ...A, fileNamePrefix: 'other' }, 1],
    ['another host', A, { host: '10.0.0.2' }, 2],
    ['the same key with another host', KEYED, { ...KEYED, host: '10.0.0.2' }, 1],
    ['another key with the same settings', KEYED, { ...KEYED, repeatKey: 'alert-2' }, 2],
    ['the same settings, but not switched on', A, { ...A, skipRepeats: false }, 2],
  ])('of %s', async (_what, first, second, captures) => {
    await bench.run(first);
    const [json] = await bench.run(second);
    expect(bench.captures).toBe(captures);
    expect(json!.skipped).toBe(captures === 1 ? true : undefined);
  });

  it('tells the elements of one list apart, though they share a key', async () => {
    const takesEach = { property: 'hosts', limit: '', identity: ['host'] };
    for (const host of ['10.0.0.1', '10.0.0.2', '10.0.0.1']) {
      await bench.run({ ...KEYED, host }, undefined, { takesEach });
    }
    expect(bench.captures).toBe(2);
  });

  it('captures again on another appliance', async () => {
    await bench.run(KEYED);
    bench.device = 'https://other';
    await bench.run(KEYED);
    expect(bench.captures).toBe(2);
  });

  it('says what was captured, and when', async () => {
    await bench.run(KEYED);
    bench.now += 1000;
    expect(await bench.run(KEYED)).toEqual([
      {
        skipped: true,
        repeatKey: 'alert-1',
        capturedAt: '2026-11-23T15:50:00.000Z',
        skippedUntil: '2026-11-23T16:50:00.000Z',
        captures: [{ fileName: '1.pcap', packets: 7 }],
        device: 'https://box',
        mmId: undefined,
        warnings: [],
      },
    ]);
  });

  it.each([
    ['before its time is over', 59, false, 1],
    ['after its time is over', 60, false, 2],
    ['after a restart', 59, true, 1],
    ['after a restart and its time', 61, true, 2],
    ['after the clock was set back a little', -0.5, false, 1],
    ['after the clock was set back by an hour', -60, false, 2],
    ['after the clock was set back by years, and a restart', -2e6, true, 2],
  ])('%s', async (_what, minutes, isRestarted, captures) => {
    await bench.run(KEYED);
    if (isRestarted) bench.restart();
    bench.now += minutes * 60_000;
    await bench.run(KEYED);
    expect(bench.captures).toBe(captures);
  });

  it.each([
    ['fails', fails, undefined],
    ['fails on a device', () => Promise.resolve({ error: { kind: 'timeout' } }), undefined],
    ['cannot be stored', undefined, () => Promise.reject(new Error('disk full'))],
  ])('does not count a capture that %s', async (_what, capture, store) => {
    await bench.run(KEYED, capture, { store }).catch(() => undefined);
    const [json] = await bench.run(KEYED);
    expect(json).toMatchObject({ fileName: '2.pcap' });
  });

  it('waits for a capture that is being made, and takes over if it fails', async () => {
    const ends: Array<() => void> = [];
    const slow = () =>
      new Promise<object>((resolve, reject) => {
        ends.push(ends.length === 0 ? () => reject(new Error('broken')) : () => resolve({}));
      });
    const runs = [1, 2, 3].map(() => bench.run(KEYED, slow).catch(() => 'failed'));
    const turn = () => new Promise(setImmediate);
    await turn();
    expect(bench.captures).toBe(1);
    ends[0]!();
    await turn();
    expect(bench.captures).toBe(2);
    ends[1]!();
    const outcomes = await Promise.all(runs);
    expect(outcomes[0]).toBe('failed');
    expect(outcomes[1]).toEqual([expect.objectContaining({ fileName: '2.pcap' })]);
    expect(outcomes[2]).toEqual([expect.objectContaining({ skipped: true })]);
  });

  it.each([
    ['while it waits', true],
    ['before', false],
  ])('waits no longer when it is cancelled %s', async (_what, isWaiting) => {
    let end: () => void = () => undefined;
    const first = bench.run(KEYED, () => new Promise((resolve) => (end = () => resolve({}))));
    const cancel = new AbortController();
    const second = bench.run(KEYED, undefined, { signal: cancel.signal });
    const ended = expect(second).rejects.toThrow('no longer');
    if (isWaiting) await new Promise(setImmediate);
    cancel.abort(new Error('no longer'));
    await ended;
    await new Promise(setImmediate);
    end();
    await first;
    expect(bench.captures).toBe(1);
  });

  it('keeps a capture whose key cannot be kept, and says so', async () => {
    bench.failSaving = true;
    const [json] = await bench.run(KEYED);
    expect(json).toMatchObject({ fileName: '1.pcap' });
    expect(bench.warnings).toEqual([expect.stringMatching('disk full')]);
  });

  it('captures where what was kept cannot be read, and says so', async () => {
    bench.failLoading = true;
    expect(await bench.run(KEYED)).toEqual([expect.objectContaining({ fileName: '1.pcap' })]);
    expect(bench.warnings).toEqual([expect.stringMatching('no access')]);
  });

  it.each([[null], ['text'], [{ key: null }], [{ key: { until: 'x' } }]])(
    'captures where %j was kept',
    async (kept) => {
      bench.kept = kept;
      expect(await bench.run(KEYED)).toEqual([expect.objectContaining({ fileName: '1.pcap' })]);
    },
  );

  it.each([
    ['until', 1e300],
    ['until', null],
    ['at', 'x'],
    ['captures', 'x'],
  ])('captures where what was kept has %s: %j', async (property, value) => {
    await bench.run(KEYED);
    const [[key, done] = []] = Object.entries(bench.kept as Record<string, object>);
    bench.kept = { [key!]: { ...done, [property]: value } };
    bench.restart();
    // The key of the same settings in another process.
    expect(await bench.run(KEYED)).toEqual([expect.objectContaining({ fileName: '2.pcap' })]);
  });

  it('forgets the oldest of more than a thousand keys', async () => {
    for (let key = 0; key <= 1000; key++) await bench.run({ ...A, repeatKey: `k${key}` });
    expect(Object.keys(bench.kept as object)).toHaveLength(1000);
    const [first] = await bench.run({ ...A, repeatKey: 'k0' });
    const [last] = await bench.run({ ...A, repeatKey: 'k1000' });
    expect([first!.skipped, last!.skipped]).toEqual([undefined, true]);
  });
});
