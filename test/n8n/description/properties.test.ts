import { type INodeProperties } from 'n8n-workflow';
import { nodeProperties } from '../../../n8n/description/properties';
import type { Field } from '../../../nodes/definitions/model/field';
import { definitionOf, fieldOf } from '../../support/definition-of';

const TEXT = fieldOf('text', 'text');
const definition = definitionOf(async function* () {}, {
  ...{ group: 'Ring Buffer', verb: 'Do It', action: 'Do it', description: 'Does it' },
  warnings: [
    { text: 'This is dangerous.' },
    { text: 'So is this mode.', showWhen: { mode: ['b'] } },
    { text: 'And this is not undone.', showWhen: { rare: [true] } },
  ],
  producesFile: true,
  fields: [
    fieldOf('mode', 'options', { default: 'a', options: [{ value: 'a', label: 'A' }] }),
    fieldOf('size', 'number', {
      ...{ unit: 'MB', min: 1, max: 9, integer: true, placeholder: 'e.g. 2k' },
      showWhen: { mode: ['a'] },
    }),
    fieldOf('device', 'text', { choices: 'devices' }),
    fieldOf('since', 'dateTime', { description: 'Start: ISO 8601' }),
    fieldOf('upload', 'file', { label: 'File', required: true }),
    fieldOf('rare', 'boolean', { advanced: true, showWhen: { mode: ['a'] } }),
    fieldOf('parts', 'list', { addLabel: 'Add Part', rowLabel: 'Part', columns: [TEXT] }),
  ],
});

describe('nodeProperties', () => {
  const properties = nodeProperties([definition]);
  const property = (name: string): INodeProperties => {
    const found = properties.filter((candidate) => candidate.name === name);
    expect(found).toHaveLength(1);
    return found[0];
  };
  const shown = { resource: ['ringBuffer'], operation: ['doIt'] };

  it('makes a resource of the group and an operation with an action of the definition', () => {
    expect(property('resource')).toMatchObject({
      options: [{ name: 'Ring Buffer', value: 'ringBuffer' }],
      default: 'ringBuffer',
    });
    expect(property('operation')).toMatchObject({
      options: [{ name: 'Do It', value: 'doIt', action: 'Do it', description: 'Does it' }],
    });
  });

  it('shows the warning as a notice', () => {
    expect(property('doItNotice')).toMatchObject({
      type: 'notice',
      displayName: 'This is dangerous.',
      displayOptions: { show: shown },
    });
    expect(property('doItNotice2').displayOptions).toEqual({ show: { ...shown, mode: ['b'] } });
    // Where n8n looks for what is in the collection.
    expect(property('doItNotice3').displayOptions).toEqual({
      show: { ...shown, 'options.rare': [true] },
    });
  });

  it('keeps bounds, unit and condition of a number', () => {
    expect(property('size')).toMatchObject({
      displayName: 'Size (MB)',
      type: 'number',
      default: null,
      typeOptions: { minValue: 1, maxValue: 9, numberPrecision: 0 },
      displayOptions: { show: { ...shown, mode: ['a'] } },
    });
  });

  it('offers choices of the appliance as a list and as free text', () => {
    const { type, modes } = property('device');
    expect(type).toBe('resourceLocator');
    expect(modes?.map(({ name }) => name)).toEqual(['list', 'id']);
    expect(modes?.[0].typeOptions).toMatchObject({ searchListMethod: 'searchDevices' });
  });

  it.each([
    ['may', undefined, 'The appliance itself'],
    ['may not', true, 'Select a device...'],
  ])('says what a list stands for that %s stay blank', (_, required, placeholder) => {
    const [device] = definition.fields.filter(({ name }) => name === 'device');
    const made = nodeProperties([{ ...definition, fields: [{ ...device, required } as Field] }]);
    const { modes } = made.find(({ name }) => name === 'device')!;
    expect(modes![0].placeholder).toBe(placeholder);
  });

  it('offers a number of the appliance as a list and as a whole number', () => {
    const numbered = nodeProperties([
      {
        ...definition,
        fields: [fieldOf('slot', 'number', { choices: 'slots', default: 1, integer: true })],
      },
    ]).find(({ name }) => name === 'slot')!;
    expect(numbered).toMatchObject({
      type: 'resourceLocator',
      default: { mode: 'id', value: '1' },
    });
    expect(numbered.modes?.map(({ name }) => name)).toEqual(['list', 'id']);
    const [{ properties: rule }] = numbered.modes![1].validation as unknown as Array<{
      properties: { regex: string };
    }>;
    const accepts = (text: string) => new RegExp(rule.regex).test(text);
    expect(['', '2', ' 12 '].map(accepts)).toEqual([true, true, true]);
    expect(['one', '-1', '1.5'].map(accepts)).toEqual([false, false, false]);
  });

  it('tells in which zone a time without one is read', () => {
    expect(property('since').description).toBe(
      'Start: ISO 8601. Times picked here, and others without a zone, are in the time zone of the workflow',
    );
  });

  it('shows an example without the prefix that the input of a number does not take', () => {
    expect(property('size').placeholder).toBe('e.g. 2000');
  });

  it('names input and output files by their binary fields', () => {
    expect(property('upload')).toMatchObject({
      displayName: 'Input Binary Field',
      default: 'data',
    });
    expect(property('outputBinaryField')).toMatchObject({
      displayName: 'Put Output File in Field',
      default: 'data',
    });
  });

  it('puts what is rarely needed into Options, with conditions from the root', () => {
    const options = property('options').options as INodeProperties[];
    expect(options.map(({ name }) => name)).toEqual(['maxParallel', 'rare']);
    expect(options.slice(1)).toMatchObject([
      { name: 'rare', displayOptions: { show: { '/mode': ['a'] } } },
    ]);
    expect(properties.some(({ name }) => name === 'rare')).toBe(false);
  });

  it('makes a collection of a list', () => {
    expect(property('parts')).toMatchObject({
      type: 'fixedCollection',
      placeholder: 'Add Part',
      typeOptions: { multipleValues: true },
      options: [{ name: 'rows', displayName: 'Part', values: [{ name: 'text' }] }],
    });
  });
});
