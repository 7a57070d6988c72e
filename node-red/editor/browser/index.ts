import { prepareAppliance, validateLimit, validateUrl } from './appliance';
import { prepareChoicesButton } from './choices';
import { page, type EditorNode } from './editor-api';
import type { EditorField } from './editor-field';
import {
  leaveBlankSecret,
  validateHeldLogin,
  validateHeldSecret,
  validateLogin,
  validateSecret,
} from './login';
import { showPushUrl } from './push-url';
import { prepareRows, saveRows } from './rows';
import { prepareTypedInputs } from './typed-inputs';
import { validate, validateRows } from './validate';
import { isShown, markOpen, propertyOf, updateRows } from './visibility';

/** Fills the form of a node when its dialog opens. */
function prepare(node: EditorNode, fields: readonly EditorField[]): void {
  markOpen(node);
  prepareTypedInputs(node, fields);
  for (const field of fields) {
    if (field.kind === 'list') prepareRows(node, field);
    if (field.choices) prepareChoicesButton(node, field);
    const inputs = page.$(`#node-input-${field.name}, #node-input-${field.name}Type`);
    inputs.on('change', () => {
      updateRows(node, fields);
      if (field.kind === 'list') updateList(node, field);
    });
    if (field.kind === 'list') updateList(node, field);
  }
  prepareMore(node, fields);
  updateRows(node, fields);
}

function updateList(node: EditorNode, { name }: EditorField): void {
  const isList = propertyOf(node, `${name}Type`) === 'rows';
  page.$(`#allegro-multimeter-form [data-list="${name}"]`).toggle(isList);
}

/** Rarely needed fields fold away, unless one of them was filled in. */
function prepareMore(node: EditorNode, fields: readonly EditorField[]): void {
  const button = page.$('#allegro-multimeter-more-button');
  const section = page.$('#allegro-multimeter-advanced');
  const setOpen = (open: boolean) => {
    section.toggle(open);
    button.attr('aria-expanded', open);
    const icon = button.find('i');
    icon.removeClass(open ? 'fa-caret-right' : 'fa-caret-down');
    icon.addClass(open ? 'fa-caret-down' : 'fa-caret-right');
  };
  button.on('click', (event) => {
    event.preventDefault();
    setOpen(button.attr('aria-expanded') !== 'true');
  });
  setOpen(fields.some((field) => field.advanced && isFilledIn(node, fields, field)));
}

function isFilledIn(node: EditorNode, fields: readonly EditorField[], field: EditorField): boolean {
  if (!isShown(node, fields, field)) return false;
  const rows = node[`${field.name}Rows`];
  if (Array.isArray(rows) && rows.length > 0) return true;
  const value = node[field.name];
  return value !== undefined && String(value) !== field.default;
}

/** Takes over what the editor does not read by itself. */
function save(node: EditorNode, fields: readonly EditorField[]): void {
  for (const field of fields) if (field.kind === 'list') saveRows(node, field);
  leaveBlankSecret(node);
}

// Each node set loads this script; the first one wins.
const target = globalThis as unknown as { AllegroMultimeter?: object };
target.AllegroMultimeter ??= {
  prepare,
  save,
  showPushUrl,
  validate,
  validateRows,
  prepareAppliance,
  validateUrl,
  validateLimit,
  validateLogin,
  validateHeldLogin,
  validateSecret,
  validateHeldSecret,
};
