import type { NodeDefinition } from '../../nodes/definitions/model/definition';
import type { Field } from '../../nodes/definitions/model/field';
import { formFields } from '../../node-red/editor/editor-field';
import {
  DEVICE_RESULTS_TEXT,
  runsOnDevices,
  SAMPLE_DEVICE_FAILURE,
} from '../../nodes/definitions/model/device-results';
import { needsAppliance } from '../../nodes/definitions/model/start-run';
import { errorTable } from './errors';

/** The name of a node's page without its ending, e.g. `capture-pcap`. */
export function pageName({ name }: Pick<NodeDefinition, 'name'>): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The page about one node, for both hosts, as Markdown. */
export function nodePage(definition: NodeDefinition): string {
  const { label, description, details, permission, warnings = [], source } = definition;
  return [
    `<!-- Written by npm run docs from nodes/definitions: do not edit. -->`,
    `# ${label}`,
    `${description}.`,
    ...warnings.map(({ text }) => `> **Careful:** ${text}`),
    ...details,
    table(['Where', ''], whereRows(definition)),
    needsAppliance(definition)
      ? `**Permission on the appliance:** ${permission}.`
      : 'Needs no appliance, and no credential in n8n.',
    '## Fields',
    'Fields marked † are under _Options_ in n8n and under _More options_ in Node-RED. A field that depends on another one shows, and is read, only then.',
    table(
      ['Field', 'Name', 'Type', 'Default', 'Shows when', 'Description'],
      definition.fields.map((field) => fieldRow(field, definition.fields)),
    ),
    ...definition.fields.flatMap(columnTable),
    ...nodeRedFields(definition),
    '## Output',
    ...outputTexts(definition),
    jsonBlock(definition.sampleOutput),
    ...(runsOnDevices(definition) ? [DEVICE_RESULTS_TEXT, jsonBlock(SAMPLE_DEVICE_FAILURE)] : []),
    '## Errors',
    'Every error says what happened, on which appliance and path, and what to do next; none holds a password or token. In n8n it is a `NodeApiError` or `NodeOperationError`; a node that goes on after errors hands it on as `error`, with `details.kind`. In Node-RED it goes to Catch nodes as `msg.error`, with the code. [What happens when something goes wrong](../fault-matrix.md) has every case that is tested.',
    table(['Kind (n8n)', 'Code (Node-RED)', 'What happened', 'What to do'], errorTable(definition)),
    '## Source',
    `"${source}" in the vendor's "REST API description". [All nodes](../../README.md#nodes)`,
  ].join('\n\n');
}

function jsonBlock(json: object): string {
  return '```json\n' + JSON.stringify(json, null, 2) + '\n```';
}

/** A table in Markdown; Prettier makes its columns even. */
export function table(header: string[], rows: string[][]): string {
  return [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`)
    .join('\n');
}

function whereRows(definition: NodeDefinition): string[][] {
  const { label, group, producesFile } = definition;
  return [
    ['n8n', `Node _Allegro Network Multimeter_, resource _${group}_, operation _${label}_`],
    ['Node-RED', `Node \`allegro-multimeter-${pageName(definition)}\``],
    ...(producesFile
      ? [
          [
            'The file',
            'n8n: in the binary field that _Put Output File in Field_ names, `data` by default. Node-RED: on disk, or as a buffer in `msg.payload`',
          ],
        ]
      : []),
  ];
}

/** What Node-RED asks beside the definition: where files go, and what a busy node does. */
function nodeRedFields(definition: NodeDefinition): string[] {
  const own = formFields(definition).filter((field) => !definition.fields.includes(field));
  return [
    '### In Node-RED Only',
    table(
      ['Field', 'Name', 'Type', 'Default', 'Shows when', 'Description'],
      own.map((field) => fieldRow(field, own)),
    ),
  ];
}

function outputTexts({ itemsProperty }: NodeDefinition): string[] {
  return itemsProperty
    ? [
        `n8n hands on one item for each element of \`${itemsProperty}\`. Node-RED sends the whole as \`msg.payload\`. A sample of the whole:`,
      ]
    : ['One item in n8n, `msg.payload` in Node-RED. A sample:'];
}

export function fieldRow(field: Field, fields: readonly Field[]): string[] {
  return [
    `${field.label}${field.advanced ? ' †' : ''}`,
    `\`${field.name}\``,
    typeOf(field),
    defaultOf(field),
    conditionOf(field, fields),
    describe(field),
  ];
}

/** The type with unit and bounds. */
function typeOf(field: Field): string {
  switch (field.type) {
    case 'number': {
      const { unit, integer, min, max } = field;
      const bounds = [
        ...(min === undefined ? [] : [`from ${min}`]),
        ...(max === undefined ? [] : [`to ${max}`]),
      ].join(' ');
      return [integer ? 'whole number' : 'number', unit && `in ${unit}`, bounds]
        .filter(Boolean)
        .join(', ');
    }
    case 'boolean':
      return 'yes or no';
    case 'options':
      return 'choice';
    case 'dateTime':
      return 'time';
    default:
      return field.type;
  }
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
  return Object.entries(showWhen ?? {})
    .map(([name, values]) => {
      const other = fields.find((field) => field.name === name);
      const words = values.map((value) =>
        other?.type === 'options' ? labelOf(other, String(value)) : String(value),
      );
      return `${other?.label ?? name}: ${words.join(' or ')}`;
    })
    .join('; ');
}

const CHOICES = {
  statisticsPaths: 'The form lists what the appliance has; any other path can be typed',
  devices: 'The form lists the devices of the appliance',
  slots: 'The form lists the slots of the appliance',
  devicesAndSlots: 'The form lists the devices and slots of the appliance',
  linkGroups: 'The form lists the groups of the appliance',
};

function describe(field: Field): string {
  const parts = [`${field.description}.`];
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

/** What each row of a list field holds. */
function columnTable(field: Field): string[] {
  if (field.type !== 'list') return [];
  return [
    `### ${field.label}`,
    `Each ${field.rowLabel.toLowerCase()} has:`,
    table(
      ['Field', 'Name', 'Type', 'Default', 'Shows when', 'Description'],
      field.columns.map((column) => fieldRow(column, field.columns)),
    ),
  ];
}
