import type { NodeDefinition } from '../../nodes/definitions/definition';
import type { Field } from '../../nodes/definitions/field';
import { needsAppliance } from '../../nodes/definitions/start-run';
import { typeOf } from '../runtime/names';
import { BUSY_FIELDS } from '../runtime/busy-fields';
import { FILE_TARGET_FIELDS } from '../runtime/file-fields';
import { descriptionOf, labelOf } from './editor-field';
import { escapeHtml, indent, sentence } from './html';

/** The help of a palette node, in the order of Node-RED's help style guide. */
export function helpHtml(definition: NodeDefinition): string {
  const body = [
    `<p>${escapeHtml(sentence(definition.description))}</p>`,
    definition.warning ? `<p>${escapeHtml(definition.warning)}</p>` : '',
    '<h3>Inputs</h3>',
    propertyList(inputsOf(definition)),
    '<h3>Outputs</h3>',
    propertyList(outputsOf(definition)),
    '<h3>Details</h3>',
    ...definition.details.map((text) => `<p>${withCode(text)}</p>`),
    ...generalDetails(definition),
    '<h4>Fields</h4>',
    fieldList(definition.fields),
    ...(definition.producesFile ? ['<h4>File</h4>', fieldList(FILE_TARGET_FIELDS)] : []),
    '<h4>While Busy</h4>',
    fieldList(BUSY_FIELDS),
    '<h4>Errors</h4>',
    ...errorDetails(),
    '<h4>Sample Output</h4>',
    '<p>What <code>msg.payload</code> looks like:</p>',
    sampleOf(definition),
    '<h3>References</h3>',
    '<ul>',
    `  <li>REST API description of the Allegro Network Multimeter: ${escapeHtml(definition.source)}</li>`,
    '</ul>',
  ].filter(Boolean);
  return [
    `<script type="text/html" data-help-name="${typeOf(definition)}">`,
    body.join('\n'),
    '</script>',
    '',
  ].join('\n');
}

interface Property {
  name: string;
  type: string;
  isOptional: boolean;
  text: string;
}

function inputsOf({ fields }: NodeDefinition): Property[] {
  const files = fields.filter(({ type }) => type === 'file').flatMap(fileInputs);
  const named = fields.flatMap((field) =>
    field.messageProperty === undefined
      ? []
      : [
          {
            name: field.messageProperty,
            type: typeName(field),
            isOptional: true,
            text: `Taken when the field ${field.label} is blank. ${descriptionOf(field)}`,
          },
        ],
  );
  const cancel = {
    name: 'cancel',
    type: 'boolean',
    isOptional: true,
    text: 'If true, the message starts nothing: it ends the work that the node has in progress, and what waits for it.',
  };
  return [...files, ...named, cancel];
}

function fileInputs({ label }: Field): Property[] {
  const when = `Used when the field ${label} is blank.`;
  return [
    { name: 'filename', type: 'string', isOptional: true, text: `Path of the file. ${when}` },
    {
      name: 'payload',
      type: 'buffer',
      isOptional: true,
      text: `Content of the file; a buffer goes before a path, and msg.filename then only names it. ${when}`,
    },
  ];
}

function outputsOf({ producesFile }: NodeDefinition): Property[] {
  if (!producesFile) {
    return [
      { name: 'payload', type: 'object', isOptional: false, text: 'The result; see the sample.' },
    ];
  }
  return [
    {
      name: 'payload',
      type: 'object | buffer',
      isOptional: false,
      text: 'With the output to a file on disk, the facts about the file; see the sample. With the output to a buffer, the content of the file, which is empty when there is none; an array of buffers when there are several files.',
    },
    {
      name: 'filename',
      type: 'string',
      isOptional: true,
      text: 'Full path of the file on disk; with the output to a buffer its name only. Of several files that of the first; msg.payload.files names them all. Missing when there is no file.',
    },
    {
      name: 'fileInfo',
      type: 'object',
      isOptional: true,
      text: 'The facts about the file, with the output to a buffer.',
    },
  ];
}

function propertyList(properties: readonly Property[]): string {
  const entries = properties.map(
    ({ name, type, isOptional, text }) =>
      `<dt${isOptional ? ' class="optional"' : ''}>${name} <span class="property-type">${type}</span></dt>\n<dd>${withCode(text)}</dd>`,
  );
  return `<dl class="message-properties">\n${indent(entries.join('\n'), 2)}\n</dl>`;
}

function fieldList(fields: readonly Field[]): string {
  const entries = fields.map((field) => {
    const choices = field.type === 'options' ? ` ${optionTexts(field.options)}` : '';
    return `<dt>${escapeHtml(labelOf(field))}</dt>\n<dd>${withCode(descriptionOf(field) + choices)}</dd>`;
  });
  return `<dl>\n${indent(entries.join('\n'), 2)}\n</dl>`;
}

function optionTexts(options: ReadonlyArray<{ label: string; description?: string }>): string {
  return options
    .map(({ label, description }) =>
      description ? `${label}: ${sentence(description)}` : `${label}.`,
    )
    .join(' ');
}

function generalDetails(definition: NodeDefinition): string[] {
  return [
    '<p>A value that is set in the node goes before the message. Every field may also name its source: <code>msg.</code>, <code>flow.</code>, <code>global.</code>, an environment variable or an expression. A source that holds nothing is an error, so that a filter never gets lost.</p>',
    '<p>Messages that arrive while the node is at work wait for their turn, unless While Busy says otherwise; the status tells how many wait. A message with <code>msg.cancel</code> ends what runs and what waits, each with the error <code>ALLEGRO_CANCELLED</code>. A redeploy of the node ends them without an error and removes unfinished files; a redeploy of other flows leaves them alone.</p>',
    needsAppliance(definition)
      ? `<p>Permission on the appliance: ${escapeHtml(sentence(definition.permission))}</p>`
      : '',
  ];
}

function errorDetails(): string[] {
  return [
    '<p>Errors go to a Catch node. <code>msg.error.code</code> names the kind, such as <code>ALLEGRO_INPUT</code>, <code>ALLEGRO_LOGIN</code>, <code>ALLEGRO_UNREACHABLE</code> or <code>ALLEGRO_CANCELLED</code>; <code>msg.error.cause</code> holds the facts: kind, what happened, advice, and whether trying again can help. <code>msg.statusCode</code> is the HTTP status where the appliance gave one.</p>',
  ];
}

function sampleOf({ sampleOutput, producesFile }: NodeDefinition): string {
  const sample = producesFile
    ? { ...sampleOutput, filename: `/data/${String(sampleOutput.fileName ?? 'file')}` }
    : sampleOutput;
  return `<pre>${escapeHtml(JSON.stringify(sample, null, 2))}</pre>`;
}

function typeName({ type }: Field): string {
  switch (type) {
    case 'number':
    case 'boolean':
      return type;
    case 'list':
      return 'array';
    case 'dateTime':
      return 'string | number | Date';
    default:
      return 'string';
  }
}

/** Names of message properties stand out, as the style guide asks. */
function withCode(text: string): string {
  return escapeHtml(text).replace(/\bmsg\.[a-zA-Z]+/g, '<code>$&</code>');
}
