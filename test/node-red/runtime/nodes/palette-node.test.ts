import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AllegroError } from '../../../../client';
import { REPEAT_FIELDS } from '../../../../nodes/definitions/fields/repeat-fields';
import type { RunContext } from '../../../../nodes/definitions/model/run-context';
import { definitionOf, definitionWith, type Run } from '../../../support/definition-of';
import { createNode, poll, settled } from '../../../support/fake-runtime';
import { say } from '../../../../client/values/sentence';

describe('a message', () => {
  it('keeps what a flow put on it and carries the result', async () => {
    const node = createNode(definitionWith([{ packets: 2, bytes: 2000 }]));
    const handled = await node.run({ _msgid: '1', topic: 'kept', payload: 'old' });
    expect(handled.sent).toEqual([
      { _msgid: '1', topic: 'kept', payload: { packets: 2, bytes: 2000 } },
    ]);
    expect(handled.done).toStrictEqual([undefined]);
    expect(node.statuses.at(-1)).toEqual({
      fill: 'green',
      shape: 'dot',
      text: '2 packets, 2 kB',
    });
  });

  it.each([
    [403, undefined],
    [202, 202],
  ])('that had the status %s from before has %s with a result', async (before, after) => {
    const node = createNode(definitionWith([{}]));
    const handled = await node.run({ statusCode: before });
    expect(handled.sent[0]!.statusCode).toBe(after);
  });

  it.each([
    ['a result', [{ packets: 2 }], [undefined], { payload: { packets: 2 } }],
    ['a failure', 401, [expect.objectContaining({ code: 'ALLEGRO_LOGIN' })], undefined],
  ] as const)('that is frozen has %s', async (_, outcome, done, sent) => {
    const node = createNode(
      typeof outcome === 'number'
        ? definitionOf(async function* () {
            yield* [];
            throw new AllegroError({
              kind: 'login',
              status: outcome,
              what: say`No.`,
              advice: say``,
            });
          })
        : definitionWith([...outcome]),
    );
    const handled = await node.run(Object.freeze({ topic: 'kept' }));
    expect(handled.done).toStrictEqual(done);
    expect(handled.sent).toEqual(sent ? [{ topic: 'kept', ...sent }] : []);
  });

  it('of several devices shows how many of them gave a result', async () => {
    const node = createNode(
      definitionWith(
        [
          { deviceId: 'a', packets: 1 },
          { deviceId: 'b', error: { kind: 'login' } },
        ],
        { producesFile: true },
      ),
      { fileTarget: 'buffer', fileTargetType: 'option' },
    );
    const handled = await node.run();
    expect(node.statuses.at(-1)).toMatchObject({ fill: 'yellow', text: '1 of 2 devices' });
    expect(handled.sent[1]!.payload).toMatchObject({ error: { kind: 'login' } });
  });

  it('of several devices tells Catch nodes of those that failed, after the results', async () => {
    const order: string[] = [];
    const error = { kind: 'login', message: 'Wrong token.' };
    const node = createNode(
      definitionWith([{ deviceId: 'a' }, { deviceId: 'b', error }, { deviceId: 'c', error }]),
    );
    const record = node.error;
    node.error = (...args) => {
      order.push('caught');
      record(...args);
    };
    const http = { req: {}, res: {} };
    const handled = await node.run({ topic: 'kept', ...http }, () => order.push('sent'));
    expect(order).toEqual(['sent', 'sent', 'sent', 'caught', 'caught']);
    expect(node.errors[0]).toMatchObject({ message: 'b: Wrong token.', code: 'ALLEGRO_LOGIN' });
    // The one answer to an HTTP request comes from the output.
    expect(node.caught[0]).toMatchObject({ topic: 'kept', payload: { deviceId: 'b', error } });
    expect(node.caught[0]).not.toHaveProperty('res');
    expect(node.caught[0]).not.toHaveProperty('req');
    expect(handled.sent[0]).toMatchObject(http);
    expect(handled.done).toStrictEqual([undefined]);
  });

  it('becomes several with parts when there are several results', async () => {
    const node = createNode(definitionWith(['a', 'b', 'c'].map((device) => ({ device }))));
    const handled = await node.run({ _msgid: '1', parts: { id: 'outer' } });
    expect(handled.sent.map(({ payload }) => payload)).toEqual([
      { device: 'a' },
      { device: 'b' },
      { device: 'c' },
    ]);
    const parts = handled.sent.map((message) => message.parts as Record<string, unknown>);
    expect(parts.map(({ index, count }) => [index, count])).toEqual([
      [0, undefined],
      [1, undefined],
      [2, 3],
    ]);
    expect(new Set(parts.map(({ id }) => id)).size).toBe(1);
    expect(parts[0]!.parts).toEqual({ id: 'outer' });
  });

  it('hands on what came out before a failure', async () => {
    const node = createNode(
      definitionOf(async function* () {
        yield { json: { device: 'a' } };
        throw new AllegroError({ kind: 'unreachable', what: say`Gone.`, advice: say`` });
      }),
    );
    const handled = await node.run();
    expect(handled.sent).toEqual([{ payload: { device: 'a' } }]);
    expect(handled.done).toStrictEqual([expect.objectContaining({ code: 'ALLEGRO_UNREACHABLE' })]);
  });
});

describe('a node that needs no appliance', () => {
  it('works without one', async () => {
    const run = async function* (context: RunContext) {
      yield { json: { hasClient: 'client' in context } };
    };
    const node = createNode(definitionOf(run, { needsAppliance: false }), { appliance: undefined });
    const handled = await node.run();
    expect(handled.sent).toEqual([{ payload: { hasClient: false } }]);
  });
});

describe('a node that skips repeats', () => {
  let userDir: string;
  beforeEach(() => void (userDir = mkdtempSync(join(tmpdir(), 'allegro-repeats-'))));
  afterEach(() => rmSync(userDir, { recursive: true }));

  it('keeps what it captured beside the flows, until it is deleted', async () => {
    let captures = 0;
    const run: Run = async function* () {
      yield { json: { captures: ++captures, sha256: 'abc' } };
    };
    const definition = definitionOf(run, { producesFile: true, fields: REPEAT_FIELDS });
    const client = { baseUrl: 'https://box', now: () => 0 };
    const config = { skipRepeats: 'true', fileTarget: 'buffer', fileTargetType: 'option' };
    const nodeOf = (id: string) => createNode(definition, { ...config, id }, userDir, client);
    const fileOf = (id: string) => join(userDir, 'allegro-multimeter', `repeats-${id}.json`);
    const ids = ['before', 'after'].map((name) => `${name}-${randomUUID()}`);
    const [before, after] = ids.map(nodeOf);
    await before!.run({ repeatKey: 'alert-1' });
    // As after a restart: what is on disk is all that the node knows.
    renameSync(fileOf(ids[0]!), fileOf(ids[1]!));
    const handled = await after!.run({ repeatKey: 'alert-1', filename: 'of an earlier node' });
    expect(captures).toBe(1);
    expect(handled.sent[0]).toMatchObject({
      payload: { skipped: true, repeatKey: 'alert-1', captures: [{ sha256: 'abc' }] },
    });
    expect(handled.sent[0]).not.toHaveProperty('filename');
    expect(after!.statuses.at(-1)).toMatchObject({ text: 'repeat skipped' });
    await after!.close(true);
    await poll(() => !existsSync(fileOf(ids[1]!)));
  });
});

describe('failures', () => {
  it('carry code, plain facts and the status', async () => {
    const node = createNode(
      definitionOf(async function* () {
        yield* [];
        throw new AllegroError({
          kind: 'login',
          status: 401,
          what: say`No.`,
          advice: say`Check it.`,
          cause: { circular: process },
        });
      }),
    );
    const handled = await node.run({ payload: 1 });
    const [error] = handled.done as Array<Error & { code: string }>;
    expect(error).toMatchObject({ name: 'Allegro Multimeter', code: 'ALLEGRO_LOGIN' });
    expect(Object.keys(error!)).toContain('code');
    expect(error!.cause).toEqual({
      kind: 'login',
      status: 401,
      what: 'No.',
      advice: 'Check it.',
      message: 'No. Check it.',
      canRetry: false,
    });
    // As Node-RED's debug sidebar shows it.
    expect(String(error!.cause)).toBe('Check it.');
    expect(handled.message).toEqual({ payload: 1, statusCode: 401 });
    expect(node.statuses.at(-1)).toEqual({ fill: 'red', shape: 'ring', text: 'login refused' });
  });

  it.each([
    ['an ordinary error', new TypeError('oops')],
    ['something that is not an error', 'oops'],
  ])('may be %s', async (_name, thrown) => {
    const node = createNode(
      definitionOf(async function* () {
        yield* [];
        throw thrown;
      }),
    );
    const handled = await node.run();
    expect(handled.done).toStrictEqual([expect.objectContaining({ code: 'ALLEGRO_INTERNAL' })]);
  });

  it('of a node behind do not become rejections', async () => {
    const node = createNode(definitionWith([{}]));
    const handled = node.handle({}, () => {
      throw new Error('A node behind failed.');
    });
    await settled(handled);
    expect(handled.done).toHaveLength(1);
    node.emit(
      'input',
      {},
      () => undefined,
      () => {
        throw new Error('done failed');
      },
    );
    await poll(() => node.errors.length > 0);
  });

  it('without an appliance say what to do', async () => {
    const node = createNode(definitionWith([{}]), { appliance: '' });
    const handled = await node.run();
    expect(handled.done[0]?.message).toMatch(/select or add an appliance/);
  });
});
