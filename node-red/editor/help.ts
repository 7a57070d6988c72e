import type { NodeDefinition } from '../../nodes/definitions/model/define-node';
import type { Field } from '../../nodes/definitions/model/field';
import {
  DEVICE_RESULTS_TEXT,
  runsOnDevices,
  SAMPLE_DEVICE_FAILURE,
} from '../../nodes/definitions/model/device-results';
import { needsAppliance } from '../../nodes/definitions/model/start-run';
import { english, type Text } from '../locales/text';
import { typeOf } from '../runtime/values/names';
import type { PaletteDefinition } from '../runtime/nodes/palette-definitions';
import { QUEUE_FIELDS } from '../runtime/nodes/queue-fields';
import { FILE_TARGET_FIELDS } from '../runtime/files/file-target-fields';
import { descriptionOf, labelOf } from './editor-field';
import { escapeHtml, indent, sentence, withCode } from './html';

const FAILED_DEVICES =
  'Each device that failed also reaches a Catch node, after the results, with a copy of the message without the HTTP request: one answer to it is enough.';

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
    ...definition.details.map((paragraph) => `<p>${withCode(text(paragraph))}</p>`),
    ...generalDetails(definition, text),
    `<h4>${text('Fields')}</h4>`,
    fieldList(definition.fields, text),
    ...(definition.producesFile
      ? [`<h4>${text('File')}</h4>`, fieldList(FILE_TARGET_FIELDS, text)]
      : []),
    `<h4>${text('While Busy')}</h4>`,
    fieldList(QUEUE_FIELDS, text),
    `<h4>${text('Errors')}</h4>`,
    `<p>${withCode(text(ERRORS))}</p>`,
    `<h4>${text('Sample Output')}</h4>`,
    `<p>${withCode(text('What msg.payload looks like:'))}</p>`,
    sampleOf(definition),
    ...(runsOnDevices(definition)
      ? [
          `<p>${withCode(text(DEVICE_RESULTS_TEXT))}</p>`,
          preformatted(SAMPLE_DEVICE_FAILURE),
          `<p>${text(FAILED_DEVICES)}</p>`,
        ]
      : []),
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
    text: text('If true, cancels what the node has in progress, and what waits for it.'),
  };
  const finish = {
    name: 'finish',
    type: 'boolean',
    isOptional: true,
    text: text(
      'If true, ends live captures in progress and keeps what they have: a complete file, with "endedBy": "cancel".',
    ),
  };
  return [...files, ...named, cancel, ...(mayFinishEarly ? [finish] : [])];
}

function messageInputs(field: Field, text: Text): Property[] {
  const { messageProperty, messageFallback } = field;
  const label = text(field.label);
  const input = (name: string, when: string) => ({
    name,
    type: typeName(field),
    isOptional: true,
    text: `${when} ${descriptionOf(field, text)}`,
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
    text: text(
      'On several devices: which of the messages this is, as a Split node tells it, so that a Join node puts them together again.',
    ),
  };
  return [...resultsOf(definition, text), ...(runsOnDevices(definition) ? [parts] : [])];
}

function resultsOf({ producesFile }: NodeDefinition, text: Text): Property[] {
  if (!producesFile) {
    return [
      {
        name: 'payload',
        type: 'object',
        isOptional: false,
        text: text('The result; see the sample.'),
      },
    ];
  }
  return [
    {
      name: 'payload',
      type: 'object | buffer',
      isOptional: false,
      text: text(
        'With the output to a file on disk, the facts about the file; see the sample. With the output to a buffer, the content of the file, which is empty when there is none; an array of buffers when there are several files.',
      ),
    },
    {
      name: 'filename',
      type: 'string',
      isOptional: true,
      text: text(
        'Full path of the file on disk; with the output to a buffer its name only. Of several files that of the first; msg.payload.files names them all. Missing when there is no file.',
      ),
    },
    {
      name: 'fileInfo',
      type: 'object',
      isOptional: true,
      text: text('The facts about the file, with the output to a buffer.'),
    },
    {
      name: 'headers',
      type: 'object',
      isOptional: true,
      text: text(
        'With the output to a buffer, in answer to an http in node: type and name of the file, with which an http response node sends it. Headers that the flow has set stay.',
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

export function fieldList(fields: readonly Field[], text: Text): string {
  const entries = fields.map((field) => {
    const choices = field.type === 'options' ? ` ${optionTexts(field.options, text)}` : '';
    const columns = field.type === 'list' ? `\n${indent(fieldList(field.columns, text), 2)}\n` : '';
    return `<dt>${escapeHtml(labelOf(field, text))}</dt>\n<dd>${withCode(descriptionOf(field, text) + choices)}${columns}</dd>`;
  });
  return `<dl>\n${indent(entries.join('\n'), 2)}\n</dl>`;
}

function optionTexts(
  options: ReadonlyArray<{ label: string; description?: string }>,
  text: Text,
): string {
  return options
    .map(({ label, description }) =>
      description ? `${text(label)}: ${sentence(text(description))}` : `${text(label)}.`,
    )
    .join(' ');
}

const SOURCES =
  'A value that is set in the node takes precedence over the message. Every field may also name its source: the message, the flow context, the global context, an environment variable or a JSONata expression. A source that holds nothing is an error, so that a filter never gets lost.';

const BUSY =
  'Messages that arrive while the node is busy wait in a queue, unless While Busy says otherwise; the status shows how many. msg.cancel ends all of them with the error ALLEGRO_CANCELLED. A redeploy of the node ends them without an error and removes unfinished files.';

const ERRORS =
  'Errors go to a Catch node. msg.error.code names the kind, such as ALLEGRO_INPUT, ALLEGRO_LOGIN, ALLEGRO_UNREACHABLE or ALLEGRO_CANCELLED; msg.error.cause holds the facts: kind, what happened, advice, and whether trying again can help. msg.statusCode is the HTTP status where the appliance gave one.';

export const REFERENCE = 'REST API description of the Allegro Network Multimeter: __source__';

function generalDetails(definition: NodeDefinition, text: Text): string[] {
  const permission = text('Permission on the appliance: __permission__', {
    permission: sentence(text(definition.permission)),
  });
  return [
    `<p>${withCode(text(SOURCES))}</p>`,
    `<p>${withCode(text(BUSY))}</p>`,
    needsAppliance(definition) ? `<p>${escapeHtml(permission)}</p>` : '',
  ];
}

function sampleOf({ sampleOutput, producesFile }: NodeDefinition): string {
  const sample = producesFile
    ? { ...sampleOutput, filename: `/data/${String(sampleOutput.fileName ?? 'file')}` }
    : sampleOutput;
  return preformatted(sample);
}

function preformatted(json: object): string {
  return `<pre>${escapeHtml(JSON.stringify(json, null, 2))}</pre>`;
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
