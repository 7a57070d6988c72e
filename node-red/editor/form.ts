import type { Warning } from '../../nodes/definitions/model/define-node';
import type { Field } from '../../nodes/definitions/model/field';
import { typeOf } from '../runtime/values/names';
import {
  hasAppliance,
  isTrigger,
  type PaletteDefinition,
} from '../runtime/nodes/palette-definitions';
import { SECRET_TEXTS } from '../runtime/triggers/trigger-fields';
import { choicesOf, descriptionOf, formFields, labelOf, placeholderOf } from './editor-field';
import { escapeHtml, indent } from './html';

const LABEL_WIDTH = '155px';
export const INPUT_WIDTH = 'calc(100% - 160px)';

const ICONS: Record<Field['type'], string> = {
  text: 'fa-pencil',
  number: 'fa-hashtag',
  boolean: 'fa-check-square-o',
  options: 'fa-list-ul',
  dateTime: 'fa-clock-o',
  list: 'fa-filter',
  file: 'fa-file-o',
};

/** The form of a palette node. All rows are in the page; the script shows those that apply. */
export function formHtml(definition: PaletteDefinition): string {
  const fields = formFields(definition);
  const basic = fields.filter(({ advanced }) => !advanced).map(fieldRow);
  const advanced = fields.filter((field) => field.advanced).map(fieldRow);
  const body = [
    ...(definition.warnings ?? []).map(warningTip),
    NAME_ROW,
    hasAppliance(definition) ? APPLIANCE_ROW : '',
    ...basic,
    isTrigger(definition) && definition.kind === 'push' ? SECRET_ROW : '',
    advanced.length > 0 ? advancedSection(advanced) : '',
  ].filter(Boolean);
  return [
    `<script type="text/html" data-template-name="${typeOf(definition)}">`,
    '  <div id="allegro-multimeter-form">',
    `    ${formStyle('allegro-multimeter-form')}`,
    indent(body.join('\n'), 4),
    '  </div>',
    '</script>',
  ].join('\n');
}

/** Labels of a few words fit on one line; inputs take the remaining width. */
export function formStyle(id: string): string {
  return `<style>#${id} .form-row > label { width: ${LABEL_WIDTH} } #${id} .form-row > label + input, #${id} .form-row > label + select, #${id} .form-row > label + textarea { width: ${INPUT_WIDTH} }</style>`;
}

const NAME_ROW = `<div class="form-row">
  <label for="node-input-name"><i class="fa fa-tag"></i> <span data-i18n="node-red:common.label.name">Name</span></label>
  <input type="text" id="node-input-name" data-i18n="[placeholder]node-red:common.label.name">
</div>`;

const APPLIANCE_ROW = `<div class="form-row">
  <label for="node-input-appliance"><i class="fa fa-server"></i> <span data-i18n="appliance">Appliance</span></label>
  <input type="text" id="node-input-appliance" style="width: ${INPUT_WIDTH}">
</div>`;

/** Kept among the credentials. The script fills in the URL. */
const SECRET_ROW = `<div class="form-row">
  <label for="node-input-secret" title="${escapeHtml(SECRET_TEXTS.description)}" data-i18n="[title]secret.description"><i class="fa fa-key"></i> <span data-i18n="secret.label">${SECRET_TEXTS.label}</span></label>
  <input type="password" id="node-input-secret" autocomplete="new-password" aria-describedby="node-help-secret">
  <span id="node-help-secret" hidden data-i18n="secret.description"></span>
</div>
<div class="form-tips" role="status" style="margin-bottom: 12px"><span data-i18n="secret.url">${SECRET_TEXTS.url}</span> <code id="allegro-multimeter-push-url" style="overflow-wrap: anywhere; white-space: normal"></code></div>`;

/** The script shows those with a condition as it shows rows. */
function warningTip({ text, showWhen }: Warning, index: number): string {
  const condition = showWhen ? ` data-show-when="${escapeHtml(JSON.stringify(showWhen))}"` : '';
  return `<div class="form-tips" style="margin-bottom: 12px"${condition}><i class="fa fa-exclamation-triangle"></i> <span data-i18n="warnings.${index}">${escapeHtml(text)}</span></div>`;
}

function advancedSection(rows: string[]): string {
  return [
    '<div class="form-row" id="allegro-multimeter-more">',
    '  <button type="button" class="red-ui-button" id="allegro-multimeter-more-button" aria-expanded="false" aria-controls="allegro-multimeter-advanced"><i class="fa fa-caret-right"></i> <span data-i18n="more">More options</span></button>',
    '</div>',
    '<div id="allegro-multimeter-advanced">',
    indent(rows.join('\n'), 2),
    '</div>',
  ].join('\n');
}

function fieldRow(field: Field): string {
  const { name, type } = field;
  const key = `fields.${name}`;
  const hasChoices = choicesOf(field) !== undefined;
  const placeholder = placeholderOf(field);
  const input = [
    `<input type="text" id="node-input-${name}"`,
    ` style="width: ${hasChoices ? 'calc(100% - 200px)' : INPUT_WIDTH}"`,
    ` aria-labelledby="node-label-${name}"`,
    placeholder === undefined
      ? ''
      : ` placeholder="${escapeHtml(placeholder)}" data-i18n="[placeholder]${key}.placeholder"`,
    '>',
  ].join('');
  const lines = [
    `<label for="node-input-${name}" id="node-label-${name}" title="${escapeHtml(descriptionOf(field))}" data-i18n="[title]${key}.description"><i class="fa ${ICONS[type]}"></i> <span data-i18n="${key}.label">${escapeHtml(labelOf(field))}</span></label>`,
    input,
    `<input type="hidden" id="node-input-${name}Type">`,
    // Filled by the catalogue, and read out with the controls.
    `<span id="node-help-${name}" hidden data-i18n="${key}.description"></span>`,
    ...(hasChoices ? choicesControls(name) : []),
  ];
  const row = `<div class="form-row" data-field="${name}">\n${indent(lines.join('\n'), 2)}\n</div>`;
  return type === 'list' ? `${row}\n${listRow(name)}` : row;
}

function choicesControls(name: string): string[] {
  return [
    `<button type="button" class="red-ui-button" id="allegro-multimeter-choose-${name}" style="width: 34px" aria-label="Choices" data-i18n="[aria-label]choices.show"><i class="fa fa-search"></i></button>`,
    `<div class="form-tips" id="allegro-multimeter-note-${name}" role="status" style="display: none; margin-top: 6px"></div>`,
  ];
}

/** Its row of the same name says where the rows come from; the list below holds those of the form. */
function listRow(name: string): string {
  return `<div class="form-row node-input-${name}-row" data-field="${name}"><div data-list="${name}"><ol id="node-input-${name}-list" aria-labelledby="node-label-${name}" aria-describedby="node-help-${name}"></ol></div></div>`;
}
