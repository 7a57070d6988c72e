import { operationsOf } from '../../n8n/description/operations';
import type { NodeDefinition } from '../../nodes/definitions/model/define-node';
import { runsOnDevices, sampleResult } from '../../nodes/definitions/model/device-results';
import { needsAppliance } from '../../nodes/definitions/model/start-run';
import { errorLine } from './errors';
import type { Field } from '../../nodes/definitions/model/field';
import { columnTable, fieldsText, fieldTable, shownValue, table } from './field-table';
import { NODE_EXAMPLES } from './node-examples';
import { sharedGroupOf } from './shared-fields';

/** The name of a node's page without its ending, e.g. `capture-pcap`. */
export function pageName({ name }: Pick<NodeDefinition, 'name'>): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The page about one node, for both hosts, as Markdown. */
export function nodePage(definition: NodeDefinition): string {
  const {
    label,
    description,
    details,
    permission,
    warnings = [],
    source,
    producesFile,
  } = definition;
  return [
    `<!-- Written by npm run docs from nodes/definitions: do not edit. -->`,
    `# ${label}`,
    `${description}.`,
    ...warnings.map(({ text }) => `> **Careful:** ${text}`),
    ...example(definition),
    outputText(definition),
    jsonBlock(withoutEvidence(sampleResult(definition))),
    '## Details',
    details.map((text) => `- ${text}`).join('\n'),
    '## Fields',
    fieldsText(definition.fields),
    fieldTable(definition.fields),
    ...definition.fields
      .filter((field) => !sharedGroupOf(field, definition.fields))
      .flatMap(columnTable),
    '## See also',
    [
      needsAppliance(definition)
        ? `**Permission on the appliance:** ${permission}.`
        : 'Needs no appliance, and no credential in n8n.',
      `**In Node-RED:** [more fields](../node-red.md)${producesFile ? ' for files and' : ' for'} messages while the node is busy.`,
      ...(runsOnDevices(definition)
        ? [
            '**On several devices:** [one result for each](../devices.md#results-of-several-devices).',
          ]
        : []),
      errorLine(definition),
      `**Source:** "${source}" in the vendor's "REST API description". [All pages](../README.md)`,
    ]
      .map((text) => `- ${text}`)
      .join('\n'),
  ].join('\n\n');
}

/** A sample as Markdown. */
export function jsonBlock(json: object): string {
  return '```json\n' + compactJson(json) + '\n```';
}

/** JSON in which what is inside and fits into a line stands on one. */
function compactJson(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isArray = Array.isArray(value);
  const parts = Object.entries(value).map(
    ([key, one]) => `${isArray ? '' : `${JSON.stringify(key)}: `}${compactJson(one, inner)}`,
  );
  const [open, close] = isArray ? ['[', ']'] : ['{ ', ' }'];
  const line = open + parts.join(', ') + close;
  if (parts.length === 0) return isArray ? '[]' : '{}';
  const isShort = indent !== '' && indent.length + line.length < 90 && !line.includes('\n');
  if (isShort) return line;
  return `${open.trim()}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close.trim()}`;
}

/** What the page begins with: a task, and what to set for it in both hosts. */
function example(definition: NodeDefinition): string[] {
  const { group, name } = definition;
  const verbs = operationsOf([definition]).map(({ verb }) => `_${verb}_`);
  return [
    '## Example',
    ...settings(name, definition.fields),
    [
      `- **n8n:** node _Allegro Network Multimeter_, resource _${group}_, operation ${verbs.join(' or ')}.`,
      `- **Node-RED:** node \`allegro-multimeter-${pageName(definition)}\`${messageOf(name, definition.fields)}.`,
    ].join('\n'),
  ];
}

/** The task of the example, and its fields as a table. */
export function settings(name: string, fields: readonly Field[]): string[] {
  const example = NODE_EXAMPLES[name];
  if (!example) return [];
  const { task, set } = example;
  const rows = Object.entries(set).map(([key, value]) => {
    const field = fields.find((one) => one.name === key);
    if (!field) throw new Error(`${name} has no field ${key}: see scripts/docs/node-examples.ts`);
    return [field.label, shownValue(field, value)];
  });
  return [`${task}:`, table(['Field', 'Value'], rows)];
}

/** How a message sets the same, where messages can. */
function messageOf(name: string, fields: readonly Field[]): string {
  const properties = Object.entries(NODE_EXAMPLES[name]?.set ?? {}).flatMap(([key, value]) => {
    const property = fields.find((field) => field.name === key)?.messageProperty;
    return property ? [[property, value] as const] : [];
  });
  if (properties.length === 0) return '';
  return `; or leave these fields blank and send \`${JSON.stringify(Object.fromEntries(properties))}\` as properties of \`msg\``;
}

/** The evidence record has a page of its own. */
function withoutEvidence(sample: object): object {
  return Object.fromEntries(Object.entries(sample).filter(([key]) => key !== 'evidence'));
}

function outputText({ itemsProperty, producesFile }: NodeDefinition): string {
  const file = producesFile
    ? ' The file is in the binary field `data` in n8n, on disk or in `msg.payload` in Node-RED.'
    : '';
  return itemsProperty
    ? `n8n returns one item for each element of \`${itemsProperty}\`, Node-RED the whole as \`msg.payload\`:${file && ` ${file.trim()}`}`
    : `The result, an item in n8n and \`msg.payload\` in Node-RED.${file}`;
}
