import type { IDisplayOptions, INodeProperties, INodePropertyModeValidation } from 'n8n-workflow';
import type { ChoiceSource } from '../../client/devices/choices';
import { parseQuantity } from '../../client/values/quantity';
import type { Field, ListField, NumberField, TextField } from '../../nodes/definitions/model/field';

/** Name of the rows within the value of a list field. */
export const ROWS_NAME = 'rows';

/** Names of the methods that fill a list while the form is open. */
export const SEARCH_METHODS: Record<ChoiceSource, string> = {
  statisticsPaths: 'searchStatisticsPaths',
  devices: 'searchDevices',
  slots: 'searchSlots',
  devicesAndSlots: 'searchDevicesAndSlots',
  linkGroups: 'searchLinkGroups',
};

const LIST_PLACEHOLDERS: Record<ChoiceSource, string> = {
  statisticsPaths: 'Select a path...',
  devices: 'Select a device...',
  slots: 'Select a slot...',
  devicesAndSlots: 'Select a device or slot...',
  linkGroups: 'Select a group...',
};

/** What a list without a choice means, where the field is optional. */
const BLANK_STANDS_FOR: Partial<Record<ChoiceSource, string>> = {
  devices: 'The appliance itself',
  devicesAndSlots: 'The appliance itself',
  linkGroups: 'The default group',
};

/**
 * One field of a definition as n8n's form shows it. A label never changes in n8n: where fields above
 * this one decide its unit, the form has one property of this name for each unit.
 *
 * @param before the fields above it in the form
 */
export function fieldProperties(field: Field, before: readonly Field[]): INodeProperties[] {
  const units = field.type === 'number' ? field.unitWhen : undefined;
  const deciding = Object.keys(units?.[0].showWhen ?? {});
  const isDecided = deciding.every((name) => before.some((other) => other.name === name));
  if (field.type !== 'number' || !units || !isDecided) return [fieldProperty(field)];
  return units.map(({ unit, showWhen }, index) =>
    fieldProperty({
      ...{ ...field, unit, showWhen: { ...field.showWhen, ...showWhen } },
      // The placeholder is in the first unit.
      placeholder: index === 0 ? field.placeholder : undefined,
    }),
  );
}

/** The same for a field whose unit is fixed, or that has none. */
export function fieldProperty(field: Field): INodeProperties {
  return {
    displayName: labelOf(field),
    name: field.name,
    description: descriptionOf(field),
    ...(field.required ? { required: true } : {}),
    ...showOnly(field.showWhen),
    ...typeOf(field),
    ...(field.itemProperty ? takenFromItem(field, field.itemProperty) : {}),
  };
}

/** A default that refers to the output of the previous node, visible and replaceable. */
function takenFromItem(field: Field, property: string): Pick<INodeProperties, 'default'> {
  const value = `={{ $json.${property} }}`;
  const isLocator = 'choices' in field && field.choices !== undefined;
  return { default: isLocator ? { __rl: true, mode: 'id', value } : value };
}

/** The conditions under which a field shows. */
export function showOnly(showWhen: Field['showWhen']): { displayOptions?: IDisplayOptions } {
  if (!showWhen) return {};
  const entries = Object.entries(showWhen).map(([name, values]) => [name, [...values]]);
  return { displayOptions: { show: Object.fromEntries(entries) } };
}

/**
 * The same for a field within a collection. Fields outside of it are named from the root of the form.
 * One beside it is absent until a person adds it, which has to count as its default.
 */
export function showWithin(
  showWhen: Field['showWhen'],
  collection: readonly Field[],
): { displayOptions?: IDisplayOptions } {
  if (!showWhen) return {};
  const show: Record<string, Array<string | boolean>> = {};
  const hide: typeof show = {};
  for (const [name, values] of Object.entries(showWhen)) {
    const beside = collection.find((other) => other.name === name);
    if (!beside) show[`/${name}`] = [...values];
    else if (values.includes(beside.default as string | boolean)) {
      hide[name] = choicesOf(beside).filter((value) => !values.includes(value));
    } else show[name] = [...values];
  }
  return {
    displayOptions: {
      ...(Object.keys(show).length > 0 ? { show } : {}),
      ...(Object.keys(hide).length > 0 ? { hide } : {}),
    },
  };
}

function choicesOf(field: Field): Array<string | boolean> {
  return field.type === 'options' ? field.options.map(({ value }) => value) : [true, false];
}

function labelOf(field: Field): string {
  if (field.type === 'file') return 'Input Binary Field';
  const unit = field.type === 'number' ? field.unit : undefined;
  const isNamed = unit === 's' && /second/i.test(field.label);
  return unit && !isNamed ? `${field.label} (${unit})` : field.label;
}

/**
 * n8n's date picker yields times without a zone, and drops one that is typed into it;
 * {@link readDateTime} takes the workflow's.
 */
function descriptionOf({ type, description }: Field): string {
  return type === 'dateTime'
    ? `${description}. Times picked here, and others without a zone, are in the time zone of the workflow`
    : description;
}

type TypeProperties = Pick<INodeProperties, 'type' | 'default'> & Partial<INodeProperties>;

function typeOf(field: Field): TypeProperties {
  switch (field.type) {
    case 'text':
      return field.choices ? locator(field, field.choices) : text(field);
    case 'number':
      return field.choices ? locator(field, field.choices) : number(field);
    case 'boolean':
      return { type: 'boolean', default: field.default };
    case 'options':
      return {
        type: 'options',
        default: field.default,
        options: field.options.map(({ value, label, description }) => ({
          name: label,
          value,
          ...(description ? { description } : {}),
        })),
      };
    case 'dateTime':
      return { type: 'dateTime', default: '', placeholder: withoutZone(field.placeholder) };
    case 'list':
      return rows(field);
    case 'file':
      return {
        type: 'string',
        default: 'data',
        required: true,
        placeholder: 'e.g. data',
        hint: 'The name of the input binary field containing the file',
      };
  }
}

/** An example without the time zone, which the picker drops. */
function withoutZone(placeholder: string | undefined): string | undefined {
  return placeholder?.replace(/(\d)T([\d:]+)Z/, '$1 $2');
}

function text({ default: value, placeholder, multiline }: TextField): TypeProperties {
  return {
    type: 'string',
    default: value,
    placeholder,
    ...(multiline ? { typeOptions: { rows: 4 } } : {}),
  };
}

function number({ default: value, min, max, integer, placeholder }: NumberField): TypeProperties {
  return {
    type: 'number',
    default: value,
    placeholder: plainNumber(placeholder),
    typeOptions: {
      ...(min === undefined ? {} : { minValue: min }),
      ...(max === undefined ? {} : { maxValue: max }),
      ...(integer ? { numberPrecision: 0 } : {}),
    },
  };
}

/** An example without a prefix such as mega, which the input of n8n does not take. */
function plainNumber(placeholder: string | undefined): string | undefined {
  return placeholder?.replace(/\b\d+[kMGT]\b/, (text) => String(parseQuantity(text)));
}

/** A list to pick from, filled by the appliance, with free text or a number beside it. */
function locator(field: TextField | NumberField, source: ChoiceSource): TypeProperties {
  const isPath = source === 'statisticsPaths';
  const typed = isPath
    ? { displayName: 'By Path', name: 'path' }
    : { displayName: 'By ID', name: 'id' };
  const value = field.default === null ? '' : String(field.default);
  return {
    type: 'resourceLocator',
    // The list shows only what was picked from it, and a path is mostly typed.
    default: { mode: isPath || value ? typed.name : 'list', value },
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: listPlaceholder(field, source),
        ...(isPath
          ? {
              hint: 'Search by name or path. An address also finds its statistics, e.g. connections 10.1.2.3',
            }
          : {}),
        typeOptions: { searchListMethod: SEARCH_METHODS[source], searchable: true },
      },
      {
        ...typed,
        type: 'string',
        placeholder: field.placeholder ?? (field.type === 'number' ? 'e.g. 1' : undefined),
        ...(isPath ? { hint: 'To search by name, choose From list' } : {}),
        ...(field.type === 'number' ? { validation: [WHOLE_NUMBER] } : {}),
      },
    ],
  };
}

function listPlaceholder({ required }: Field, source: ChoiceSource): string {
  const blank = required ? undefined : BLANK_STANDS_FOR[source];
  return blank ?? LIST_PLACEHOLDERS[source];
}

/** Checked in the form at once; {@link readFieldValues} checks the bounds. */
const WHOLE_NUMBER: INodePropertyModeValidation = {
  type: 'regex',
  properties: { regex: '^\\s*\\d*\\s*$', errorMessage: 'Enter a whole number' },
};

function rows({ addLabel, rowLabel, columns }: ListField): TypeProperties {
  return {
    type: 'fixedCollection',
    default: {},
    placeholder: addLabel,
    typeOptions: { multipleValues: true },
    options: [{ name: ROWS_NAME, displayName: rowLabel, values: columns.map(fieldProperty) }],
  };
}
