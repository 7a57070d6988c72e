import type { IExecuteFunctions } from 'n8n-workflow';
import manifest from '../../../package.json';
import { AllegroError } from '../../../client';
import { checkReadable } from '../../../n8n/execution/database-size';
import { executeItems } from '../../../n8n/execution/execute';
import { captureConnection } from '../../../nodes/definitions/capture/capture-connection';
import { capturePcap } from '../../../nodes/definitions/capture/capture-pcap';
import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';
import { getConnections } from '../../../nodes/definitions/statistics/get-connections';
import { getServerPorts } from '../../../nodes/definitions/statistics/get-server-ports';
import { definitionOf as anyDefinitionOf, type Run } from '../../support/definition-of';

/** What n8n stored. */
interface Stored {
  fileName: string;
  mimeType: string;
  content: string;
}

const definitionOf = (run: Run, more: Partial<NodeDefinition> = {}) =>
  anyDefinitionOf(run, { producesFile: true, ...more });

/** As much of n8n as the adapter asks of it; what the real one does is tested with the real one. */
function fakeHost(
  parameters: Record<string, unknown> = {},
  resolved: Record<string, unknown> = parameters,
) {
  const stored: Stored[] = [];
  const hints: string[] = [];
  const asked: string[] = [];
  const values: Record<string, unknown> = {
    authentication: 'token',
    operation: 'doIt',
    outputBinaryField: 'data',
    ...parameters,
  };
  const host = {
    getInputData: () => [{ json: {} }],
    getNodeParameter(name: string, _: number, fallback?: unknown, options?: object) {
      if (!(name in values)) return fallback;
      const isRaw = (options as { rawExpressions?: boolean } | undefined)?.rawExpressions;
      const isExpression = String(values[name]).startsWith('=');
      return isRaw || !(name in resolved || isExpression) ? values[name] : resolved[name];
    },
    getCredentials: async (type: string) => {
      asked.push(type);
      return { baseUrl: 'https://allegro', token: 't' };
    },
    getNode: () => ({ id: 'n1', name: 'Capture' }),
    getWorkflow: () => ({ id: 'w1', name: 'Alerts', active: false }),
    getExecutionId: () => '231',
    getExecutionCancelSignal: () => undefined,
    getTimezone: () => 'UTC',
    continueOnFail: () => false,
    addExecutionHints: (...all: Array<{ message: string }>) =>
      hints.push(...all.map(({ message }) => message)),
    logger: { debug: () => undefined, warn: () => undefined },
    helpers: {
      async prepareBinaryData(
        data: Buffer | AsyncIterable<Buffer>,
        fileName: string,
        mimeType: string,
      ) {
        const chunks: Buffer[] = [];
        if (Buffer.isBuffer(data)) chunks.push(data);
        else for await (const chunk of data) chunks.push(chunk);
        stored.push({ fileName, mimeType, content: Buffer.concat(chunks).toString() });
        return { data: 'stored', mimeType, fileName };
      },
    },
  };
  return { host: host as unknown as IExecuteFunctions, stored, hints, asked };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

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

  it.each([
    ['operation', 'There is no operation "other".', 'Choose one of: doIt.'],
    ['authentication', 'There is no authentication "other".', 'Choose one of: token, password.'],
  ])('names the choices for an unknown %s', async (parameter, message, description) => {
    const { host } = fakeHost({ [parameter]: 'other' });
    const executing = executeItems(host, [definitionOf(async function* () {})]);
    await expect(executing).rejects.toMatchObject({ message, description });
  });

  describe('a filter that is an expression', () => {
    /** What the node reads where its parameters hold expressions that n8n resolves to these values. */
    async function read(definition: NodeDefinition, entered: object, resolved: object) {
      const found: Array<Record<string, unknown>> = [];
      const run: Run = async function* (_, values) {
        found.push(values);
        yield { json: {} };
      };
      await executeItems(fakeHost({ ...entered }, { ...resolved }).host, [
        definitionOf(run, { fields: definition.fields }),
      ]);
      return found[0];
    }
    const AGO = { timeMode: 'last', lastAmount: 1, lastUnit: 'hours' };
    const EXPRESSION = '={{ $json.other }}';

    it.each([
      ['host', getConnections, { host: EXPRESSION }, { host: null }],
      ['addresses', getServerPorts, { addresses: EXPRESSION }, {}],
    ])('is refused where it yields nothing: %s', async (field, definition, entered, resolved) => {
      const reading = read(definition, { ...AGO, ...entered }, resolved);
      await expect(reading).rejects.toMatchObject({
        message: expect.stringMatching(/is taken from an expression, which returned nothing/),
        description: expect.stringMatching(/\?\? ""/),
      });
      const label = definition.fields.find(({ name }) => name === field)!.label;
      await expect(reading).rejects.toThrow(`"${label}"`);
    });

    const FILTER = { ...AGO, captureScope: 'filter' };
    const ROWS = { rows: [{ kind: 'port', value: '443' }] };
    it.each([
      ['host', AGO, { host: EXPRESSION }],
      ['conditions', FILTER, { conditions: EXPRESSION }],
      ['expression', FILTER, { expression: EXPRESSION }],
      ['expression', { ...FILTER, conditions: ROWS }, { expression: EXPRESSION }],
      ['conditions', { ...FILTER, expression: 'ip==10.1.2.3' }, { conditions: EXPRESSION }],
    ])('never widens a capture: %s of %j', async (field, fixed, entered) => {
      const label = capturePcap.fields.find(({ name }) => name === field)!.label;
      for (const nothing of [undefined, null, '', '  ', '\u00a0', []]) {
        const reading = read(capturePcap, { ...fixed, ...entered }, { ...fixed, [field]: nothing });
        await expect(reading).rejects.toThrow(`"${label}"`);
      }
    });

    it.each([
      ['an empty text on purpose', getConnections, { host: '={{ $json.ip ?? "" }}' }, { host: '' }],
      ['blank in the node', getConnections, { host: '' }, { host: '' }],
      [
        'of no concern while it does not show',
        getConnections,
        { connectionOutput: 'csv', host: EXPRESSION },
        {},
      ],
    ])('may be %s', async (_, definition, entered, resolved) => {
      const values = await read(definition, { ...AGO, ...entered }, resolved);
      expect(values.host ?? '').toBe('');
    });

    it('uses the default where the item does not report the value', async () => {
      const connection = {
        clientIp: '10.1.2.3',
        clientPort: 1,
        serverIp: '10.1.2.4',
        serverPort: 2,
        connectionStart: 1795448946280,
        lastActivity: 1795448946281,
      };
      const absent = { device: { __rl: true, mode: 'id', value: '={{ $json.mmId }}' } };
      const values = await read(
        captureConnection,
        { ...connection, ...absent, l4Protocol: '={{ $json.l4Protocol }}' },
        { device: { __rl: true, mode: 'id', value: undefined } },
      );
      expect([values.device, values.l4Protocol]).toEqual(['', '']);
    });
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

  it('stores a file and its sidecar, and shows warnings', async () => {
    const { host, stored, hints } = fakeHost({ outputBinaryField: 'pcap' });
    const definition = definitionOf(async function* () {
      yield {
        json: {},
        file: {
          name: 'a.pcap',
          mediaType: 'x/pcap',
          stream: bytesOf('packets'),
          finished: Promise.resolve({ fileName: 'a.pcap', warnings: ['Careful.'] }),
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

  it('stores no sidecar for an incomplete file', async () => {
    const { host, stored } = fakeHost();
    const content = jest.fn(() => '');
    const definition = definitionOf(async function* () {
      const finished = Promise.reject(
        new AllegroError({ kind: 'incomplete', what: 'Cut.', advice: '' }),
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

  it('repeats on each item of a list what is said once', async () => {
    const definition = definitionOf(
      async function* () {
        const result = { from: 'a', to: 'b', device: 'https://x', mmId: '1', total: 2 };
        yield { json: { ...result, warnings: ['Careful.'], rows: [{ ip: 1 }, { mmId: 'own' }] } };
      },
      { itemsProperty: 'rows' },
    );
    const items = await executeItems(fakeHost().host, [definition]);
    const context = { from: 'a', to: 'b', device: 'https://x', warnings: ['Careful.'] };
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
          throw new AllegroError({ kind: 'appliance', what: 'No.', advice: '' });
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

    it.each([0, 17, 1.5, 'many'])('refuse Max Parallel %s', async (max) => {
      await expect(run(max)).rejects.toThrow('*Max Parallel* is not valid.');
    });
  });

  describe('a device that failed among several', () => {
    const error = { kind: 'notFound', what: 'Gone.', advice: 'Look.' };
    const failed = { deviceId: 'b', deviceHost: 'B', mmId: 'b', error, warnings: ['b: Gone.'] };
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
      await expect(executeItems(host, [fileOf(400)])).rejects.toMatchObject({
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
    const incomplete = new AllegroError({ kind: 'incomplete', what: 'Cut.', advice: '' });
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
