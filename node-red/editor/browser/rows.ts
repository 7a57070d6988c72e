import { labelSource } from './accessibility';
import { page, translate, type EditorNode, type JQuery } from './editor-api';
import type { EditorField, EditorOption } from './editor-field';
import { makeTyped } from './typed-inputs';
import { isCellShown } from './validate';

type Row = Record<string, unknown>;

/** Makes the editable list of a list field and fills it with the rows of the node. */
export function prepareRows(node: EditorNode, field: EditorField): void {
  const list = listOf(field);
  list.editableList({
    addItem: (container: JQuery, _index: number, row: Row) => addRow(node, field, container, row),
    addButton: translate(node, `fields.${field.name}.add`, field.addLabel ?? ''),
    removable: true,
    sortable: true,
    height: 'auto',
  });
  const rows = node[`${field.name}Rows`];
  for (const row of Array.isArray(rows) ? (rows as Row[]) : []) list.editableList('addItem', row);
}

/** Writes the rows back into the node. */
export function saveRows(node: EditorNode, field: EditorField): void {
  const rows: Row[] = [];
  listOf(field)
    .editableList('items')
    .each(function () {
      rows.push(readRow(field, page.$(this)));
    });
  node[`${field.name}Rows`] = rows;
}

function listOf({ name }: EditorField): JQuery {
  return page.$(`#node-input-${name}-list`);
}

function addRow(node: EditorNode, field: EditorField, container: JQuery, row: Row): void {
  const columns = field.columns ?? [];
  const update = () => {
    const values = readRow(field, container);
    for (const column of columns) {
      container.find(`[data-column="${column.name}"]`).toggle(isCellShown(column, values));
    }
  };
  for (const column of columns) addCell(node, field, column, container, row, update);
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
  container: JQuery,
  row: Row,
  onChange: () => void,
): void {
  const label = translate(node, `fields.${field.name}.columns.${column.name}`, column.label);
  const description = translate(
    node,
    `fields.${field.name}.columnDescriptions.${column.name}`,
    column.description ?? '',
  );
  const cell = page.$('<div>', { 'data-column': column.name }).appendTo(container);
  cell.css({ display: 'flex', 'align-items': 'center', margin: '2px 0' });
  page.$('<span>', { title: description }).css({ flex: '0 0 110px' }).text(label).appendTo(cell);
  const place = page.$('<div>').css({ flex: '1 1 0', 'min-width': '0' }).appendTo(cell);
  const input = inputFor(node, field, column).appendTo(place);
  input.attr('aria-label', label).attr('title', description);
  const value = row[column.name] ?? column.default;
  if (column.kind === 'boolean') {
    input.prop('checked', String(value) === 'true');
  } else {
    input.val(String(value));
  }
  if (column.kind === 'text' || column.kind === 'number') {
    const type = page
      .$('<input>', { type: 'hidden', 'data-cell-type': column.name })
      .appendTo(place);
    type.val(row[`${column.name}Type`] ?? (column.kind === 'number' ? 'num' : 'str'));
    makeTyped(node, column, input, type);
    // Its own idea of a width depends on when the dialog has finished sliding in.
    const typed = place.find('.red-ui-typedInput-container').css({ width: '100%' });
    typed.find('.red-ui-typedInput-input').attr('aria-label', label).attr('title', description);
    labelSource(node, typed, label);
  }
  input.on('change', onChange);
}

function inputFor(node: EditorNode, field: EditorField, column: EditorField): JQuery {
  const attributes = { 'data-cell': column.name };
  if (column.kind === 'boolean') {
    return page
      .$('<input>', { ...attributes, type: 'checkbox' })
      .css({ width: 'auto', margin: '0' });
  }
  if (column.kind === 'options') {
    const select = page.$('<select>', attributes).css({ width: '100%' });
    for (const option of column.options ?? []) optionFor(node, field, column, option, select);
    return select;
  }
  const placeholder = translate(
    node,
    `fields.${field.name}.columnPlaceholders.${column.name}`,
    column.placeholder ?? '',
  );
  return page.$('<input>', { ...attributes, type: 'text', placeholder }).css({ width: '100%' });
}

function optionFor(
  node: EditorNode,
  { name }: EditorField,
  column: EditorField,
  { value, label, description }: EditorOption,
  select: JQuery,
): void {
  const key = (kind: string) => `fields.${name}.${kind}.${column.name}.${value}`;
  const option = page.$('<option>', { value }).text(translate(node, key('columnOptions'), label));
  if (description) {
    option.attr('title', translate(node, key('columnOptionDescriptions'), description));
  }
  option.appendTo(select);
}

/** Always all columns, in order: an untouched row is saved unchanged. */
function readRow({ columns }: EditorField, container: JQuery): Row {
  const row: Row = {};
  for (const { name, kind } of columns ?? []) {
    const input = container.find(`[data-cell="${name}"]`);
    row[name] = kind === 'boolean' ? String(input.prop('checked')) : (input.val() ?? '');
    const type = container.find(`[data-cell-type="${name}"]`);
    if (type.length > 0) row[`${name}Type`] = type.val();
  }
  return row;
}
