import { labelSource } from './accessibility';
import { page, translate, type EditorNode, type JQuery } from './editor-api';
import type { EditorField } from './editor-field';
import { defaultTypeOf, element, textOf } from './forms';
import { makeTyped } from './typed-inputs';
import { isCellShown } from './validate';

type Row = Record<string, unknown>;

/** Makes the editable list of a list field and fills it with the rows of the node. */
export function prepareRows(node: EditorNode, field: EditorField): void {
  const list = listOf(field);
  list.editableList({
    addItem: (container: JQuery, _index: number, row: Row) => addRow(node, field, container, row),
    addButton: textOf(node, `fields.${field.name}.add`),
    removable: true,
    sortable: true,
    height: 'auto',
  });
  const rows = node[`${field.name}Rows`];
  for (const row of Array.isArray(rows) ? (rows as Row[]) : []) list.editableList('addItem', row);
}

/** Writes the rows back into the node, unless they are as they were. */
export function saveRows(node: EditorNode, field: EditorField): void {
  const rows: Row[] = [];
  listOf(field)
    .editableList('items')
    .each(function () {
      rows.push(readRow(field, page.$(this)));
    });
  const name = `${field.name}Rows`;
  const stored = Array.isArray(node[name]) ? (node[name] as Row[]) : [];
  const isSame =
    rows.length === stored.length &&
    rows.every((row, index) => areEqual(field.columns ?? [], row, stored[index]!));
  if (isSame) return;
  if (rows.length === 0) delete node[name];
  else node[name] = rows;
}

function areEqual(columns: readonly EditorField[], row: Row, other: Row): boolean {
  return columns
    .flatMap(cellsOf)
    .every(([name, standard]) => String(row[name] ?? standard) === String(other[name] ?? standard));
}

/** The properties of a cell, with what they are where the row stores nothing. */
function cellsOf(column: EditorField): Array<[name: string, standard: string]> {
  const value: [string, string] = [column.name, column.default];
  return isTyped(column) ? [value, [`${column.name}Type`, defaultTypeOf(column)]] : [value];
}

function isTyped({ kind }: EditorField): boolean {
  return kind === 'text' || kind === 'number';
}

function listOf({ name }: EditorField): JQuery {
  return page.$(`#node-input-${name}-list`);
}

/** All cells of a row stand side by side, as in a Switch node. */
function addRow(node: EditorNode, field: EditorField, container: JQuery, row: Row): void {
  const columns = field.columns ?? [];
  const line = element('div', { 'data-row': field.name }).appendTo(container);
  const update = () => {
    const values = readRow(field, container);
    for (const column of columns) {
      const isShown = isCellShown(column, columns, values);
      container.find(`[data-column="${column.name}"]`).toggle(isShown);
    }
  };
  for (const column of columns) addCell(node, field, column, line, row, update);
  container
    .closest('li')
    .find('.red-ui-editableList-item-remove')
    .attr('aria-label', translate(node, 'rows.remove', 'Remove'));
  update();
}

function addCell(
  node: EditorNode,
  field: EditorField,
  column: EditorField,
  line: JQuery,
  row: Row,
  onChange: () => void,
): void {
  const key = (kind: string) => `fields.${field.name}.${kind}.${column.name}`;
  const label = textOf(node, key('columns'));
  const title = textOf(node, key('columnDescriptions'));
  const value = String(row[column.name] ?? column.default);
  const attributes = { 'data-cell': column.name, 'aria-label': label, title };
  let input: JQuery;
  if (column.kind === 'boolean') {
    input = element('input', { ...attributes, type: 'checkbox' }).prop('checked', value === 'true');
    const box = element('label', { 'data-column': column.name, title });
    box.append(input, element('span').text(label)).appendTo(line);
  } else if (column.kind === 'options') {
    input = element('select', { ...attributes, 'data-column': column.name }).appendTo(line);
    for (const option of column.options ?? []) {
      const text = textOf(node, `${key('columnOptions')}.${option}`);
      const help = textOf(node, `${key('columnOptionDescriptions')}.${option}`);
      element('option', { value: option, title: help }).text(text).appendTo(input);
    }
    input.val(value);
  } else {
    input = addTypedCell(node, column, line, row, {
      ...attributes,
      placeholder: textOf(node, key('columnPlaceholders')) || label,
    });
  }
  input.on('change', onChange);
}

/** A cell whose value may come from the message and so on. */
function addTypedCell(
  node: EditorNode,
  column: EditorField,
  line: JQuery,
  row: Row,
  attributes: { 'aria-label': string; title: string; placeholder: string },
): JQuery {
  const cell = element('div', { 'data-column': column.name }).appendTo(line);
  const input = element('input', { ...attributes, type: 'text' }).appendTo(cell);
  input.val(String(row[column.name] ?? column.default));
  const type = element('input', { type: 'hidden', 'data-cell-type': column.name }).appendTo(cell);
  type.val(row[`${column.name}Type`] ?? defaultTypeOf(column));
  makeTyped(node, column, input, type);
  // Its own idea of a width depends on when the dialog has finished sliding in.
  const typed = cell.find('.red-ui-typedInput-container').css({ width: '100%' });
  typed
    .find('.red-ui-typedInput-input')
    .attr('aria-label', attributes['aria-label'])
    .attr('title', attributes.title);
  labelSource(node, typed, attributes['aria-label']);
  return input;
}

/** What differs from the defaults. */
function readRow({ columns = [] }: EditorField, container: JQuery): Row {
  const row: Row = {};
  const put = (name: string, value: string, standard: string) => {
    if (value !== standard) row[name] = value;
  };
  for (const column of columns) {
    const { name, kind } = column;
    const input = container.find(`[data-cell="${name}"]`);
    const value = kind === 'boolean' ? String(input.prop('checked')) : (input.val() ?? '');
    put(name, value, column.default);
    if (!isTyped(column)) continue;
    const type = container.find(`[data-cell-type="${name}"]`).val() ?? '';
    put(`${name}Type`, type, defaultTypeOf(column));
  }
  return row;
}
