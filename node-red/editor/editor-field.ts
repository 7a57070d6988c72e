import type { ChoiceSource } from '../../client';
import type { Field } from '../../nodes/definitions/model/field';
import { QUEUE_FIELDS } from '../runtime/nodes/queue-fields';
import { fileTargetFields } from '../runtime/files/file-target-fields';
import { isTrigger, type PaletteDefinition } from '../runtime/nodes/palette-definitions';
import { triggerFields } from '../runtime/triggers/trigger-fields';
import { defaultText } from '../runtime/values/stored';
import { english, type Text } from '../locales/text';
import type { EditorField, EditorForm } from './browser/editor-field';
import { sentence } from './html';

/** Property names that the editor keeps for itself: it would delete such an entry of `defaults`. */
const RESERVED = new Set(
  (
    'changed dirty id inputLabels moved outputLabels selected type users valid validationErrors ' +
    'wires _ _config _def _orig name appliance version x y z g d inputs outputs label icon info'
  ).split(' '),
);

/** All fields of the node's form, in order. */
export function formFields(definition: PaletteDefinition): Field[] {
  if (isTrigger(definition)) return triggerFields(definition);
  return [...definition.fields, ...fileTargetFields(definition), ...QUEUE_FIELDS];
}

/** Whether a field is a setting of the node, read once for all messages. */
function isSetting({ name }: Pick<Field, 'name'>): boolean {
  return QUEUE_FIELDS.some((field) => field.name === name);
}

/**
 * The fields as the browser needs them.
 *
 * @throws Error when a name cannot be a property of a Node-RED node
 */
export function editorFields(definition: PaletteDefinition): EditorField[] {
  const fields = formFields(definition);
  checkNames(definition.name, fields);
  // A trigger has no message; all its fields are settings.
  return fields.map((field) => toEditorField(field, isTrigger(definition) || isSetting(field)));
}

function checkNames(node: string, fields: readonly Field[]): void {
  const taken = new Set<string>();
  for (const field of fields) {
    for (const name of propertyNames(field)) {
      const isSafe = /^[a-z][A-Za-z0-9]+$/.test(name) && !RESERVED.has(name);
      if (!isSafe) throw new Error(`${node}: "${name}" cannot be a property of a Node-RED node.`);
      if (taken.has(name)) throw new Error(`${node}: the property "${name}" occurs twice.`);
      taken.add(name);
    }
  }
}

function propertyNames({ name, type }: Field): string[] {
  return type === 'list' ? [name, `${name}Type`, `${name}Rows`] : [name, `${name}Type`];
}

function toEditorField(field: Field, isNodeSetting: boolean): EditorField {
  const isNumber = field.type === 'number';
  return dropUndefined({
    name: field.name,
    kind: field.type,
    default: defaultText(field),
    // A blank file is the one that the message brings.
    required:
      field.required && field.type !== 'file' && defaultText(field) === '' ? true : undefined,
    messageProperty: field.messageProperty,
    showWhen: field.showWhen,
    advanced: field.advanced,
    min: isNumber ? field.min : undefined,
    max: isNumber ? field.max : undefined,
    integer: isNumber ? field.integer : undefined,
    unit: isNumber ? field.unit : undefined,
    unitWhen: isNumber ? field.unitWhen : undefined,
    choices: choicesOf(field),
    options: field.type === 'options' ? field.options.map(({ value }) => value) : undefined,
    isSetting: isNodeSetting || undefined,
    isBeside: field.name in BESIDE || undefined,
    columns:
      field.type === 'list'
        ? field.columns.map((column) => toEditorField(column, isNodeSetting))
        : undefined,
  });
}

/** Fields that share the row of the one before, which they count in. */
const BESIDE = { lastUnit: 'lastAmount' };

/** What the browser needs to know of a node to build its form; texts come from the catalogue. */
export function editorForm(definition: PaletteDefinition): EditorForm {
  const { warnings = [] } = definition;
  return dropUndefined({
    fields: editorFields(definition),
    warnings: warnings.length > 0 ? warnings.map(({ showWhen = {} }) => showWhen) : undefined,
  });
}

/** The unit behind a number; undefined where there is none. */
export function unitOf(field: Field, text: Text = english): string | undefined {
  return field.type === 'number' && field.unit ? text(field.unit) : undefined;
}

/** The units of `unitWhen` by its index; none where they are chosen beside the number. */
export function unitsOf(field: Field, text: Text = english): Record<string, string> {
  if (field.type !== 'number' || Object.values(BESIDE).includes(field.name)) return {};
  const units = [...(field.unitWhen ?? []).entries()];
  return Object.fromEntries(units.flatMap(([at, { unit }]) => (unit ? [[at, text(unit)]] : [])));
}

/**
 * As sentences, with what the definition leaves to the host: the time zone, because n8n has one for
 * each workflow, and an example that is too long for the form.
 */
export function descriptionOf(field: Field, text: Text = english): string {
  const sentences = [sentence(text(field.description))];
  if (field.type === 'number' && ['MB', 'bytes'].includes(field.unit ?? '')) {
    sentences.push(text('Takes a unit as well: 500 kB, 2G.'));
  }
  if (field.type === 'number' && field.unitWhen?.some(({ unit }) => unit === 'bit/s')) {
    sentences.push(text('Takes a unit as well: 100 Mbit/s.'));
  }
  if (field.type === 'dateTime')
    sentences.push(text('A time without a zone is in the time zone of the server.'));
  const example = exampleOf(field);
  if (example !== undefined && !placeholderOf(field)?.includes(example)) {
    sentences.push(text('Example: __example__', { example: bareExample(example) }));
  }
  return sentences.join(' ');
}

function bareExample(example: string): string {
  return example.replace(/^e\.g\. /, '');
}

/** What a dialog of its first width shows: longer texts would be cut off. */
const PLACEHOLDER_LENGTH = 36;
const PLACEHOLDER_LENGTH_BESIDE_BUTTON = 30;

/** What happens when the field stays blank; after an example, if both are short enough. */
export function placeholderOf(field: Field, text: Text = english): string | undefined {
  if (field.type === 'file') return text('blank: msg.filename or msg.payload');
  const found = exampleOf(field);
  const example = found === undefined ? undefined : exampleText(found, text);
  if (field.messageProperty === undefined || defaultText(field) !== '') return example;
  const fallback = text('blank: __property__', { property: `msg.${field.messageProperty}` });
  const both = `${example} (${fallback})`;
  const hasButton = choicesOf(field) !== undefined;
  const length = hasButton ? PLACEHOLDER_LENGTH_BESIDE_BUTTON : PLACEHOLDER_LENGTH;
  return example && both.length <= length ? both : fallback;
}

/** Only the words before an example are translated, not an address or a path. */
export function exampleText(example: string, text: Text): string {
  if (!example.startsWith('e.g. ')) return /[a-z] [a-z]/.test(example) ? text(example) : example;
  return text('e.g. __example__', { example: bareExample(example) });
}

/** What the appliance can be asked for. */
function choicesOf(field: Field): ChoiceSource | undefined {
  return 'choices' in field ? field.choices : undefined;
}

function exampleOf(field: Field): string | undefined {
  return 'placeholder' in field ? field.placeholder : undefined;
}

function dropUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}
