import { operationsOf } from '../../n8n/description/operations';
import type { NodeDefinition } from '../../nodes/definitions/model/define-node';
import { runsOnDevices } from '../../nodes/definitions/model/device-results';
import { needsAppliance } from '../../nodes/definitions/model/start-run';
import { errorLine } from './errors';
import { columnTable, fieldTable, table } from './field-table';

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
    ...details,
    table(['Where', ''], whereRows(definition)),
    needsAppliance(definition)
      ? `**Permission on the appliance:** ${permission}.`
      : 'Needs no appliance, and no credential in n8n.',
    '## Fields',
    'Fields marked † are under _Options_ in n8n and under _More options_ in Node-RED. A field that depends on another one shows, and is read, only then.',
    fieldTable(definition.fields),
    ...definition.fields.flatMap(columnTable),
    producesFile
      ? 'In Node-RED, further fields say where the file goes, and what happens to messages while the node is busy: see [In Node-RED](../node-red.md).'
      : 'In Node-RED, further fields say what happens to messages while the node is busy: see [In Node-RED](../node-red.md).',
    '## Output',
    ...outputTexts(definition),
    jsonBlock(definition.sampleOutput),
    ...(runsOnDevices(definition)
      ? ['On several devices there is one result for each: see [Devices and slots](../devices.md).']
      : []),
    '## Errors',
    errorLine(definition),
    '## Source',
    `"${source}" in the vendor's "REST API description". [All nodes](../../README.md#nodes)`,
  ].join('\n\n');
}

/** A sample as Markdown. */
export function jsonBlock(json: object): string {
  return '```json\n' + JSON.stringify(json, null, 2) + '\n```';
}

function whereRows(definition: NodeDefinition): string[][] {
  const { group, producesFile } = definition;
  const verbs = operationsOf([definition]).map(({ verb }) => `_${verb}_`);
  return [
    [
      'n8n',
      `Node _Allegro Network Multimeter_, resource _${group}_, operation ${verbs.join(' or ')}`,
    ],
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

function outputTexts({ itemsProperty }: NodeDefinition): string[] {
  return itemsProperty
    ? [
        `n8n returns one item for each element of \`${itemsProperty}\`. Node-RED sends the whole as \`msg.payload\`. A sample of the whole:`,
      ]
    : ['One item in n8n, `msg.payload` in Node-RED. A sample:'];
}
