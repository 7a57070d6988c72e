import { page, type EditorNode } from './editor-api';
import type { EditorField, EditorForm } from './editor-field';

/** The forms of all nodes by type. The generator puts them in. */
declare const ALLEGRO_FORMS: Readonly<Record<string, EditorForm>>;

export function formOf({ type }: EditorNode): EditorForm {
  return ALLEGRO_FORMS[String(type)] ?? { fields: [] };
}

/** The type that a field has when nobody chose another. */
export function defaultTypeOf({ kind }: EditorField): string {
  const types: Record<string, string> = {
    number: 'num',
    boolean: 'bool',
    options: 'option',
    list: 'rows',
  };
  return types[kind] ?? 'str';
}

/** The text properties of a field, with what they are where the flow stores nothing. */
export function propertiesOf(field: EditorField): Array<[name: string, standard: string]> {
  return [
    [field.name, field.default],
    [`${field.name}Type`, defaultTypeOf(field)],
  ];
}

/** What a node holds, stored or not. */
export function storedOf(node: EditorNode, name: string): string {
  const value = node[name];
  if (value !== undefined && value !== null) return String(value);
  for (const field of formOf(node).fields) {
    for (const [property, standard] of propertiesOf(field)) if (property === name) return standard;
  }
  return '';
}

/** A flow stores only what differs from the default; what it stores already, it keeps. */
export function store(node: EditorNode, name: string, value: string): void {
  if (value === storedOf(node, name)) return;
  delete node[name];
  if (value !== storedOf(node, name)) node[name] = value;
}

/** A text of the catalogue; blank where there is none. */
export function textOf(node: EditorNode, key: string): string {
  return node._(key, { defaultValue: '' });
}

export function element(tag: string, attributes: Record<string, unknown> = {}) {
  return page.$(`<${tag}>`, attributes);
}
