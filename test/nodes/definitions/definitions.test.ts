import type { AllegroError } from '../../../client';
import { definitions } from '../../../nodes/definitions';
import type { Field } from '../../../nodes/definitions/model/field';
import type { FieldValues } from '../../../nodes/definitions/model/field-values';
import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';
import { readFieldValues } from '../../../nodes/definitions/model/read-field-values';
import { fakeClient, runContext, type FakeAnswer } from '../../support/fake-transport';
import { errorOf } from '../../support/error-of';
import { fieldOf } from '../../support/definition-of';
import { fileOf } from '../../support/file-of';

const byName = (name: string): NodeDefinition => definitions.find((one) => one.name === name)!;

/** Runs a definition as a host would, over answers that a test makes up. */
async function run(
  name: string,
  raw: Record<string, unknown>,
  answer: (path: string, method: string) => FakeAnswer,
) {
  const { client, transport } = fakeClient(({ path, method }) => answer(path, method));
  const results = [];
  const context = runContext({ client });
  const definition = byName(name);
  for await (const result of definition.run(context, readFieldValues(definition, raw))) {
    results.push(result);
  }
  return { results, transport };
}

const NOW = Date.UTC(2026, 10, 23, 15, 50);
const clock = { json: { currentTime: NOW + 0.25 } };

async function inputErrorOf(name: string, raw: Record<string, unknown>): Promise<AllegroError> {
  let requests = 0;
  const running = run(name, raw, () => {
    requests++;
    return clock;
  });
  const error = await errorOf(running);
  expect([error.kind, requests]).toEqual(['input', 0]);
  return error;
}

describe('every definition', () => {
  it.each(definitions.map((definition) => [definition.name, definition] as const))(
    '%s is written as the house does it',
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
    ['suspendBuffer', {}, 'bufferAction'],
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

describe('Top Talkers', () => {
  const total = { json: { globalCounters: { interval: [10, 1000, 10, 1000] } } };
  const list = {
    json: {
      displayedItems: [
        {
          ip: '10.1.2.3',
          dnsName: 'files.example',
          interval: [1, 400, 2, 600],
          allTime: [9, 9, 9, 9],
        },
        { ip: 'fe80::1', interval: [1, 100, 0, 0] },
      ],
      numberOfItems: 40,
    },
  };
  const answer = (path: string) =>
    path.includes('/time') ? clock : path.includes('mac_protocols') ? total : list;

  it('names counters, rates, shares and hosts', async () => {
    const { results, transport } = await run(
      'topTalkers',
      { limit: '2', lastAmount: 100, lastUnit: 'seconds' },
      answer,
    );
    expect(results[0].json).toMatchObject({
      seconds: 101,
      total: 40,
      allTrafficBytes: 2000,
      talkers: [
        { rank: 1, ip: '10.1.2.3', name: 'files.example', totalBytes: 1000, sharePercent: 50 },
        { rank: 2, ip: 'fe80::1', totalBytes: 100, sharePercent: 5 },
      ],
      warnings: [],
    });
    const [talker] = results[0].json.talkers as Array<Record<string, number>>;
    expect(talker.totalBitsPerSecond).toBeCloseTo(8000 / 101);
    const query = transport.paths.find((path) => path.includes('ips_paged'))!;
    expect(query).toContain('sort=bytes&reverse=true');
    expect(query).toContain(`endtime=${NOW / 1000 + 1}`);
  });

  it.each([
    ['bytes', 'rx', 'rxbytes'],
    ['bps', 'tx', 'txbps'],
    ['packets', undefined, 'packets'],
  ])('sorts by %s, %s', async (sortBy, direction, key) => {
    const { transport } = await run('topTalkers', { sortBy, direction }, answer);
    expect(transport.paths.find((path) => path.includes('paged'))).toContain(`sort=${key}&`);
  });

  it('goes without shares where the total cannot be read', async () => {
    const { results } = await run('topTalkers', {}, (path) =>
      path.includes('mac_protocols') ? { status: 404, text: 'no' } : answer(path),
    );
    expect(results[0].json).toMatchObject({ talkers: [{ sharePercent: null }, {}] });
    expect(results[0].json.warnings).toContainEqual(expect.stringContaining('Shares are missing'));
  });
});

describe('Get Stats', () => {
  it('takes a path in any form, and names counters', async () => {
    const { results, transport } = await run(
      'getStats',
      {
        path: 'https://allegro/API/stats/modules/ip/ips/fe80::1?detail=full',
        timeMode: 'none',
        linkGroup: '1',
        device: ':1',
      },
      () => ({ json: { ip: 'fe80::1', allTime: [1, 2, 3, 4] } }),
    );
    expect(transport.paths).toEqual([
      '/API/stats/modules/ip/ips/fe80::1?detail=full&skiphistorydata=true&mm-id=%3A1&group=1',
    ]);
    expect(results[0].json).toMatchObject({ ip: 'fe80::1', allTime: { totalBytes: 6 } });
  });

  it('keeps the arrays on request', async () => {
    const { results } = await run(
      'getStats',
      { path: 'time', timeMode: 'none', rawCounters: true },
      () => ({
        json: { allTime: [1, 2, 3, 4] },
      }),
    );
    expect(results[0].json).toEqual({ allTime: [1, 2, 3, 4] });
  });

  it('leaves everything as it came when it is not to be simplified', async () => {
    const answer = { allTime: [1, 2, 3, 4], history: { rows: ['rx'], data: [1, 2] } };
    const values = { path: 'time', timeMode: 'none', simplify: false };
    const { results, transport } = await run('getStats', values, () => ({ json: answer }));
    expect(results[0].json).toEqual(answer);
    expect(transport.paths).toEqual(['/API/stats/time?skiphistorydata=false']);
  });

  it('gives a list that is no object as rows', async () => {
    const { results } = await run('getStats', { path: 'modules/ip/ips', timeMode: 'none' }, () => ({
      json: ['10.0.0.1'],
    }));
    expect(results[0].json).toMatchObject({ items: [{ name: '10.0.0.1' }], listed: 1, total: 1 });
  });
});

describe('Suspend Buffer', () => {
  it.each([
    ['suspend', true],
    ['resume', false],
  ])('can %s', async (bufferAction, isSuspended) => {
    const { results, transport } = await run(
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
    const work = run('suspendBuffer', { bufferAction: 'suspend' }, (_path, method) => ({
      json: method === 'GET' ? state : { result: 'ok' },
    }));
    if (typeof expected === 'string') await expect(work).rejects.toMatchObject({ kind: expected });
    else expect((await work).results[0].json).toMatchObject({ ...expected, unconfirmed: false });
  });
});

function allFields(fields: readonly Field[]): Field[] {
  return fields.flatMap((field) => [field, ...(field.type === 'list' ? field.columns : [])]);
}
