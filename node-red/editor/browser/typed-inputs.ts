import { labelControls } from './accessibility';
import { completion } from './choices';
import { page, translate, type EditorNode, type JQuery } from './editor-api';
import type { EditorField } from './editor-field';
import { textOf } from './forms';
import { parsedNumber } from './validate';

const SOURCES = ['msg', 'flow', 'global', 'env', 'jsonata'];

/** Turns an input into a typedInput: its value may also come from the message, the context and so on. */
export function makeTyped(
  node: EditorNode,
  field: EditorField,
  input: JQuery,
  typeField: JQuery,
): void {
  input.typedInput({ types: typesOf(node, field), typeField });
}

function typesOf(node: EditorNode, field: EditorField): unknown[] {
  return [...ownTypes(node, field), ...(field.isSetting ? ['env'] : SOURCES)];
}

function ownTypes(node: EditorNode, field: EditorField): unknown[] {
  switch (field.kind) {
    case 'number':
      return [numberType(node, field)];
    case 'boolean':
      return ['bool'];
    case 'options':
      return [optionType(node, field)];
    case 'dateTime':
      return ['str', 'date'];
    case 'list':
      return [rowsType(node, field), 'json'];
    default:
      return [field.choices ? textWithChoices(node, field) : 'str'];
  }
}

/** The editor's own takes numbers alone; this one also takes `500 MB` and `2G`. */
function numberType(node: EditorNode, field: EditorField): object {
  return {
    value: 'num',
    label: translate(node, 'types.number', 'number'),
    icon: 'red/images/typedInput/09.svg',
    validate: (value: string) => value === '' || !Number.isNaN(parsedNumber(node, field, value)),
  };
}

function optionType(node: EditorNode, field: EditorField): object {
  const options = (field.options ?? []).map((value) => ({
    value,
    label: textOf(node, `fields.${field.name}.options.${value}`),
    title: textOf(node, `fields.${field.name}.optionDescriptions.${value}`),
  }));
  const hasDefault = options.some(({ value }) => value === field.default);
  const blank = field.messageProperty
    ? `msg.${field.messageProperty}`
    : translate(node, 'choices.choose', 'choose');
  return {
    value: 'option',
    label: translate(node, 'types.option', 'choice'),
    icon: 'fa fa-list-ul',
    options: hasDefault ? options : [{ value: '', label: `(${blank})` }, ...options],
  };
}

function rowsType(node: EditorNode, field: EditorField): object {
  return {
    value: 'rows',
    label: translate(node, 'types.rows', 'list below'),
    icon: 'fa fa-list',
    hasValue: false,
    default: field.default,
  };
}

function textWithChoices(node: EditorNode, field: EditorField): object {
  return {
    value: 'str',
    label: translate(node, 'types.text', 'text'),
    icon: 'red/images/typedInput/az.svg',
    autoComplete: completion(field),
  };
}

/** Makes the inputs of all fields that have one row. */
export function prepareTypedInputs(node: EditorNode, fields: readonly EditorField[]): void {
  for (const field of fields) {
    const input = page.$(`#node-input-${field.name}`);
    makeTyped(node, field, input, page.$(`#node-input-${field.name}Type`));
    labelControls(node, field);
  }
}
