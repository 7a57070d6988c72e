import type { NodeDefinition } from '../../nodes/definitions/definition';
import type { Field } from '../../nodes/definitions/field';
import { FAILURE_STATUS_TEXTS } from '../runtime/errors';
import { STATUS_WORDS } from '../runtime/status';
import { descriptionOf, formFields, labelOf, placeholderOf } from './editor-field';

/** A tree of texts, as Node-RED's catalogues are. */
export interface Catalogue {
  [key: string]: string | Catalogue;
}

/** Texts of the shared script, in every catalogue because each node set has its own. */
const SHARED: Catalogue = {
  choices: {
    show: 'Show what the appliance offers',
    none: 'The appliance offers nothing here.',
    deploy: 'Choose an appliance and deploy: then it can be asked.',
    permission: 'Your login to Node-RED does not allow this.',
    failed: 'Node-RED did not answer',
    choose: 'choose',
  },
  types: { option: 'choice', rows: 'list below', text: 'text' },
  validation: {
    missing: '__label__ is missing',
    option: '__label__ is none of the choices',
    invalid: '__label__ is not valid',
    number: 'Not a number',
    integer: 'Not a whole number',
    min: 'At least __min__',
    max: 'At most __max__',
    url: 'Enter the URL of the appliance, with https://',
  },
};

/** The English catalogue of a palette node. Other languages translate the same keys. */
export function catalogueOf(definition: NodeDefinition): Catalogue {
  return {
    ...statusTexts(),
    ...SHARED,
    appliance: 'Appliance',
    more: 'More options',
    ...(definition.warning ? { warning: definition.warning } : {}),
    fields: Object.fromEntries(
      formFields(definition).map((field) => [field.name, fieldTexts(field)]),
    ),
  };
}

/** The English catalogue of the config node. */
export function applianceCatalogue(texts: Catalogue): Catalogue {
  return { ...SHARED, ...texts };
}

/** A status is its own key, so that Status nodes see words rather than keys. */
function statusTexts(): Catalogue {
  return Object.fromEntries([...STATUS_WORDS, ...FAILURE_STATUS_TEXTS].map((text) => [text, text]));
}

function fieldTexts(field: Field): Catalogue {
  const placeholder = placeholderOf(field);
  return {
    label: labelOf(field),
    description: descriptionOf(field),
    ...(placeholder === undefined ? {} : { placeholder }),
    ...(field.type === 'options' ? { options: optionTexts(field.options) } : {}),
    ...(field.type === 'list' ? listTexts(field.addLabel, field.columns) : {}),
  };
}

function optionTexts(options: ReadonlyArray<{ value: string; label: string }>): Catalogue {
  return Object.fromEntries(options.map(({ value, label }) => [value, label]));
}

function listTexts(add: string, columns: readonly Field[]): Catalogue {
  const choices = columns.filter((column) => column.type === 'options');
  return {
    add,
    columns: Object.fromEntries(columns.map((column) => [column.name, labelOf(column)])),
    columnOptions: Object.fromEntries(
      choices.map((column) => [column.name, optionTexts(column.options)]),
    ),
  };
}
