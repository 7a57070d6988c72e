import type { Field } from '../../nodes/definitions/model/field';
import { sharedGroupOf, type SharedGroup } from './shared-fields';

const HEADER = ['Field', 'Default', 'Description'];

/** A table in Markdown; Prettier makes its columns even. */
export function table(header: string[], rows: string[][]): string {
  return [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`)
    .join('\n');
}

/** What holds for the fields of a table, above it. */
export function fieldsText(fields: readonly Field[]): string {
  const parts: string[] = [];
  if (fields.some(({ advanced }) => advanced)) {
    parts.push('Fields marked † are under _Options_ in n8n and under _More options_ in Node-RED.');
  }
  if (fields.some(({ showWhen }) => showWhen)) {
    parts.push('A condition in italics says when a field applies.');
  }
  if (fields.some((field) => field.blankFitsAll)) {
    parts.push('In n8n, an expression that returns nothing is an error; an empty text is blank.');
  }
  if (fields.some(({ messageProperty }) => messageProperty)) {
    parts.push('In Node-RED, a blank field takes the property of the message under _Default_.');
  }
  return parts.join(' ');
}

/** Fields as a table, each in a row of its own. */
export function fullFieldTable(fields: readonly Field[]): string {
  const rows = fields.map((field) => fieldRow(field, fields));
  return `${table(HEADER, rows)}\n\n${longValues(fields)}`.trim();
}

/** Fields as a table; those that many nodes share are one row, which links to their page. */
export function fieldTable(fields: readonly Field[]): string {
  const groups = new Set<SharedGroup>();
  const rows = fields.flatMap((field) => {
    const group = sharedGroupOf(field, fields);
    if (!group) return [fieldRow(field, fields)];
    if (groups.has(group)) return [];
    groups.add(group);
    return [groupRow(group, fields)];
  });
  const own = fields.filter((field) => !sharedGroupOf(field, fields));
  return `${table(HEADER, rows)}\n\n${longValues(own)}`.trim();
}

/** The first field of a group speaks for the others. */
function groupRow(group: SharedGroup, all: readonly Field[]): string[] {
  const fields = all.filter((field) => sharedGroupOf(field, all) === group);
  const lead = fields[0]!;
  return [
    `${lead.label} (${fields.map(({ name }) => `\`${name}\``).join(' ')})`,
    groupDefault(fields),
    [conditionOf(lead, all), `${lead.description}. See [${group.title}](../${group.page}.md).`]
      .filter(Boolean)
      .join(' '),
  ];
}

/** For time ranges with the amount that applies if _Last_ is chosen. */
function groupDefault(fields: readonly Field[]): string {
  const lead = defaultOf(fields[0]!);
  const last = ['lastAmount', 'lastUnit']
    .flatMap((name) => fields.filter((field) => field.name === name))
    .map(defaultOf);
  if (last.length === 0) return lead;
  return lead === 'Last' ? `Last ${last.join(' ')}` : `${lead} (Last: ${last.join(' ')})`;
}

function fieldRow(field: Field, fields: readonly Field[]): string[] {
  const bounds = field.type === 'number' ? boundsOf(field) : '';
  return [
    `${field.label}${field.advanced ? ' †' : ''} (\`${field.name}\`)`,
    defaultCell(field),
    [conditionOf(field, fields), describe(field), bounds].filter(Boolean).join(' '),
  ];
}

/** What a number may be, with its unit. */
function boundsOf({ unit, integer, min, max }: Extract<Field, { type: 'number' }>): string {
  if (integer && min === 0 && max === undefined && !unit) return '';
  const range = [min === undefined ? '' : `from ${min}`, max === undefined ? '' : `to ${max}`];
  const parts = [integer ? 'whole number' : '', unit ? `in ${unit}` : '', ...range];
  const text = parts.filter(Boolean).join(' ');
  return text && `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

/** What a list of values may have, in characters, to stand in a cell. */
const LONGEST_VALUES = 50;

function valuesOf(field: Field): string {
  return field.type === 'options'
    ? field.options.map(({ value }) => `\`${value}\``).join(', ')
    : '';
}

/** Below a table, the values that are too many for a cell. */
function longValues(fields: readonly Field[]): string {
  return fields
    .filter((field) => valuesOf(field).length > LONGEST_VALUES)
    .map((field) => `- _${field.label}_ is one of ${explainedValuesOf(field)}`)
    .join('\n');
}

/** Values with their descriptions, where each has one. */
function explainedValuesOf(field: Field): string {
  const options = field.type === 'options' ? field.options : [];
  if (options.some(({ description }) => description === undefined)) return `${valuesOf(field)}.`;
  const lines = options.map(({ value, description }) => `\n  - \`${value}\`: ${description}`);
  return `these:${lines.join('')}`;
}

/** The default, and the property of the message that a blank field takes in Node-RED. */
function defaultCell(field: Field): string {
  const properties = [field.messageProperty, field.messageFallback]
    .filter((name) => name !== undefined)
    .map((name) => `\`msg.${name}\``);
  return [defaultOf(field), properties.join(', else ')].filter(Boolean).join('; ');
}

function defaultOf(field: Field): string {
  const value = field.default;
  if (field.type === 'file') return 'n8n: `data`';
  if (field.type === 'list' || value === '' || value === null)
    return field.required ? 'required' : '';
  const unit = field.type === 'number' && field.unit ? ` ${field.unit}` : '';
  return field.type === 'options' ? labelOf(field, String(value)) : `${String(value)}${unit}`;
}

function labelOf(field: Extract<Field, { type: 'options' }>, value: string): string {
  return field.options.find((option) => option.value === value)?.label ?? value;
}

function conditionOf({ showWhen }: Field, fields: readonly Field[]): string {
  const conditions = Object.entries(showWhen ?? {})
    .map(([name, values]) => {
      const other = fields.find((field) => field.name === name);
      const labels = (list: readonly unknown[]) =>
        list
          .map((value) =>
            other?.type === 'options' ? labelOf(other, String(value)) : String(value),
          )
          .join(' or ');
      const others =
        other?.type === 'options'
          ? other.options.map(({ value }) => value).filter((value) => !values.includes(value))
          : [];
      const isShorter = others.length > 0 && others.length < values.length;
      const shown = isShorter ? others : values;
      const text =
        labels(shown).length > LONGEST_VALUES
          ? shown.map((value) => `\`${String(value)}\``).join(', ')
          : labels(shown);
      return `${other?.label ?? name}: ${isShorter ? 'not ' : ''}${text}`;
    })
    .join('; ');
  return conditions && `_${conditions}._`;
}

function describe(field: Field): string {
  const parts = [`${field.onlyIn ? `${field.onlyIn} only: ` : ''}${field.description}.`];
  const values = valuesOf(field);
  if (values !== '' && values.length <= LONGEST_VALUES) parts.push(`One of ${values}.`);
  if ('choices' in field && field.choices) parts.push('The form lists them.');
  return parts.join(' ');
}

/** The value of a field as a form shows it. */
export function shownValue(field: Field, value: unknown): string {
  if (field.type === 'options') return `_${labelOf(field, String(value))}_`;
  if (field.type === 'boolean') return value === true ? '_on_' : '_off_';
  return `\`${String(value)}\``;
}

/** What each row of a list field holds. */
export function columnTable(field: Field): string[] {
  if (field.type !== 'list') return [];
  const each = `Each ${field.rowLabel.toLowerCase()} has:`;
  return [`### ${field.label}`, each, fullFieldTable(field.columns)];
}
