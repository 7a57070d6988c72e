import type { Field } from '../../nodes/definitions/model/field';
import { english, type Text } from '../locales/text';
import { isTrigger, type PaletteDefinition } from '../runtime/nodes/palette-definitions';
import { SECRET_TEXTS } from '../runtime/triggers/trigger-fields';
import { APPLIANCE_LABELS } from '../runtime/nodes/field-names';
import { FAILURE_STATUS_TEXTS } from '../runtime/nodes/node-failure';
import { itemWords, STATUS_WORDS } from '../runtime/nodes/status-text';
import { descriptionOf, formFields, placeholderOf, unitOf, unitsOf } from './editor-field';
import { sentence } from './html';

/** A tree of texts, as Node-RED's catalogues are. */
export interface Catalogue {
  [key: string]: string | Catalogue;
}

/** Texts of the shared script, in every catalogue because each node set has its own. */
const SHARED: Catalogue = {
  choices: {
    show: 'Show what the appliance offers',
    none: 'The appliance lists nothing here.',
    deploy: 'Choose an appliance and deploy, then try again.',
    notDeployed: 'This appliance has not been deployed yet. Deploy, then try again.',
    permission: 'Your login to Node-RED does not allow this.',
    failed: 'Node-RED did not answer',
    choose: 'choose',
  },
  types: {
    option: 'choice',
    rows: 'list below',
    text: 'text',
    number: 'number',
    source: '__label__: source of the value',
  },
  rows: { remove: 'Remove' },
  validation: {
    missing: '__label__ is missing',
    option: '__label__ is not one of the choices',
    invalid: '__label__ is not valid',
    number: '__label__ is not a number',
    unit: '__label__ does not take this unit',
    ambiguous: '__label__ is ambiguous: write 1500 or 1.5',
    integer: '__label__ is not a whole number',
    min: '__label__: at least __min__',
    max: '__label__: at most __max__',
    range: '__label__: a whole number from __min__ to __max__',
    length: '__label__: at least __min__ characters',
    row: '__label__, row __row__: __problem__',
    url: 'Enter the URL of the appliance, with https://',
    urlLogin: 'Remove user and password from the URL',
  },
};

/** The catalogue of a palette node. */
export function catalogueOf(definition: PaletteDefinition, text: Text = english): Catalogue {
  const { warnings = [] } = definition;
  return {
    ...statusTexts(STATUS_TEXTS, text),
    ...statusTexts(itemTexts(definition), text),
    ...sharedTexts(text),
    appliance: text('Appliance'),
    more: text('More options'),
    ...(warnings.length > 0
      ? { warnings: Object.fromEntries(warnings.map((one, at) => [String(at), text(one.text)])) }
      : {}),
    ...(isTrigger(definition) && definition.kind === 'push'
      ? { secret: translateAll(SECRET_TEXTS, text) }
      : {}),
    fields: Object.fromEntries(
      formFields(definition).map((field) => [field.name, fieldTexts(field, text)]),
    ),
  };
}

/** Texts of the shared script, part of every catalogue. */
export function sharedTexts(text: Text): Catalogue {
  return translateAll(SHARED, text);
}

/** A tree of texts in another language. */
export function translateAll(texts: Catalogue, text: Text): Catalogue {
  return Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [
      key,
      typeof value === 'string' ? text(value) : translateAll(value, text),
    ]),
  );
}

const STATUS_TEXTS = [...STATUS_WORDS, ...FAILURE_STATUS_TEXTS, ...Object.values(APPLIANCE_LABELS)];

/** A status is its own key, so that Status nodes see words rather than keys. */
function statusTexts(words: readonly string[], text: Text): Catalogue {
  return Object.fromEntries(words.map((word) => [word, text(word)]));
}

function itemTexts(definition: PaletteDefinition): string[] {
  const { itemsProperty } = isTrigger(definition) ? {} : definition;
  return itemsProperty === undefined ? [] : itemWords(itemsProperty);
}

function fieldTexts(field: Field, text: Text): Catalogue {
  const placeholder = placeholderOf(field, text);
  const unit = unitOf(field, text);
  const units = unitsOf(field, text);
  return {
    label: text(field.label),
    ...(unit === undefined ? {} : { unit }),
    ...(Object.keys(units).length > 0 ? { units } : {}),
    description: descriptionOf(field, text),
    ...(placeholder === undefined ? {} : { placeholder }),
    ...(field.type === 'options'
      ? {
          options: optionTexts(field.options, text),
          optionDescriptions: optionDescriptions(field.options, text),
        }
      : {}),
    ...(field.type === 'list' ? listTexts(field.addLabel, field.columns, text) : {}),
  };
}

function optionTexts(
  options: ReadonlyArray<{ value: string; label: string }>,
  text: Text,
): Catalogue {
  return Object.fromEntries(options.map(({ value, label }) => [value, text(label)]));
}

function optionDescriptions(
  options: ReadonlyArray<{ value: string; description?: string }>,
  text: Text,
): Catalogue {
  return Object.fromEntries(
    options.flatMap(({ value, description }) =>
      description ? [[value, sentence(text(description))]] : [],
    ),
  );
}

function listTexts(add: string, columns: readonly Field[], text: Text): Catalogue {
  const choices = columns.filter((column) => column.type === 'options');
  return {
    add: text(add),
    columns: Object.fromEntries(columns.map((column) => [column.name, text(column.label)])),
    columnDescriptions: Object.fromEntries(
      columns.map((column) => [column.name, descriptionOf(column, text)]),
    ),
    columnPlaceholders: Object.fromEntries(
      columns.map((column) => [column.name, placeholderOf(column, text) ?? '']),
    ),
    columnOptions: Object.fromEntries(
      choices.map((column) => [column.name, optionTexts(column.options, text)]),
    ),
    columnOptionDescriptions: Object.fromEntries(
      choices.map((column) => [column.name, optionDescriptions(column.options, text)]),
    ),
  };
}
