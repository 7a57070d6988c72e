import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AllegroError } from '../../client';
import type { ResultFile, RunContext } from '../../nodes/definitions/definition';
import type { Field } from '../../nodes/definitions/field';
import { createNode, definitionOf, poll, settled } from './fake-runtime';

const HOST: Field = {
  name: 'host',
  label: 'Host',
  type: 'text',
  default: '',
  description: 'A host',
  messageProperty: 'host',
};
const LIMIT: Field = {
  name: 'limit',
  label: 'Limit',
  type: 'number',
  default: 10,
  min: 1,
  description: 'How many',
};

/** Runs until it is aborted, as the client does: with an error of kind `cancelled`. */
function untilAborted({ signal }: RunContext): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      const { reason } = signal as { reason: unknown };
      const isKnown = reason instanceof AllegroError;
      reject(
        isKnown ? reason : new AllegroError({ kind: 'cancelled', what: 'Ended.', advice: '' }),
      );
    });
  });
}

describe('a message', () => {
  it('keeps what a flow put on it and carries the result', async () => {
    const node = createNode(
      definitionOf(async function* () {
        yield { json: { packets: 2, bytes: 2000 } };
      }),
    );
    const handled = node.handle({ _msgid: '1', topic: 'kept', payload: 'old' });
    await settled(handled);
    expect(handled.sent).toEqual([
      { _msgid: '1', topic: 'kept', payload: { packets: 2, bytes: 2000 } },
    ]);
    expect(handled.done).toEqual([undefined]);
    expect(node.statuses.at(-1)).toEqual({
      fill: 'green',
      shape: 'dot',
      text: '2 packets, 2.0 kB',
    });
  });

  it('becomes several with parts when there are several results', async () => {
    const node = createNode(
      definitionOf(async function* () {
        for (const device of ['a', 'b', 'c']) yield { json: { device } };
      }),
    );
    const handled = node.handle({ _msgid: '1', parts: { id: 'outer' } });
    await settled(handled);
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
        throw new AllegroError({ kind: 'unreachable', what: 'Gone.', advice: '' });
      }),
    );
    const handled = node.handle({});
    await settled(handled);
    expect(handled.sent).toEqual([{ payload: { device: 'a' } }]);
    expect(handled.done).toEqual([expect.objectContaining({ code: 'ALLEGRO_UNREACHABLE' })]);
  });
});

describe('values', () => {
  const echo = (config: Record<string, unknown>, fields: Field[] = [HOST, LIMIT]) =>
    createNode(
      definitionOf(
        async function* (_context, values) {
          yield { json: values };
        },
        { fields },
      ),
      config,
    );

  it.each([
    ['set in the node goes before the message', { host: 'set', hostType: 'str' }, 'set'],
    ['blank is taken from the message', { host: '', hostType: 'str' }, 'from message'],
    ['that names a source is read there', { host: 'other', hostType: 'msg' }, 'other value'],
    ['that is missing is taken from the message', {}, 'from message'],
  ])('a value %s', async (_name, config, expected) => {
    const handled = echo(config).handle({ host: 'from message', other: 'other value' });
    await settled(handled);
    expect(handled.sent[0]?.payload).toEqual({ host: expected, limit: 10 });
  });

  it('reads a blank number as its default, not as 0, and text as a number', async () => {
    for (const [limit, expected] of [
      ['', 10],
      ['25', 25],
    ]) {
      const handled = echo({ limit, limitType: 'num' }).handle({});
      await settled(handled);
      expect(handled.sent[0]?.payload).toMatchObject({ limit: expected });
    }
  });

  it.each([
    ['a source that holds nothing', { host: 'absent', hostType: 'msg' }, /msg\.absent/],
    ['an expression that cannot be read', { host: '(', hostType: 'jsonata' }, /evaluated/],
    ['a number out of range', { limit: '0', limitType: 'num' }, /out of range/],
  ])('%s is an error of input', async (_name, config, message) => {
    const handled = echo(config).handle({});
    await settled(handled);
    expect(handled.sent).toEqual([]);
    expect(handled.done[0]).toMatchObject({ code: 'ALLEGRO_INPUT' });
    expect(handled.done[0]?.message).toMatch(message);
  });

  it('does not evaluate what does not show', async () => {
    const hidden: Field = { ...HOST, showWhen: { limit: ['never' as string] } };
    const handled = echo({ host: '(', hostType: 'jsonata' }, [LIMIT, hidden]).handle({});
    await settled(handled);
    expect(handled.done).toEqual([undefined]);
  });

  it('reads rows, each cell of which may name a source', async () => {
    const list: Field = {
      name: 'rules',
      label: 'Rules',
      type: 'list',
      default: [],
      addLabel: 'Add',
      rowLabel: 'Rule',
      description: 'Rules',
      columns: [{ ...HOST, messageProperty: undefined } as never, LIMIT as never],
    };
    const rulesRows = [
      { host: 'other', hostType: 'msg', limit: '3', limitType: 'num' },
      { host: 'x', hostType: 'str', limit: '', limitType: 'num' },
    ];
    const handled = echo({ rules: '', rulesType: 'rows', rulesRows }, [list]).handle({
      other: 'o',
    });
    await settled(handled);
    expect(handled.sent[0]?.payload).toEqual({
      rules: [
        { host: 'o', limit: 3 },
        { host: 'x', limit: 10 },
      ],
    });
    const json = echo({ rules: '[{"host":"j"}]', rulesType: 'json' }, [list]).handle({});
    await settled(json);
    expect(json.sent[0]?.payload).toEqual({ rules: [{ host: 'j', limit: 10 }] });
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
          what: 'No.',
          advice: 'Check it.',
          cause: { circular: process },
        });
      }),
    );
    const handled = node.handle({ payload: 1 });
    await settled(handled);
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
    expect(handled.message).toEqual({ payload: 1, statusCode: 401 });
    expect(node.statuses.at(-1)).toEqual({ fill: 'red', shape: 'ring', text: 'login refused' });
  });

  it.each([
    ['an ordinary error', new TypeError('oops')],
    ['something that is no error', 'oops'],
  ])('may be %s', async (_name, thrown) => {
    const node = createNode(
      definitionOf(async function* () {
        yield* [];
        throw thrown;
      }),
    );
    const handled = node.handle({});
    await settled(handled);
    expect(handled.done).toEqual([expect.objectContaining({ code: 'ALLEGRO_INTERNAL' })]);
  });

  it('of a node behind do not become rejections', async () => {
    const node = createNode(
      definitionOf(async function* () {
        yield { json: {} };
      }),
    );
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
    const node = createNode(
      definitionOf(async function* () {
        yield { json: {} };
      }),
      { appliance: '' },
    );
    const handled = node.handle({});
    await settled(handled);
    expect(handled.done[0]?.message).toMatch(/choose or add an appliance/);
  });
});

describe('ending work', () => {
  const waiting = () =>
    createNode(
      definitionOf(async function* (context) {
        yield { json: await untilAborted(context) };
      }),
    );

  it('msg.cancel ends everything that runs and starts nothing', async () => {
    const node = waiting();
    const runs = [node.handle({}), node.handle({})];
    await poll(() => node.statuses.length >= 2);
    expect(node.statuses.at(-1)?.text).toBe('2 × running');
    const cancel = node.handle({ cancel: true });
    expect(cancel.done).toEqual([undefined]);
    for (const run of runs) {
      await settled(run);
      expect(run.done).toEqual([expect.objectContaining({ code: 'ALLEGRO_CANCELLED' })]);
      expect(run.sent).toEqual([]);
    }
    expect(cancel.sent).toEqual([]);
    expect(node.statuses.at(-1)).toEqual({ fill: 'grey', shape: 'ring', text: 'cancelled' });
  });

  it('closing waits for what runs, reports no error and clears the status', async () => {
    const node = waiting();
    const run = node.handle({});
    await node.close();
    expect(run.done).toEqual([undefined]);
    expect(run.sent).toEqual([]);
    expect(node.statuses.at(-1)).toEqual({});
  });

  it('sends nothing after it was closed', async () => {
    let release = (): void => undefined;
    const node = createNode(
      definitionOf(async function* () {
        await new Promise<void>((resolve) => (release = resolve));
        yield { json: {} };
      }),
    );
    const run = node.handle({});
    await poll(() => node.statuses.length > 0);
    const closing = node.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    release();
    await closing;
    expect([run.sent, run.done]).toEqual([[], [undefined]]);
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

describe('files', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'allegro-files-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const content = Buffer.from('packets');
  const fileOf = (more: Partial<ResultFile> = {}): ResultFile => ({
    name: 'capture.pcap',
    mediaType: 'application/x',
    stream: (async function* () {
      yield content.subarray(0, 3);
      yield content.subarray(3);
    })(),
    finished: Promise.resolve({ fileName: 'capture.pcap', packets: 1, complete: true }),
    ...more,
  });
  const run = async (config: Record<string, unknown>, make: () => ResultFile | undefined) => {
    const node = createNode(
      definitionOf(
        async function* () {
          yield { json: { packets: 0 }, file: make() };
        },
        { producesFile: true },
      ),
      config,
      folder,
    );
    const handled = node.handle({ filename: 'old' });
    await settled(handled);
    return handled;
  };

  it('go to disk, and the message names them', async () => {
    const { sent } = await run({ fileFolder: 'a/b', fileFolderType: 'str' }, fileOf);
    const path = join(folder, 'a/b/capture.pcap');
    expect(sent).toEqual([
      {
        filename: path,
        payload: { fileName: 'capture.pcap', packets: 1, complete: true, filename: path },
      },
    ]);
    expect(readFileSync(path)).toEqual(content);
    expect(readdirSync(join(folder, 'a/b'))).toEqual(['capture.pcap']);
  });

  it('are numbered, refused or replaced when the name is taken', async () => {
    await run({}, fileOf);
    const second = await run({}, fileOf);
    expect(second.sent[0]?.filename).toBe(join(folder, 'capture_2.pcap'));
    const refused = await run({ fileExists: 'refuse', fileExistsType: 'option' }, fileOf);
    expect(refused.done[0]).toMatchObject({ code: 'ALLEGRO_FILE' });
    const replaced = await run({ fileExists: 'replace', fileExistsType: 'option' }, fileOf);
    expect(replaced.sent[0]?.filename).toBe(join(folder, 'capture.pcap'));
    expect(readdirSync(folder).sort()).toEqual(['capture.pcap', 'capture_2.pcap']);
  });

  it.each([
    ['../../etc/passwd', '_.._etc_passwd.pcap'],
    ['..', 'capture.pcap'],
    ['a\\b:c', 'a_b_c.pcap'],
    ['.hidden', 'hidden.pcap'],
    ['CON', '_CON.pcap'],
    ['ticket 4711.pcapng', 'ticket 4711.pcapng'],
    ['ä'.repeat(300), `${'ä'.repeat(100)}.pcap`],
  ])('named "%s" stay in their folder', async (fileName, expected) => {
    const { sent } = await run({ fileName, fileNameType: 'str' }, fileOf);
    expect(sent[0]?.filename).toBe(join(folder, expected));
    expect(readdirSync(folder)).toEqual([expected]);
  });

  it.each<[string, () => Partial<ResultFile>]>([
    [
      'whose stream breaks',
      () => ({
        stream: (async function* () {
          yield content;
          throw new AllegroError({ kind: 'incomplete', what: 'Cut.', advice: '' });
        })(),
      }),
    ],
    [
      'that are not proven',
      () => {
        const finished = Promise.reject(
          new AllegroError({ kind: 'incomplete', what: 'Cut.', advice: '' }),
        );
        finished.catch(() => undefined);
        return { finished };
      },
    ],
  ])('%s leave nothing behind', async (_name, more) => {
    const { sent, done } = await run({}, () => fileOf(more()));
    expect(sent).toEqual([]);
    expect(done[0]).toMatchObject({ code: 'ALLEGRO_INCOMPLETE' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('need a folder, unless one may be created', async () => {
    const config = { fileFolder: 'new', createFolder: 'false', createFolderType: 'bool' };
    const { done } = await run(config, fileOf);
    expect(done[0]).toMatchObject({ code: 'ALLEGRO_FILE' });
    expect(done[0]?.message).toMatch(/does not exist/);
  });

  it('may be a Buffer up to a limit', async () => {
    const buffer = { fileTarget: 'buffer', fileTargetType: 'option' };
    const { sent } = await run(buffer, fileOf);
    expect(sent[0]).toMatchObject({
      payload: content,
      filename: 'capture.pcap',
      fileInfo: { packets: 1 },
    });
    const large = () =>
      fileOf({
        stream: (async function* () {
          for (let i = 0; i < 3; i++) yield Buffer.alloc(500);
        })(),
      });
    const { done } = await run({ ...buffer, bufferLimit: '0.001', bufferLimitType: 'num' }, large);
    expect(done[0]).toMatchObject({ code: 'ALLEGRO_TOO_LARGE' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that do not exist leave no old name on the message', async () => {
    const { sent } = await run({}, () => undefined);
    expect(sent).toEqual([{ payload: { packets: 0 } }]);
    const buffer = await run({ fileTarget: 'buffer', fileTargetType: 'option' }, () => undefined);
    expect(buffer.sent).toEqual([{ payload: Buffer.alloc(0), fileInfo: { packets: 0 } }]);
  });
});
