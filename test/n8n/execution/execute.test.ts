import type { IExecuteFunctions } from 'n8n-workflow';
import manifest from '../../../package.json';
import { AllegroError } from '../../../client';
import { executeItems } from '../../../n8n/execution/execute';
import { REPEAT_FIELDS } from '../../../nodes/definitions/fields/repeat-fields';
import type { Run } from '../../support/definition-of';
import { definitionOf, fakeHost } from './fake-host';
import { say } from '../../../client/values/sentence';

describe('executing in n8n', () => {
  it('passes the workflow, node and run to the definition', async () => {
    const { host } = fakeHost();
    const definition = definitionOf(async function* ({ origin }) {
      yield { json: { origin } };
    });
    const [{ json }] = await executeItems(host, [definition]);
    expect(json.origin).toMatchObject({
      host: { name: 'n8n', version: null },
      package: { name: 'n8n-nodes-allegro-multimeter', version: manifest.version },
      workflow: { id: 'w1', name: 'Alerts' },
      node: { id: 'n1', name: 'Capture' },
      run: '231',
    });
  });

  it('reads no credential where no appliance is needed', async () => {
    const local = fakeHost();
    const run: Run = async function* (context) {
      yield { json: { hasClient: 'client' in context } };
    };
    const [{ json }] = await executeItems(local.host, [
      definitionOf(run, { needsAppliance: false }),
    ]);
    expect([json, local.asked]).toEqual([{ hasClient: false }, []]);
    const remote = fakeHost();
    const [item] = await executeItems(remote.host, [definitionOf(run)]);
    expect([item.json, remote.asked]).toEqual([{ hasClient: true }, ['allegroMultimeterTokenApi']]);
  });

  it('keeps what was captured in the static data of the workflow, for Skip Repeats', async () => {
    let captures = 0;
    const definition = definitionOf(
      async function* () {
        yield { json: { captures: ++captures } };
      },
      { fields: REPEAT_FIELDS },
    );
    const kept: Record<string, unknown> = {};
    const skip = { skipRepeats: true, repeatKey: 'alert-1', repeatMinutes: 60 };
    // Another process knows nothing else.
    const runs = ['of one process', 'of another'].map((id) => async () => {
      const { host } = fakeHost({ options: skip });
      const own = { getWorkflowStaticData: () => kept, getNode: () => ({ id, name: 'Capture' }) };
      return executeItems({ ...host, ...own } as unknown as IExecuteFunctions, [definition]);
    });
    const [[first], [second]] = [await runs[0](), await runs[1]()];
    expect(first.json).toEqual({ captures: 1 });
    expect(second.json).toMatchObject({ skipped: true, repeatKey: 'alert-1' });
    expect(Object.keys(kept)).toEqual(['repeats']);
  });

  it.each([
    ['drops the results: a retry captures all again', false, [undefined, undefined, undefined]],
    ['keeps the others, which a retry skips', true, [true, undefined, true]],
  ])('with Skip Repeats, an item that fails %s', async (_what, goesOn, expected) => {
    const kept: Record<string, unknown> = {};
    let failure: AllegroError | undefined;
    const ends: Record<string, () => void> = {};
    const definition = definitionOf(
      async function* (_context, { repeatKey }) {
        const waits = repeatKey !== '0' && failure !== undefined;
        if (waits) await new Promise<void>((resolve) => (ends[String(repeatKey)] = resolve));
        if (repeatKey === '1' && failure) throw failure;
        yield { json: { repeatKey } };
      },
      { fields: REPEAT_FIELDS },
    );
    const id = `retry ${goesOn}`;
    const run = () => {
      const { host } = fakeHost({ 'options.maxParallel': 3 });
      const { getNodeParameter } = host as unknown as {
        getNodeParameter(name: string, index: number, ...rest: unknown[]): unknown;
      };
      return executeItems(
        {
          ...host,
          getInputData: () => [{ json: {} }, { json: {} }, { json: {} }],
          getWorkflowStaticData: () => kept,
          getNode: () => ({ id, name: 'Capture' }),
          continueOnFail: () => goesOn,
          getNodeParameter: (name: string, index: number, ...rest: unknown[]) =>
            name === 'options'
              ? { skipRepeats: true, repeatKey: String(index), repeatMinutes: 60 }
              : getNodeParameter(name, index, ...rest),
        } as unknown as IExecuteFunctions,
        [definition],
      );
    };
    failure = new AllegroError({ kind: 'appliance', what: say`No.`, advice: say`` });
    const first = run().catch((error: Error) => error.message);
    const turn = () => new Promise(setImmediate);
    await turn();
    // What another execution has saved meanwhile.
    const early = { ...kept };
    ends['1']!();
    await turn();
    // Without On Error, the run has failed by then.
    ends['2']!();
    expect(await first).toEqual(goesOn ? expect.any(Array) : 'No.');
    await turn();
    failure = undefined;
    kept.repeats = { ...(early.repeats as object), ...(kept.repeats as object) };
    const items = await run();
    expect(items.map(({ json }) => json.skipped)).toEqual(expected);
  });

  it.each([
    ['operation', 'There is no operation "other".', 'Choose one of: doIt.'],
    ['authentication', 'There is no authentication "other".', 'Choose one of: token, password.'],
  ])('names the choices for an unknown %s', async (parameter, message, description) => {
    const { host } = fakeHost({ [parameter]: 'other' });
    const executing = executeItems(host, [definitionOf(async function* () {})]);
    await expect(executing).rejects.toMatchObject({ message, description });
  });

  it.each([
    [{}, ['packets']],
    [{ 'options.simplify': false }, ['packets', 'evidence']],
  ])('leaves out what is for the record, with %j', async (parameters, expected) => {
    const run: Run = async function* () {
      yield { json: { packets: 3, evidence: {} } };
    };
    const definition = definitionOf(run, { recordProperties: ['evidence'] });
    const [{ json }] = await executeItems(fakeHost(parameters).host, [definition]);
    expect(Object.keys(json)).toEqual(expected);
  });

  it.each([
    [
      { from: 'a', to: 'b' },
      { from: 'a', to: 'b' },
    ],
    [{ from: null, to: null }, {}],
  ])('repeats on each item of a list what is said once, such as %j', async (times, said) => {
    const definition = definitionOf(
      async function* () {
        const result = { ...times, device: 'https://x', mmId: '1', total: 2 };
        yield {
          json: { ...result, warnings: [say`Careful.`], rows: [{ ip: 1 }, { mmId: 'own' }] },
        };
      },
      { itemsProperty: 'rows' },
    );
    const items = await executeItems(fakeHost().host, [definition]);
    const context = { ...said, device: 'https://x', warnings: ['Careful.'] };
    expect(items.map(({ json }) => json)).toEqual([
      { ...context, mmId: '1', ip: 1 },
      { ...context, mmId: 'own' },
    ]);
  });

  describe('several items', () => {
    const ITEMS = [{ json: {} }, { json: {} }, { json: {} }, { json: {} }];

    async function run(maxParallel: unknown, more: object = {}, failsAt?: number) {
      const fake = fakeHost({ 'options.maxParallel': maxParallel });
      Object.assign(fake.host, { getInputData: () => ITEMS, ...more });
      let [running, most, begun] = [0, 0, 0];
      const definition = definitionOf(async function* () {
        const index = begun++;
        most = Math.max(most, ++running);
        // The first are the slowest.
        await new Promise((resolve) => setTimeout(resolve, 20 - index * 5));
        running--;
        if (index === failsAt)
          throw new AllegroError({ kind: 'appliance', what: say`No.`, advice: say`` });
        yield { json: { index } };
      });
      const items = await executeItems(fake.host, [definition]);
      return {
        most,
        items: items.map(({ json, pairedItem }) => [json.index ?? json.error, pairedItem]),
      };
    }
    const paired = (...values: unknown[]) => values.map((value, item) => [value, { item }]);

    it.each([
      [undefined, 1],
      [3, 3],
      [16, 4],
    ])('run with Max Parallel %s at most %s at once, and keep their order', async (max, most) => {
      expect(await run(max)).toEqual({ most, items: paired(0, 1, 2, 3) });
    });

    it('end with the first that fails, or go on past it', async () => {
      await expect(run(2, {}, 1)).rejects.toMatchObject({ message: 'No.' });
      const { items } = await run(2, { continueOnFail: () => true }, 1);
      expect(items).toEqual(paired(0, 'No.', 2, 3));
    });

    it.each([
      [100, '91 more warnings'],
      [10, '1 more warning'],
    ])('of %i show each warning once, and at most ten', async (length, others) => {
      const { host, hints } = fakeHost();
      Object.assign(host, { getInputData: () => Array.from({ length }, () => ITEMS[0]) });
      let index = 0;
      const definition = definitionOf(async function* () {
        yield { json: { warnings: [say`Late.`, say`Only ${index++} packets.`] } };
      });
      expect(await executeItems(host, [definition])).toHaveLength(length);
      expect([hints[0], hints.length]).toEqual(['Late.', 11]);
      expect(hints.at(-1)).toBe(`${others}: see "warnings" in the items.`);
    });

    it.each([0, 17, 1.5, 'many'])('refuse Max Parallel %s', async (max) => {
      await expect(run(max)).rejects.toThrow('"Max Parallel" is not valid.');
    });
  });

  describe('a device that failed among several', () => {
    const error = { kind: 'notFound', what: 'Gone.', advice: 'Look.' };
    const failed = { deviceId: 'b', deviceHost: 'B', mmId: 'b', error, warnings: [say`b: Gone.`] };
    const definition = definitionOf(async function* () {
      yield { json: { deviceId: 'a' } };
      yield { json: failed };
    });

    it('is an item with its error and a hint where On Error says Stop', async () => {
      const { host, hints } = fakeHost();
      const items = await executeItems(host, [definition]);
      expect(items.map(({ json }) => json)).toEqual([{ deviceId: 'a' }, failed]);
      expect(hints).toEqual(['b: Gone.']);
    });

    it('is an item that n8n takes for the error output where On Error says so', async () => {
      const { host } = fakeHost();
      Object.assign(host, { continueOnFail: () => true });
      const [, item] = await executeItems(host, [definition]);
      const { warnings: _, ...device } = failed;
      expect(item.json).toEqual({
        error: 'Gone.',
        details: { ...error, ...device, error: undefined },
      });
    });
  });
});
