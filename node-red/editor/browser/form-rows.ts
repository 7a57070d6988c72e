import { element, textOf } from './forms';
import { page, type EditorNode, type JQuery } from './editor-api';
import type { EditorField, EditorForm } from './editor-field';

const ICONS: Record<EditorField['kind'], string> = {
  text: 'fa-pencil',
  number: 'fa-hashtag',
  boolean: 'fa-check-square-o',
  options: 'fa-list-ul',
  dateTime: 'fa-clock-o',
  list: 'fa-filter',
  file: 'fa-file-o',
};

/** Labels of a few words fit on one line; what belongs to a field takes the remaining width. */
const STYLE = `
#allegro-multimeter-form .form-row[data-field] { display: flex; flex-wrap: wrap; align-items: center }
#allegro-multimeter-form .form-row > label { flex: none; width: 155px; margin: 0 }
#allegro-multimeter-form .form-row[data-field] > label { margin-right: 4px }
#allegro-multimeter-form .form-row select { min-width: 0 }
#allegro-multimeter-form .form-row > label + input { width: calc(100% - 160px) }
#allegro-multimeter-form [data-control] { flex: 1 1 0; min-width: 0; display: flex; align-items: center; gap: 6px }
#allegro-multimeter-form [data-control] .red-ui-typedInput-container { flex: 1 1 0; width: auto !important; min-width: 0 }
#allegro-multimeter-form [data-note] { flex: 1 0 100%; margin-top: 6px }
#allegro-multimeter-form [data-list] { flex: 1 0 100%; min-width: 0; margin-top: 6px }
#allegro-multimeter-form [data-list] .red-ui-editableList-border:not(:has(li)) { border: 0 }
#allegro-multimeter-form [data-row] { display: flex; align-items: center; gap: 4px }
#allegro-multimeter-form [data-row] > * { flex: 1 1 0; min-width: 0; width: auto !important; margin: 0 }
#allegro-multimeter-form [data-row] > select { flex-grow: 0; flex-basis: 142px }
#allegro-multimeter-form [data-row] > label { flex: none; display: flex; align-items: center; gap: 3px }
#allegro-multimeter-form [data-row] > label input { width: auto; margin: 0 }
`;

/** Builds what the form of a node has below its name and its appliance. */
export function buildForm(node: EditorNode, { fields, warnings = [] }: EditorForm): void {
  const form = page.$('#allegro-multimeter-form');
  element('style').text(STYLE).appendTo(form);
  warnings.forEach((showWhen, index) => {
    form
      .find('.form-row')
      .first()
      .before(warningTip(node, showWhen, index));
  });
  const secret = form.find('[data-secret]');
  const advanced = element('div', { id: 'allegro-multimeter-advanced' });
  for (const field of fields) addField(node, field, field.advanced ? advanced : form);
  secret.appendTo(form);
  if (!fields.some((field) => field.advanced)) return;
  const more = element('button', {
    type: 'button',
    id: 'allegro-multimeter-more-button',
    class: 'red-ui-button',
    'aria-expanded': 'false',
    'aria-controls': 'allegro-multimeter-advanced',
  }).append(icon('fa-caret-right'), element('span').text(` ${textOf(node, 'more')}`));
  element('div', { class: 'form-row', id: 'allegro-multimeter-more' }).append(more).appendTo(form);
  advanced.appendTo(form);
}

function icon(name: string): JQuery {
  return element('i', { class: `fa ${name}` });
}

/** Those with a condition are shown as rows are. */
function warningTip(node: EditorNode, showWhen: object, index: number): JQuery {
  const condition =
    Object.keys(showWhen).length > 0 ? { 'data-show-when': JSON.stringify(showWhen) } : {};
  return element('div', { class: 'form-tips', ...condition })
    .css({ 'margin-bottom': '12px' })
    .append(
      icon('fa-exclamation-triangle'),
      element('span').text(` ${textOf(node, `warnings.${index}`)}`),
    );
}

function addField(node: EditorNode, field: EditorField, parent: JQuery): void {
  const { name, kind } = field;
  const label = textOf(node, `fields.${name}.label`);
  const description = textOf(node, `fields.${name}.description`);
  const id = `node-label-${name}`;
  if (field.isBeside) {
    const beside = element('span', { 'data-field': name, 'data-control': name });
    const hidden = element('span', { id, hidden: 'hidden' }).text(label);
    beside.append(hidden, ...controlsOf(node, field, description));
    parent.find('[data-control]').last().append(beside);
    return;
  }
  const labelled = element('label', { for: `node-input-${name}`, id, title: description });
  labelled.append(icon(ICONS[kind]), element('span').text(` ${label}`));
  const control = element('div', { 'data-control': name });
  control.append(...controlsOf(node, field, description));
  const row = element('div', { class: 'form-row', 'data-field': name });
  row.append(labelled, control).appendTo(parent);
  if (field.choices) {
    const note = { id: `allegro-multimeter-note-${name}`, role: 'status', 'data-note': name };
    row.append(element('div', { class: 'form-tips', ...note }).hide());
  }
  if (kind === 'list') row.append(listOf(name));
}

function controlsOf(node: EditorNode, field: EditorField, help: string): JQuery[] {
  const { name, choices, unit, unitWhen } = field;
  const placeholder = textOf(node, `fields.${name}.placeholder`);
  const controls = [
    element('input', {
      type: 'text',
      id: `node-input-${name}`,
      'aria-labelledby': `node-label-${name}`,
      placeholder,
    }),
    element('input', { type: 'hidden', id: `node-input-${name}Type` }),
    // Read out with the controls.
    element('span', { id: `node-help-${name}`, hidden: 'hidden' }).text(help),
  ];
  if (unit ?? unitWhen) controls.push(element('span', { 'data-unit': name }).hide());
  if (choices) {
    const button = { type: 'button', id: `allegro-multimeter-choose-${name}` };
    const show = textOf(node, 'choices.show');
    controls.push(
      element('button', { class: 'red-ui-button', ...button, 'aria-label': show })
        .css({ flex: 'none', width: '34px' })
        .append(icon('fa-search')),
    );
  }
  return controls;
}

/** Holds the rows of the form, where they come from there. */
function listOf(name: string): JQuery {
  const list = element('ol', {
    id: `node-input-${name}-list`,
    'aria-labelledby': `node-label-${name}`,
    'aria-describedby': `node-help-${name}`,
  });
  return element('div', { 'data-list': name }).append(list);
}
