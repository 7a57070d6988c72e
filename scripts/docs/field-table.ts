import type { Field } from '../../nodes/definitions/model/field';
import { sharedGroupOf, type SharedGroup } from './shared-fields';

const HEADER = ['Field', 'Default', 'Description'];

/** A table in Markdown; Prettier makes its columns even. */
export function table(header: string[], rows: string[][]): string {
  return [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`)
    .join('\n');
}

/** Fields as a table, each in a row of its own. */
export function fullFieldTable(fields: readonly Field[]): string {
  return table(
    HEADER,
    fields.map((field) => fieldRow(field, fields)),
  );
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
  return table(HEADER, rows);
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
    defaultOf(field),
    [conditionOf(field, fields), describe(field), bounds].filter(Boolean).join(' '),
  ];
}

/** What a number may be, with its unit. */
function boundsOf({ unit, integer, min, max }: Extract<Field, { type: 'number' }>): string {
  const range = [min === undefined ? '' : `from ${min}`, max === undefined ? '' : `to ${max}`];
  const parts = [integer ? 'whole number' : '', unit ? `in ${unit}` : '', ...range];
  const text = parts.filter(Boolean).join(' ');
  return text && `${text[0]!.toUpperCase()}${text.slice(1)}.`;
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
      const words = values.map((value) =>
        other?.type === 'options' ? labelOf(other, String(value)) : String(value),
      );
      return `${other?.label ?? name}: ${words.join(' or ')}`;
    })
    .join('; ');
  return conditions && `_${conditions}._`;
}

const CHOICES = {
  statisticsPaths: 'The form lists what the appliance has; any other path can be typed',
  devices: 'The form lists the devices of the appliance',
  slots: 'The form lists the slots of the appliance',
  devicesAndSlots: 'The form lists the devices and slots of the appliance',
  linkGroups: 'The form lists the groups of the appliance',
};

function describe(field: Field): string {
  const parts = [`${field.onlyIn ? `${field.onlyIn} only: ` : ''}${field.description}.`];
  if (field.type === 'options') {
    parts.push(
      `One of ${field.options.map(({ label, value }) => `${label} (\`${value}\`)`).join(', ')}.`,
    );
  }
  if ('choices' in field && field.choices) parts.push(`${CHOICES[field.choices]}.`);
  if (field.messageProperty) {
    const fallback = field.messageFallback ? `, else \`msg.${field.messageFallback}\`,` : '';
    parts.push(`Node-RED: \`msg.${field.messageProperty}\`${fallback} when blank.`);
  }
  if (field.blankFitsAll) {
    parts.push(
      'n8n: an expression that yields nothing is an error, an empty text counts as blank.',
    );
  }
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
