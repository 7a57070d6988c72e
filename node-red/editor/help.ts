import type { NodeDefinition } from '../../nodes/definitions/model/define-node';
import type { Field } from '../../nodes/definitions/model/field';
import {
  DEVICE_RESULTS_TEXT,
  runsOnDevices,
  sampleResult,
} from '../../nodes/definitions/model/device-results';
import { needsAppliance } from '../../nodes/definitions/model/start-run';
import { english, type Text } from '../locales/text';
import { typeOf } from '../runtime/values/names';
import type { PaletteDefinition } from '../runtime/nodes/palette-definitions';
import { escapeHtml, indent, sentence, withCode } from './html';

/** The help of a palette node, in the order of Node-RED's help style guide. */
export function helpHtml(definition: NodeDefinition, text: Text = english): string {
  const body = [
    `<p>${escapeHtml(sentence(text(definition.description)))}</p>`,
    ...warningTexts(definition, text),
    `<h3>${text('Inputs')}</h3>`,
    propertyList(inputsOf(definition, text)),
    `<h3>${text('Outputs')}</h3>`,
    propertyList(outputsOf(definition, text)),
    `<h3>${text('Details')}</h3>`,
    ...definition.details
      .slice(0, MAX_DETAILS)
      .map((paragraph) => `<p>${withCode(text(paragraph))}</p>`),
    ...generalDetails(definition, text),
    `<h4>${text('Sample Output')}</h4>`,
    sampleOf(definition),
    runsOnDevices(definition) ? `<p>${withCode(text(DEVICE_RESULTS_TEXT))}</p>` : '',
    `<h3>${text('References')}</h3>`,
    '<ul>',
    `  <li>${escapeHtml(text(REFERENCE, { source: definition.source }))}</li>`,
    '</ul>',
  ].filter(Boolean);
  return [
    `<script type="text/html" data-help-name="${typeOf(definition)}">`,
    body.join('\n'),
    '</script>',
    '',
  ].join('\n');
}

/** Those that the form shows only for some choices, too. */
export function warningTexts({ warnings = [] }: PaletteDefinition, text: Text): string[] {
  return warnings.map((warning) => `<p>${escapeHtml(text(warning.text))}</p>`);
}

interface Property {
  name: string;
  type: string;
  isOptional: boolean;
  text: string;
}

function inputsOf({ fields, mayFinishEarly }: NodeDefinition, text: Text): Property[] {
  const files = fields
    .filter(({ type }) => type === 'file')
    .flatMap((field) => fileInputs(field, text));
  const named = fields.flatMap((field) => messageInputs(field, text));
  const cancel = {
    name: 'cancel',
    type: 'boolean',
    isOptional: true,
    text: text(
      'If true, ends the work in progress and what waits for it, each with the error ALLEGRO_CANCELLED.',
    ),
  };
  const finish = {
    name: 'finish',
    type: 'boolean',
    isOptional: true,
    text: text(
      'If true, ends live captures in progress and keeps the packets captured so far; "endedBy" is then "finish".',
    ),
  };
  return [...files, ...named, cancel, ...(mayFinishEarly ? [finish] : [])];
}

function messageInputs(field: Field, text: Text): Property[] {
  const { messageProperty, messageFallback } = field;
  const label = text(field.label);
  const input = (name: string, when: string): Property => ({
    name,
    type: typeName(field),
    isOptional: true,
    text: when,
  });
  const first = text('Used if the field __label__ is blank.', { label });
  const second = text('Used if the field __label__ is blank and there is no msg.__property__.', {
    label,
    property: messageProperty ?? '',
  });
  return [
    ...(messageProperty === undefined ? [] : [input(messageProperty, first)]),
    ...(messageFallback === undefined ? [] : [input(messageFallback, second)]),
  ];
}

function fileInputs(field: Field, text: Text): Property[] {
  const when = text('Used if the field __label__ is blank.', { label: text(field.label) });
  return [
    {
      name: 'filename',
      type: 'string',
      isOptional: true,
      text: `${text('Path of the file.')} ${when}`,
    },
    {
      name: 'payload',
      type: 'buffer',
      isOptional: true,
      text: `${text('Content of the file. A buffer takes precedence over a path; msg.filename then only names it.')} ${when}`,
    },
  ];
}

function outputsOf(definition: NodeDefinition, text: Text): Property[] {
  const parts = {
    name: 'parts',
    type: 'object',
    isOptional: true,
    text: text('On several devices: as from a Split node, for a Join node.'),
  };
  return [...resultsOf(definition, text), ...(runsOnDevices(definition) ? [parts] : [])];
}

/** Whether the result is a file only for some choices. */
function isRarelyFile({ fileWhen, fileIsOptional }: NodeDefinition): boolean {
  return fileWhen !== undefined || fileIsOptional === true;
}

function resultsOf(definition: NodeDefinition, text: Text): Property[] {
  const result = text('The result; see the sample.');
  if (!definition.producesFile) {
    return [{ name: 'payload', type: 'object', isOptional: false, text: result }];
  }
  const file = text(
    'Details of the file on disk. With the output to a buffer, its content: empty if there is no file, an array if there are several.',
  );
  return [
    {
      name: 'payload',
      type: 'object | buffer',
      isOptional: false,
      text: isRarelyFile(definition) ? `${result} ${text('If it is a file:')} ${file}` : file,
    },
    {
      name: 'filename',
      type: 'string',
      isOptional: true,
      text: text(
        'Full path of the (first) file on disk. With the output to a buffer, its name. Missing if there is no file.',
      ),
    },
    {
      name: 'fileInfo',
      type: 'object',
      isOptional: true,
      text: text('Details of the file, with the output to a buffer.'),
    },
    {
      name: 'headers',
      type: 'object',
      isOptional: true,
      text: text(
        'With the output to a buffer, after an http in node: type and name of the file for http response.',
      ),
    },
  ];
}

export function propertyList(properties: readonly Property[]): string {
  const entries = properties.map(
    ({ name, type, isOptional, text }) =>
      `<dt${isOptional ? ' class="optional"' : ''}>${name} <span class="property-type">${type}</span></dt>\n<dd>${withCode(text)}</dd>`,
  );
  return `<dl class="message-properties">\n${indent(entries.join('\n'), 2)}\n</dl>`;
}

export const FIELD_HELP = 'Hover over the label of a field to read what it does.';

const SOURCES =
  'A value set in the node takes precedence over the message. Every field can also take its value from the message, the context, an environment variable or a JSONata expression; one that returns nothing is an error.';

const BUSY =
  'Messages that arrive while the node is busy wait, unless While Busy says otherwise. A redeploy ends the work of the node without an error and removes unfinished files.';

const ERRORS =
  'Errors go to a Catch node: msg.error.code names the kind, such as ALLEGRO_INPUT, and msg.error.cause holds what happened, advice, and whether a retry can help. msg.statusCode is the HTTP status, if there was one.';

export const REFERENCE = 'REST API description of the Allegro Network Multimeter: __source__';

function generalDetails(definition: NodeDefinition, text: Text): string[] {
  const permission = text('Permission on the appliance: __permission__', {
    permission: sentence(text(definition.permission)),
  });
  return [
    ...[`${text(FIELD_HELP)} ${text(SOURCES)}`, text(BUSY), text(ERRORS)].map(
      (paragraph) => `<p>${withCode(paragraph)}</p>`,
    ),
    needsAppliance(definition) ? `<p>${escapeHtml(permission)}</p>` : '',
  ];
}

function sampleOf(definition: NodeDefinition): string {
  const sample = sampleResult(definition);
  const isFile = definition.producesFile && !isRarelyFile(definition);
  return preformatted(
    isFile ? { ...sample, path: `/data/${String(sample.fileName ?? 'file')}` } : sample,
  );
}

/** Without the inner parts of large objects, which a Debug node shows better. */
export function preformatted(json: object): string {
  const isLarge = (value: unknown) =>
    typeof value === 'object' && value !== null && Object.keys(value).length > MAX_INNER_KEYS;
  const inner = (name: string, value: unknown): unknown =>
    name !== '' && !Array.isArray(value) && !/^\d+$/.test(name) && isLarge(value) ? '{…}' : value;
  const text = JSON.stringify(json, inner, 2).replaceAll('"{…}"', '{…}');
  const lines = text.split('\n');
  const cut = lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), '  …', '}'] : lines;
  return `<pre>${escapeHtml(cut.join('\n'))}</pre>`;
}

/** The docs have them all. */
const MAX_DETAILS = 5;
const MAX_INNER_KEYS = 4;
/** A longer sample stands in the docs. */
const MAX_LINES = 60;

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
