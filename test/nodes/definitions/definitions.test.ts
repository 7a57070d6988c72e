import type { AllegroError } from '../../../client';
import { definitions } from '../../../nodes/definitions';
import type { Field } from '../../../nodes/definitions/model/field';
import type { FieldValues } from '../../../nodes/definitions/model/field-values';
import { readFieldValues } from '../../../nodes/definitions/model/read-field-values';
import { NOW, runByName } from '../../support/run-by-name';
import { fieldOf } from '../../support/definition-of';

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
    fieldOf('limit', 'number', {
      default: 1,
      unitWhen: [
        { unit: 'h', showWhen: { kind: ['b'] } },
        { unit: 'min', showWhen: { flag: [true] } },
      ],
    }),
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
      limit: 1,
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
      limit: 1,
      text: 'x',
      flag: true,
      at: NOW * 1000,
      rows: [{ n: 3 }, { n: 1 }],
    });
  });

  it.each([
    [{ kind: 'b', text: 'x', flag: true, limit: '90 min' }, 1.5],
    [{ flag: true, limit: '2h' }, 120],
    [{ flag: true, limit: '10m' }, 10],
    [{ limit: '10k' }, 10_000],
  ])('reads a limit with a unit in that of other fields: %j', (raw, limit) => {
    expect(read(raw)).toMatchObject({ limit });
  });

  it('refuses a text that nobody wrote, and does not repeat it', () => {
    const reading = () => read({ kind: 'b', text: 'x'.repeat(1e6) });
    expect(reading).toThrow('"Text" is longer than 100000 characters. Shorten it.');
  });

  it.each([
    [{ kind: 'c' }, 'kind', '"a", "b"'],
    [{ size: '11' }, 'size', 'from 1 to 10 (MB)'],
    [{ size: '1.5' }, 'size', 'whole number'],
    [{ size: 'many' }, 'size', 'not a number'],
    [{ size: '1,500' }, 'size', 'ambiguous'],
    [{ size: '1.500' }, 'size', 'ambiguous'],
    [{ limit: '5 MB', flag: true }, 'limit', '"Limit" is in min, and does not take "5 MB"'],
    [{ limit: '10m' }, 'limit', '"Limit" does not take the unit of "10m"'],
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
