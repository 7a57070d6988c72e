import type { AllegroError } from '../../../client';
import { definitions } from '../../../nodes/definitions';
import type { Field } from '../../../nodes/definitions/model/field';
import type { FieldValues } from '../../../nodes/definitions/model/field-values';
import { readFieldValues } from '../../../nodes/definitions/model/read-field-values';
import { clock, NOW, runByName } from '../../support/run-by-name';
import { errorOf } from '../../support/error-of';
import { fieldOf } from '../../support/definition-of';
import { fileOf } from '../../support/file-of';

async function inputErrorOf(name: string, raw: Record<string, unknown>): Promise<AllegroError> {
  let requests = 0;
  const running = runByName(name, raw, () => {
    requests++;
    return clock;
  });
  const error = await errorOf(running);
  expect([error.kind, requests]).toEqual(['input', 0]);
  return error;
}

describe('every definition', () => {
  it.each(definitions.map((definition) => [definition.name, definition] as const))(
    '%s has names and texts in the form of the style',
    (_, definition) => {
      expect(definition.name).toMatch(/^[a-z][A-Za-z]+$/);
      expect(definition.label).toMatch(/^[A-Z]/);
      for (const text of [definition.description, definition.action]) {
        expect(text).toMatch(/^[A-Z].*[^.]$/);
      }
      for (const field of allFields(definition.fields)) {
        expect(field.name).toMatch(/^[a-z][A-Za-z0-9]+$/);
        expect(field.label).toMatch(/^[A-Z]/);
        expect(field.description).toMatch(/^[A-Z].*[^.]$/);
        if (field.type === 'options' && field.default !== '') {
          expect(field.options.map(({ value }) => value)).toContain(field.default);
        }
      }
      const names = definition.fields.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      const { takesEach } = definition;
      const named = takesEach ? [takesEach.limit, ...takesEach.identity] : [];
      expect(names).toEqual(expect.arrayContaining(named));
    },
  );

  it.each(definitions.map((definition) => [definition.name, definition] as const))(
    '%s shows fields only by values of fields before them',
    (_, { fields }) => {
      fields.forEach((field, index) => {
        const before = fields.slice(0, index).map(({ name }) => name);
        for (const name of Object.keys(field.showWhen ?? {})) expect(before).toContain(name);
      });
    },
  );

  it.each(definitions.map((definition) => [definition.name, definition] as const))(
    '%s keeps away from names that Node-RED reserves',
    (_, { fields }) => {
      const reserved =
        'changed dirty id inputLabels moved outputLabels selected type users valid validationErrors wires name x y z d g l credentials'.split(
          ' ',
        );
      for (const { name } of fields) expect(reserved).not.toContain(name);
    },
  );
});

describe('reading what a host collected', () => {
  const fields: Field[] = [
    fieldOf('kind', 'options', {
      default: 'a',
      options: ['a', 'b'].map((value) => ({ value, label: value.toUpperCase() })),
    }),
    fieldOf('size', 'number', { default: 5, min: 1, max: 10, integer: true, unit: 'MB' }),
    fieldOf('text', 'text', { required: true, showWhen: { kind: ['b'] } }),
    fieldOf('flag', 'boolean'),
    fieldOf('at', 'dateTime'),
    fieldOf('rows', 'list', { rowLabel: 'Row', columns: [fieldOf('n', 'number', { default: 1 })] }),
  ];
  const read = (raw: Record<string, unknown>): FieldValues => readFieldValues({ fields }, raw);

  it('takes defaults for what is blank, and for what does not show whatever it holds', () => {
    expect(read({ size: ' ', flag: null, text: 'old' })).toEqual({
      kind: 'a',
      size: 5,
      text: '',
      flag: false,
      at: null,
      rows: [],
    });
  });

  it('makes numbers, booleans, times and rows of text', () => {
    const raw = { kind: 'b', size: ' 7 ', text: ' x ', flag: 'True', at: '2026-11-23T15:50:00Z' };
    expect(read({ ...raw, rows: '[{"n":"3"},{}]' })).toEqual({
      kind: 'b',
      size: 7,
      text: 'x',
      flag: true,
      at: NOW * 1000,
      rows: [{ n: 3 }, { n: 1 }],
    });
  });

  it.each([
    [{ kind: 'c' }, 'kind', '"a", "b"'],
    [{ size: '11' }, 'size', 'from 1 to 10 (MB)'],
    [{ size: '1.5' }, 'size', 'whole number'],
    [{ size: 'many' }, 'size', 'not a number'],
    [{ size: '1,500' }, 'size', 'ambiguous'],
    [{ kind: 'b' }, 'text', '"Text" is missing'],
    [{ flag: 'perhaps' }, 'flag', 'neither true nor false'],
    [{ at: 'yesterday' }, 'at', 'not a time'],
    [{ rows: '{' }, 'rows', 'not valid JSON'],
    [{ rows: [1] }, 'rows', 'Row 1'],
  ])('refuses %j and names the field', (raw, field, words) => {
    const error = (() => {
      try {
        return read(raw);
      } catch (reason) {
        return reason as AllegroError;
      }
    })() as AllegroError;
    expect(error).toMatchObject({ kind: 'input', field });
    expect(error.message).toContain(words);
  });
});

describe('bad input is refused before any request', () => {
  it.each([
    ['capturePcap', { timeMode: 'around', host: '10.1.2.3' }, 'aroundTime'],
    [
      'capturePcap',
      { timeMode: 'around', host: '10.1.2.3', aroundTime: NOW, secondsBefore: 0, secondsAfter: 0 },
      'secondsBefore',
    ],
    ['capturePcap', { timeMode: 'between', host: '::1', since: NOW, until: NOW - 1000 }, 'until'],
    ['capturePcap', { timeMode: 'last', lastUnit: 'fortnights' }, 'lastUnit'],
    ['capturePcap', { timeMode: 'last', host: '10.1.2.333' }, 'host'],
    [
      'capturePcap',
      { timeMode: 'last', captureScope: 'filter', conditions: [{ kind: 'port', value: '70000' }] },
      'conditions',
    ],
    [
      'capturePcap',
      { timeMode: 'last', captureScope: 'filter', expression: '(ip==1.2.3.4' },
      'expression',
    ],
    ['capturePcap', { captureSource: 'live', host: '::1', maxMegabytes: 0 }, 'maxMegabytes'],
    ['capturePcap', { captureSource: 'live', liveSeconds: 0 }, 'liveSeconds'],
    ['capturePcap', { timeMode: 'last', host: '::1', device: 'a b' }, 'device'],
    ['topTalkers', { limit: 0 }, 'limit'],
    ['topTalkers', { talkerKind: 'colour' }, 'talkerKind'],
    ['getStats', {}, 'path'],
    ['getStats', { path: 'API/system/users' }, 'path'],
    ['getStats', { path: 'API/stats/reset' }, 'path'],
    ['getStats', { path: 'modules/ip/ips/:ip' }, 'path'],
    ['getStats', { path: 'modules/ip/ips_paged?csv=true' }, 'listOutput'],
    ['suspendBuffer', { bufferAction: 'freeze' }, 'bufferAction'],
    ['suspendBuffer', { bufferAction: 'suspend', device: ':1' }, 'device'],
    ['uploadPcap', {}, 'file'],
    ['uploadPcap', { file: fileOf('{"a":1}') }, 'file'],
    ['uploadPcap', { file: fileOf('') }, 'file'],
  ])('%s with %j', async (name, raw, field) => {
    const error = await inputErrorOf(name, raw);
    expect(error.field).toBe(field);
    expect(error.advice).not.toBe('');
  });

  const SCOPES: Array<[Record<string, unknown>, string]> = [
    ...[{}, { host: '' }, { host: ' \u00a0' }, { host: null }, { host: '10.1.2.3/0' }].map(
      (raw): [Record<string, unknown>, string] => [raw, 'host'],
    ),
    [{ host: '0.0.0.0/0' }, 'host'],
    [{ host: '::/0' }, 'host'],
    [{ captureScope: '', host: '' }, 'host'],
    [{ captureScope: 'filter', host: '10.1.2.3' }, 'expression'],
    [{ captureScope: 'filter', conditions: [], expression: ' ' }, 'expression'],
    [{ captureScope: 'filter', conditions: [{ kind: 'host', value: '::/0' }] }, 'conditions'],
    [{ captureScope: 'filter', conditions: [{ kind: 'host', value: '' }] }, 'value'],
    [{ captureScope: 'everything' }, 'captureScope'],
    [{ captureScope: 'connection', host: '' }, 'host'],
    [{ captureScope: 'connection', host: '', peer: '10.1.2.100', peerPort: 443 }, 'host'],
    [{ captureScope: 'connection', host: '0.0.0.0/0', peer: '10.1.2.100' }, 'host'],
    [{ captureScope: 'connection', host: '10.0.0.0/1' }, 'host'],
    [{ captureScope: 'connection', host: '10.1.2.3', peer: '8000::/1', peerPort: 443 }, 'peer'],
    [{ captureScope: 'connection', host: '10.1.2.3', peer: 'www.example.com' }, 'peer'],
    [{ captureScope: 'connection', host: '10.1.2.3', peer: '::/0' }, 'peer'],
    [{ captureScope: 'connection', host: '10.1.2.3', peer: '::1', peerPort: 70000 }, 'peerPort'],
  ];
  it.each(
    ['capturePcap', 'estimateCapture', 'freezeEvidence'].flatMap((name) =>
      SCOPES.map(([raw, field]) => [name, raw, field] as const),
    ),
  )('%s is not widened by %j', async (name, raw, field) => {
    const error = await inputErrorOf(name, { timeMode: 'last', ...raw });
    expect(error.field).toBe(field);
  });

  it.each([
    [{ host: '10.1.2.333' }, 'Host: "10.1.2.333" is not a valid IP address.'],
    [
      { captureScope: 'filter', conditions: [{ kind: 'host', value: '10.1.2.333' }] },
      'Condition 1: "10.1.2.333" is',
    ],
    [
      {
        captureScope: 'filter',
        conditions: [
          { kind: 'port', value: '80' },
          { kind: 'port', value: 'x' },
        ],
      },
      'Condition 2: "x" is not a port.',
    ],
  ])('capturePcap with %j names what is wrong as the form does', async (raw, words) => {
    const error = await inputErrorOf('capturePcap', { timeMode: 'last', ...raw });
    expect(error.message).toContain(words);
  });
});

it.each([
  ['capturePcap', { timeMode: 'last', host: 'pc-anna.example' }, 'host'],
  [
    'capturePcap',
    { timeMode: 'last', captureScope: 'connection', host: '10.1.2.3', peer: 'files' },
    'peer',
  ],
  ['captureConnection', { clientIp: 'pc-anna', clientPort: '1', serverIp: '::1' }, 'clientIp'],
  ['getConnections', { host: 'pc-anna' }, 'host'],
  ['getPeers', { address: 'pc-anna' }, 'address'],
  ['getServerPorts', { addresses: '10.1.2.3, pc-anna' }, 'addresses'],
  ['hostProfile', { addresses: 'pc-anna' }, 'addresses'],
  ['whichDevice', { address: 'pc-anna' }, 'address'],
])('%s refuses a name in place of an address, and says why: %j', async (name, raw, field) => {
  const rest = { serverPort: '2', connectionStart: '1531315866280', lastActivity: '1531315866281' };
  const error = await inputErrorOf(name, { ...rest, ...raw });
  expect(error).toMatchObject({
    field,
    what: expect.stringMatching(/"(pc-anna|files).*" is not an IP (or MAC )?address\.$/),
    advice: expect.stringMatching(/^Names are not looked up/),
  });
});

it.each([
  ['getPeers', { address: '10.1.2.333' }, '2001:db8::1.'],
  ['getConnections', { host: '10.1.2.0/33' }, '10.1.2.0/24.'],
  ['getServerPorts', { addresses: '10.1.2.0/33' }, '10.1.2.0/24.'],
  ['whichDevice', { address: '00:1a:2b' }, '00:1a:2b:3c:4d:5e.'],
])('%s says what it takes instead of %j', async (name, raw, example) => {
  expect((await inputErrorOf(name, raw)).advice).toContain(example);
});

describe('Suspend Buffer', () => {
  it.each([
    ['suspend', true],
    ['resume', false],
  ])('can %s', async (bufferAction, isSuspended) => {
    const { results, transport } = await runByName(
      'suspendBuffer',
      { bufferAction, ringBuffer: '2', device: 'box' },
      () => ({ text: 'OK' }),
    );
    expect(transport.requests[0]).toMatchObject({
      method: 'POST',
      path: '/API/data/modules/capture/buffer/2?mm-id=box',
      body: {
        kind: 'text',
        contentType: 'application/json',
        text: JSON.stringify({ command: 'changeConfig', config: { isSuspended } }),
      },
    });
    expect(results[0].json).toMatchObject({ ringBuffer: 2, answer: 'OK' });
    expect(results[0].json).toMatchObject({ suspended: null, unconfirmed: true });
  });

  it.each([
    ['a new state that is reported', { isSuspended: true }, { suspended: true, warnings: [] }],
    ['the old state', { config: { isSuspended: false } }, 'refused'],
  ])('reads back %s', async (_, state, expected) => {
    const work = runByName('suspendBuffer', { bufferAction: 'suspend' }, (_path, method) => ({
      json: method === 'GET' ? state : { result: 'ok' },
    }));
    if (typeof expected === 'string') await expect(work).rejects.toMatchObject({ kind: expected });
    else expect((await work).results[0].json).toMatchObject({ ...expected, unconfirmed: false });
  });
});

function allFields(fields: readonly Field[]): Field[] {
  return fields.flatMap((field) => [field, ...(field.type === 'list' ? field.columns : [])]);
}
