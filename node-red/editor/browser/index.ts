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
import { buildForm } from './form-rows';
import { formOf, propertiesOf, store, storedOf } from './forms';
import { prepareRows, saveRows } from './rows';
import { prepareTypedInputs } from './typed-inputs';
import { validate, validateRows, type Verdict } from './validate';
import { isShown, markOpen, propertyOf, updateRows } from './visibility';

/** Builds the form of a node and fills it in when its dialog opens. */
function prepare(node: EditorNode): void {
  const form = formOf(node);
  const { fields } = form;
  markOpen(node);
  buildForm(node, form);
  for (const [name] of fields.flatMap(propertiesOf)) {
    page.$(`#node-input-${name}`).val(storedOf(node, name));
  }
  prepareTypedInputs(node, fields);
  for (const field of fields) {
    if (field.kind === 'list') prepareRows(node, field);
    if (field.choices) prepareChoicesButton(node, field);
    const inputs = page.$(`#node-input-${field.name}, #node-input-${field.name}Type`);
    inputs.on('change', function () {
      updateRows(node, fields);
      if (field.kind === 'list') updateList(node, field);
      if (!page.$(this).attr('skipValidation')) validateAll();
    });
    if (field.kind === 'list') updateList(node, field);
  }
  prepareMore(node, fields);
  updateRows(node, fields);
}

/** The editor has tied its validation to the inputs that were there before these. */
function validateAll(): void {
  page.$('#node-input-name').trigger('change');
}

/** Where there is only one appliance, a node that is dropped uses it. */
function add(node: EditorNode): void {
  const found: string[] = [];
  page.RED.nodes.eachConfig(({ id, type, z }) => {
    if (type === 'allegro-multimeter-appliance' && (!z || z === node.z)) found.push(id);
  });
  if (found.length === 1 && 'appliance' in node) node.appliance = found[0];
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
  return storedOf(node, field.name) !== field.default;
}

/** Stores what differs from the defaults, and keeps the editor from storing everything. */
function save(node: EditorNode): void {
  for (const field of formOf(node).fields) {
    if (field.kind === 'list') saveRows(node, field);
    for (const [name] of propertiesOf(field)) {
      const input = page.$(`#node-input-${name}`);
      store(node, name, input.val() ?? '');
      input.removeAttr('id');
    }
  }
  leaveBlankSecret(node);
}

type Validator = (this: EditorNode, value: unknown, options: unknown) => Verdict;

/** A validator for one field. The editor takes reasons only from those with two arguments. */
function check(name: string): Validator {
  return function (value, _options) {
    return validate(this, name, value);
  };
}

function checkRows(name: string): Validator {
  return function (value, _options) {
    return validateRows(this, name, value);
  };
}

// Each node set loads this script; the first one wins.
const target = globalThis as unknown as { AllegroMultimeter?: object };
target.AllegroMultimeter ??= {
  add,
  prepare,
  save,
  check,
  checkRows,
  showPushUrl,
  prepareAppliance,
  validateUrl,
  validateLimit,
  validateLogin,
  validateHeldLogin,
  validateSecret,
  validateHeldSecret,
};
