import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { AllegroError } from '../../../../client';
import { EVIDENCE_SIDECAR } from '../../../../nodes/definitions/capture/evidence';
import type { ResultFile } from '../../../../nodes/definitions/model/run-result';
import { downloadHeaders } from '../../../../node-red/runtime/files/download-headers';
import { CrashNotes } from '../../../../node-red/runtime/state/crash-notes';
import { TemporaryFiles } from '../../../../node-red/runtime/files/temporary-files';
import { definitionOf } from '../../../support/definition-of';
import { createNode, settled } from '../../../support/fake-runtime';
import { say } from '../../../../client/values/sentence';

describe('files', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'allegro-files-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Without what the node keeps for itself. */
  const files = () => readdirSync(folder).filter((name) => name !== 'allegro-multimeter');
  const notes = () => readdirSync(join(folder, 'allegro-multimeter/writing'));

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
  const run = async (
    config: Record<string, unknown>,
    make: () => ResultFile | undefined,
    message = {},
  ) => {
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
    return node.run({ filename: 'old', ...message });
  };

  it.each([
    [undefined, undefined],
    [
      {},
      {
        'Content-Type': 'application/x',
        'Content-Disposition': 'attachment; filename="capture.pcap"',
      },
    ],
    [
      { 'content-type': 'own/type', 'X-Own': 'y' },
      {
        'content-type': 'own/type',
        'X-Own': 'y',
        'Content-Disposition': 'attachment; filename="capture.pcap"',
      },
    ],
    [
      { 'content-disposition': 'inline' },
      { 'content-disposition': 'inline', 'Content-Type': 'application/x' },
    ],
  ])('in a buffer have headers %j for who waits for a response: %j', async (headers, expected) => {
    const http = headers ? { res: {}, headers } : {};
    const { sent } = await run({ fileTarget: 'buffer', fileTargetType: 'option' }, fileOf, http);
    expect(sent[0]!.headers).toEqual(expected);
  });

  it('with other letters in their names keep them in the header', () => {
    const headers = downloadHeaders({ res: {} }, { mediaType: 'x' }, 'büro (1).pcap');
    expect(headers!['Content-Disposition']).toBe(
      `attachment; filename="b_ro (1).pcap"; filename*=UTF-8''b%C3%BCro%20%281%29.pcap`,
    );
  });

  it('go to disk, and the message names them', async () => {
    const { sent } = await run({ fileFolder: 'a/b', fileFolderType: 'str' }, fileOf);
    const path = join(folder, 'a/b/capture.pcap');
    expect(sent).toEqual([
      {
        filename: path,
        payload: { fileName: 'capture.pcap', packets: 1, complete: true, path },
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
    expect(files().sort()).toEqual(['capture.pcap', 'capture_2.pcap']);
  });

  it('without a record say that the record of an earlier file is still there', async () => {
    writeFileSync(join(folder, 'capture.pcap.evidence.json'), '{}');
    const replace = { fileExists: 'replace', fileExistsType: 'option' };
    const { sent } = await run(replace, fileOf);
    expect(sent[0]!.payload).toMatchObject({
      warnings: [expect.stringMatching(/^capture\.pcap\.evidence\.json is still in the folder\./)],
    });
    const content = () => '{"new": true}';
    const sidecar = { ...EVIDENCE_SIDECAR, content };
    const withRecord = await run(replace, () => fileOf({ sidecar }));
    expect(withRecord.sent[0]!.payload).not.toHaveProperty('warnings');
    expect(readFileSync(join(folder, 'capture.pcap.evidence.json'), 'utf8')).toBe(content());
  });

  it('of one message do not replace each other, but those of an earlier one', async () => {
    const take = async (letter: string) => {
      async function* stream() {
        yield Buffer.from(letter);
      }
      const finished = Promise.resolve({ fileName: 'x', files: [{ fileName: 'x' }] });
      const one = (): ResultFile => fileOf({ stream: stream(), finished });
      const split = async function* () {
        yield one();
      };
      const definition = definitionOf(
        async function* () {
          yield { json: {}, file: one() };
          yield { json: {}, file: one() };
          for (const _ of [1, 2]) {
            yield { json: {}, parts: { name: 'x', files: split(), finish: () => finished } };
          }
        },
        { producesFile: true },
      );
      const config = { fileName: 'all.pcap', fileExists: 'replace', fileExistsType: 'option' };
      const handled = createNode(definition, config, folder).handle({});
      await settled(handled);
      return handled.sent.map(({ filename }) => basename(String(filename)));
    };
    const expected = ['all.pcap', 'all_2.pcap', 'all-0001.pcap', 'all_2-0001.pcap'];
    for (const letter of ['a', 'b']) {
      expect(await take(letter)).toEqual(expected);
      for (const name of expected) expect(readFileSync(join(folder, name), 'utf8')).toBe(letter);
    }
    expect(files()).toHaveLength(4);
  });

  it.each(['/proc/x', '/proc/x/y', '/dev/null/x'])(
    'fail at once for the folder %s, where none can be created',
    async (fileFolder) => {
      const { done } = await run({ fileFolder, fileFolderType: 'str' }, fileOf);
      expect(done[0]).toMatchObject({ code: 'ALLEGRO_FILE' });
      expect(done[0]!.message).toMatch(`The folder ${fileFolder}`);
    },
  );

  it('are named in errors as they would have been, not by their hidden name', async () => {
    const broken = fileOf({
      stream: (async function* () {
        yield content;
        // As a disk that goes away: the hidden file is there no more.
        for (const name of files()) rmSync(join(folder, name));
        throw new AllegroError({ kind: 'unreachable', what: say`Gone.`, advice: say`Wait.` });
      })(),
    });
    const { done } = await run({}, () => broken);
    expect(done[0]!.message).not.toContain('.part');
    const long = await run({ fileFolder: 'f'.repeat(300), fileFolderType: 'str' }, fileOf);
    expect(long.done[0]!.message).toContain('fff cannot be created (ENAMETOOLONG)');
  });

  it('of a process that crashed are removed at the next start, and reported', async () => {
    const first = new TemporaryFiles(new CrashNotes(join(folder, 'allegro-multimeter/writing')));
    const elsewhere = mkdtempSync(join(tmpdir(), 'allegro-elsewhere-'));
    const left = await first.create(elsewhere, 'capture.pcap');
    const gone = await first.create(elsewhere, 'gone.pcap');
    const done = await first.create(elsewhere, 'done.pcap');
    await done.release();
    writeFileSync(left.path, 'half');
    writeFileSync(join(elsewhere, 'mine.part'), '');
    writeFileSync(join(folder, 'allegro-multimeter/writing/evil'), join(elsewhere, 'mine.part'));
    expect(notes()).toHaveLength(3);
    const next = new TemporaryFiles(new CrashNotes(join(folder, 'allegro-multimeter/writing')));
    expect(await next.removeLeftovers()).toEqual([left.path]);
    expect(await next.removeLeftovers()).toEqual([]);
    expect(readdirSync(elsewhere)).toEqual(['mine.part']);
    expect(notes()).toEqual([]);
    expect(gone.path).not.toBe(left.path);
    rmSync(elsewhere, { recursive: true });
  });

  it('that a process may have left are reported where their note cannot be read', async () => {
    const writing = join(folder, 'allegro-multimeter/writing');
    mkdirSync(writing, { recursive: true });
    symlinkSync('loop', join(writing, 'loop'));
    const reported: string[] = [];
    const next = new TemporaryFiles(new CrashNotes(writing));
    await next.removeLeftovers((path, code) => void reported.push(`${path} ${code}`));
    expect(reported).toEqual([`${join(writing, 'loop')} ELOOP`]);
    expect(notes()).toEqual(['loop']);
  });

  it.each([
    ['../../etc/passwd', 'etc-passwd.pcap'],
    ['..', 'capture.pcap'],
    ['.hidden', 'hidden.pcap'],
    ['invoice\u202efdp.exe', 'invoice-fdp.exe'],
    ['ticket 4711.pcapng', 'ticket-4711.pcapng'],
    ['ä'.repeat(300), `${'ä'.repeat(97)}.pcap`],
  ])('named "%s" stay in their folder', async (fileName, expected) => {
    const { sent } = await run({ fileName, fileNameType: 'str' }, fileOf);
    expect(sent[0]?.filename).toBe(join(folder, expected));
    expect(files()).toEqual([expected]);
  });

  it.each<[string, () => Partial<ResultFile>]>([
    [
      'whose stream breaks',
      () => ({
        stream: (async function* () {
          yield content;
          throw new AllegroError({ kind: 'incomplete', what: say`Cut.`, advice: say`` });
        })(),
      }),
    ],
    [
      'that are not proven',
      () => {
        const finished = Promise.reject(
          new AllegroError({ kind: 'incomplete', what: say`Cut.`, advice: say`` }),
        );
        finished.catch(() => undefined);
        return { finished };
      },
    ],
  ])('%s leave nothing behind', async (_name, more) => {
    const { sent, done } = await run({}, () => fileOf(more()));
    expect(sent).toEqual([]);
    expect(done[0]).toMatchObject({ code: 'ALLEGRO_INCOMPLETE' });
    expect(files()).toEqual([]);
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
    expect(files()).toEqual([]);
  });

  it('note a sidecar for the next start while it is written', async () => {
    const writing = join(folder, 'allegro-multimeter/writing');
    let noted: string[] = [];
    const content = () => {
      noted = notes().map((id) => readFileSync(join(writing, id), 'utf8'));
      return 'about';
    };
    const sidecar = { label: 'evidence', extension: '.json', mediaType: 'x', content };
    const { sent } = await run({}, () => fileOf({ sidecar }));
    expect(sent).toHaveLength(1);
    expect(noted).toContainEqual(expect.stringMatching(/\.pcap\.json\.[^/]*\.part$/));
    expect(notes()).toEqual([]);
  });

  it('with a sidecar that cannot be written leave nothing behind', async () => {
    const sidecar = {
      label: 'evidence',
      extension: '.evidence.json',
      mediaType: 'application/json',
      content: () => {
        throw new Error('no');
      },
    };
    const { sent, done } = await run({}, () => fileOf({ sidecar }));
    expect(sent).toEqual([]);
    expect(done[0]).toMatchObject({ code: 'ALLEGRO_FILE' });
    expect(files()).toEqual([]);
  });

  it('that do not exist leave no old name on the message', async () => {
    const { sent } = await run({}, () => undefined);
    expect(sent).toEqual([{ payload: { packets: 0 } }]);
    const buffer = await run({ fileTarget: 'buffer', fileTargetType: 'option' }, () => undefined);
    expect(buffer.sent).toEqual([{ payload: Buffer.alloc(0), fileInfo: { packets: 0 } }]);
  });
});
