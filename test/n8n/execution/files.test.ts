import { AllegroError } from '../../../client';
import { checkReadable } from '../../../n8n/execution/database-size';
import { executeItems } from '../../../n8n/execution/execute';
import { capturePcap } from '../../../nodes/definitions/capture/capture-pcap';
import type { InputFile } from '../../../nodes/definitions/model/run-result';
import { fieldOf } from '../../support/definition-of';
import { bytesOf, definitionOf, fakeHost } from './fake-host';
import { say } from '../../../client/values/sentence';

describe('files in n8n', () => {
  it('stores a file and its sidecar, and shows warnings', async () => {
    const { host, stored, hints } = fakeHost({ outputBinaryField: 'pcap' });
    const definition = definitionOf(async function* () {
      yield {
        json: {},
        file: {
          name: 'a.pcap',
          mediaType: 'x/pcap',
          stream: bytesOf('packets'),
          finished: Promise.resolve({ fileName: 'a.pcap', warnings: [say`Careful.`] }),
          sidecar: {
            label: 'evidence',
            extension: '.evidence.json',
            mediaType: 'application/json',
            content: ({ fileName }) => `about ${String(fileName)}`,
          },
        },
      };
    });
    const items = await executeItems(host, [definition]);
    expect(stored).toEqual([
      { fileName: 'a.pcap', mimeType: 'x/pcap', content: 'packets' },
      {
        fileName: 'a.pcap.evidence.json',
        mimeType: 'application/json',
        content: 'about a.pcap',
      },
    ]);
    expect(items).toHaveLength(1);
    expect(Object.keys(items[0].binary!)).toEqual(['pcap', 'pcap_evidence']);
    expect(hints).toEqual(['Careful.']);
  });

  it.each([
    [true, ['data']],
    [false, undefined],
  ])(
    'passes the file of the item on if the definition says so: %s',
    async (passesFileOn, names) => {
      const { host } = fakeHost();
      const binary = { data: { data: 'stored', mimeType: 'x', fileName: 'a.pcap' } };
      Object.assign(host, { getInputData: () => [{ json: {}, binary }] });
      const definition = definitionOf(
        async function* () {
          yield { json: { slot: 1 } };
        },
        { producesFile: false, passesFileOn },
      );
      const [item] = await executeItems(host, [definition]);
      expect(item.binary && Object.keys(item.binary)).toEqual(names);
    },
  );

  it.each([
    ['text', { data: 'cGNhcA==' }, 'pcap'],
    ['nothing', {}, '"File" is not a file.'],
    ['a list', { data: [112] }, '"File" is not a file.'],
  ])('are read from an item where a Code node put %s as their data', async (_, data, expected) => {
    const { host } = fakeHost({ file: 'data' });
    const binary = { mimeType: 'x', fileName: 'a.pcap', ...data };
    Object.assign(host.helpers, { assertBinaryData: () => binary });
    const definition = definitionOf(
      async function* (_context, { file }) {
        const chunks = await (file as InputFile).open();
        for await (const chunk of chunks) yield { json: { text: String(chunk) } };
      },
      { fields: [fieldOf('file', 'file', { required: true })] },
    );
    const result = await executeItems(host, [definition]).then(
      ([item]) => item.json.text,
      ({ message }: Error) => message,
    );
    expect(result).toBe(expected);
  });

  it('stores no sidecar for an incomplete file', async () => {
    const { host, stored } = fakeHost();
    const content = jest.fn(() => '');
    const definition = definitionOf(async function* () {
      const finished = Promise.reject(
        new AllegroError({ kind: 'incomplete', what: say`Cut.`, advice: say`` }),
      );
      finished.catch(() => undefined);
      yield {
        json: {},
        file: {
          name: 'a.pcap',
          mediaType: 'x',
          stream: bytesOf('half'),
          finished,
          sidecar: { label: 'evidence', extension: '.x', mediaType: 'y', content },
        },
      };
    });
    await expect(executeItems(host, [definition])).rejects.toMatchObject({ message: 'Cut.' });
    expect(stored).toEqual([]);
    expect(content).not.toHaveBeenCalled();
  });

  describe('a file that n8n keeps in its', () => {
    const MEGABYTE = Buffer.alloc(1_000_000);

    /** Takes what comes, and gives IDs as n8n does. */
    function hostWith(mode: string, parameters: Record<string, unknown> = {}) {
      const fake = fakeHost(parameters);
      const kept: Array<[name: string, bytes: number]> = [];
      async function prepareBinaryData(data: Buffer | AsyncIterable<Buffer>, fileName: string) {
        let bytes = 0;
        if (Buffer.isBuffer(data)) bytes = data.length;
        else for await (const { length } of data) bytes += length;
        kept.push([fileName, bytes]);
        return { id: `${mode}:1`, data: mode, mimeType: 'x', fileName };
      }
      Object.assign(fake.host.helpers, { prepareBinaryData });
      return { host: fake.host, kept };
    }
    async function* megabytes(count: number) {
      for (let index = 0; index < count; index++) yield MEGABYTE;
    }
    const fileOf = (count: number) =>
      definitionOf(async function* () {
        const file = { name: 'a.pcap', mediaType: 'x', stream: megabytes(count) };
        yield { json: {}, file: { ...file, finished: Promise.resolve({}) } };
      });

    it('database is refused beyond 268 MB, before n8n has it, though nothing was known', async () => {
      const { host, kept } = hostWith('database');
      let execute = executeItems;
      jest.isolateModules(() => {
        const path = '../../../n8n/execution/execute';
        ({ executeItems: execute } = jest.requireActual<{ executeItems: typeof execute }>(path));
      });
      await expect(execute(host, [fileOf(400)])).rejects.toMatchObject({
        message: expect.stringMatching(/"a.pcap" has 269 MB or more: n8n keeps/),
      });
      expect(kept).toEqual([['probe', 1]]);
    });

    it.each([
      ['database', 268],
      ['filesystem-v2', 269],
    ])('%s is stored with %d MB', async (mode, count) => {
      const { host, kept } = hostWith(mode);
      await executeItems(host, [fileOf(1)]);
      await executeItems(host, [fileOf(count)]);
      expect(kept.at(-1)).toEqual(['a.pcap', count * 1e6]);
    });

    it.each([
      ['database', 269_000_000, false],
      ['database', 268_000_000, true],
      ['filesystem-v2', 900_000_000, true],
    ])('%s is read with %d bytes: %s', (mode, bytes, isFine) => {
      const reading = () => checkReadable(`${mode}:1`, bytes, 'a.pcap');
      if (isFine) expect(reading).not.toThrow();
      else expect(reading).toThrow(/"a.pcap" has 269 MB/);
    });

    it.each([
      [0, 0, 'Size Limit'],
      [300, 0, 'Size Limit'],
      [0, 300, 'Split at Size'],
    ])('database is refused before any request: %d MB, split at %d MB', async (...limits) => {
      const [maxMegabytes, splitMegabytes, field] = limits;
      const { host } = hostWith('database', {
        operation: 'capturePcap',
        captureScope: 'all',
        captureSource: 'ringBuffer',
        timeMode: 'last',
        lastAmount: 5,
        lastUnit: 'minutes',
        maxMegabytes,
        options: { splitMegabytes },
      });
      // A file that was stored before tells the mode. There is no helper for requests.
      await executeItems(hostWith('database').host, [fileOf(1)]);
      await expect(executeItems(host, [capturePcap])).rejects.toMatchObject({
        message: 'The file of this capture may be larger than the 268 MB that can be stored here.',
        description: expect.stringContaining(field),
      });
    });
  });

  describe('a result in several files', () => {
    const partsOf = (finish: () => Promise<Record<string, unknown>>, breaks = false) =>
      definitionOf(async function* () {
        async function* files() {
          for (const part of [1, 2]) {
            const name = `a-000${part}.pcap`;
            yield {
              name,
              mediaType: 'x/pcap',
              stream: breaks && part === 2 ? breaking() : bytesOf(`packets ${part}`),
              finished: Promise.resolve({ fileName: name, part, packets: part }),
            };
          }
        }
        yield {
          json: {},
          parts: {
            name: 'a.pcap',
            files: files(),
            finish,
            sidecar: {
              label: 'evidence',
              extension: '.evidence.json',
              mediaType: 'application/json',
              content: ({ packets }) => `about ${String(packets)}`,
            },
          },
        };
      });
    const incomplete = new AllegroError({ kind: 'incomplete', what: say`Cut.`, advice: say`` });
    // eslint-disable-next-line require-yield -- breaks before its first piece
    async function* breaking(): AsyncGenerator<Uint8Array> {
      throw incomplete;
    }

    it('becomes one item for each file', async () => {
      const { host, stored, hints } = fakeHost();
      const whole = { packets: 3, device: 'x', warnings: ['Careful.'] };
      const items = await executeItems(host, [partsOf(async () => whole)]);
      expect(items.map(({ json }) => json)).toEqual(
        [1, 2].map((part) => ({
          device: 'x',
          warnings: ['Careful.'],
          fileName: `a-000${part}.pcap`,
          packets: part,
          part,
          parts: 2,
        })),
      );
      for (const { binary, pairedItem } of items) {
        expect(Object.keys(binary!)).toEqual(['data', 'data_evidence']);
        expect(pairedItem).toEqual({ item: 0 });
      }
      expect(items[1].binary!.data.fileName).toBe('a-0002.pcap');
      expect(stored.map(({ fileName, content }) => [fileName, content])).toEqual([
        ['a-0001.pcap', 'packets 1'],
        ['a-0002.pcap', 'packets 2'],
        ['a.pcap.evidence.json', 'about 3'],
      ]);
      expect(hints).toEqual(['Careful.']);
    });

    it.each([
      ['a file breaks', true, async () => ({})],
      ['the proof of all files fails', false, () => Promise.reject(incomplete)],
    ])('becomes no item at all when %s', async (_, breaks, finish) => {
      const { host } = fakeHost();
      const failing = executeItems(host, [partsOf(finish, breaks)]);
      await expect(failing).rejects.toMatchObject({ message: 'Cut.' });
    });
  });
});
