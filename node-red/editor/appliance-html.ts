import { BASE_URL_FIELD, type CredentialField } from '../../nodes/definitions/sign-in/fields';
import { APPLIANCE_TYPE, SAVED_VERSION } from '../runtime/values/names';
import {
  AUTHENTICATION,
  CERTIFICATE,
  CONFIG_NODES,
  FIELDS,
  LIMIT,
  LOGIN_FIELDS,
  NOTES,
  TEST,
} from './appliance-fields';
import { INPUT_WIDTH } from './form';
import { escapeHtml, indent, scriptLiteral, sentence } from './html';
import { SHARED_SCRIPT } from './script';

/** Editor HTML of the config node. */
export function applianceHtml(): string {
  return `${scriptHtml()}\n\n${formHtml()}\n`;
}

function scriptHtml(): string {
  return [
    `<script src="${SHARED_SCRIPT}"></script>`,
    '<script type="text/javascript">',
    '(function () {',
    `  RED.nodes.registerType(${scriptLiteral(APPLIANCE_TYPE)}, {`,
    '    category: "config",',
    '    defaults: {',
    '      name: { value: "" },',
    // It has no input, so it carries the check of the login when the whole node is validated.
    `      version: { value: ${SAVED_VERSION}, validate: function (value, opt) { return AllegroMultimeter.validateHeldLogin(this); } },`,
    `      baseUrl: { value: "", required: true, label: ${scriptLiteral(BASE_URL_FIELD.label)}, validate: function (value, opt) { return AllegroMultimeter.validateUrl(this, value); } },`,
    '      authentication: { value: "token" },',
    '      caCertificate: { value: "" },',
    '      ignoreCertificateErrors: { value: false },',
    '      maxConcurrentRequests: { value: "", label: "Parallel Requests", validate: function (value, opt) { return AllegroMultimeter.validateLimit(this, value); } },',
    ...CONFIG_NODES.map(({ name, type, label }, index) => {
      const entry = `{ value: "", type: ${scriptLiteral(type)}, required: false, label: ${scriptLiteral(label)} }`;
      return `      ${name}: ${entry}${index < CONFIG_NODES.length - 1 ? ',' : ''}`;
    }),
    '    },',
    '    credentials: {',
    ...LOGIN_FIELDS.map(({ name, label, type }, index) => {
      const kind = type === 'secret' ? 'password' : 'text';
      const validate = `function (value, opt) { return AllegroMultimeter.validateLogin(this, "${name}", value); }`;
      return `      ${name}: { type: "${kind}", label: ${scriptLiteral(label)}, validate: ${validate} }${index < LOGIN_FIELDS.length - 1 ? ',' : ''}`;
    }),
    '    },',
    '    paletteLabel: "Allegro appliance",',
    '    label: function () { return this.name || this.baseUrl || "appliance"; },',
    '    labelStyle: function () { return this.name ? "node_label_italic" : ""; },',
    '    oneditprepare: function () { AllegroMultimeter.prepareAppliance(this); }',
    '  });',
    '})();',
    '</script>',
  ].join('\n');
}

function formHtml(): string {
  const [certificate, ignore] = FIELDS.filter(({ isOwnTls }) => isOwnTls);
  const [baseUrl, ...others] = FIELDS.filter(({ isOwnTls }) => !isOwnTls).map(row);
  const [tls, proxy] = CONFIG_NODES.map(configNodeRow);
  const rows = [
    ...[NAME_ROW, baseUrl!, note('http'), authenticationRow(), ...others],
    ...[tls!, note('tls'), row(certificate!), certificateRow(), row(ignore!), note('unchecked')],
    ...[proxy!, limitRow(), testRow()],
  ];
  return [
    `<script type="text/html" data-template-name="${APPLIANCE_TYPE}">`,
    '  <div id="allegro-multimeter-appliance-form">',
    `    ${STYLE}`,
    indent(rows.join('\n'), 4),
    '  </div>',
    '</script>',
  ].join('\n');
}

const FORM = '#allegro-multimeter-appliance-form .form-row > label';
const STYLE = `<style>${FORM} { width: 155px } ${['input', 'select', 'textarea'].map((tag) => `${FORM} + ${tag}`).join(', ')} { width: ${INPUT_WIDTH} } #allegro-multimeter-appliance-form select { min-width: 0 }</style>`;

const NAME_ROW = `<div class="form-row">
  <label for="node-config-input-name"><i class="fa fa-tag"></i> <span data-i18n="node-red:common.label.name">Name</span></label>
  <input type="text" id="node-config-input-name" data-i18n="[placeholder]node-red:common.label.name">
</div>`;

/** Node-RED replaces the input by a menu with buttons to add and edit. */
function configNodeRow({ name, label: text, icon, description }: (typeof CONFIG_NODES)[number]) {
  return [
    '<div class="form-row">',
    `  ${label(name, text, description, icon)}`,
    `  <input type="text" id="node-config-input-${name}" style="width: ${INPUT_WIDTH}">`,
    `  ${help(name)}`,
    '</div>',
  ].join('\n');
}

/** A note that the script shows when it applies. */
function note(name: keyof typeof NOTES): string {
  return `<div class="form-tips" id="allegro-multimeter-${name}-note" role="status" style="display: none; margin-bottom: 12px" data-i18n="notes.${name}">${escapeHtml(NOTES[name])}</div>`;
}

function row({ field, icon, login, isOwnTls }: (typeof FIELDS)[number]): string {
  const attributes =
    (login === undefined ? '' : ` data-login="${login}"`) + (isOwnTls ? ' data-own-tls' : '');
  const text = label(field.name, field.label, field.description, icon);
  const content =
    field.type === 'boolean'
      ? // As in Node-RED's own forms: the box first, its label as long as it is.
        [input(field), text.replace('<label ', '<label style="width: auto" ')]
      : [text, input(field)];
  return [
    `<div class="form-row"${attributes}>`,
    ...[...content, help(field.name)].map((line) => `  ${line}`),
    '</div>',
  ].join('\n');
}

function label(name: string, text: string, description: string, icon: string): string {
  return `<label for="node-config-input-${name}" title="${escapeHtml(sentence(description))}" data-i18n="[title]fields.${name}.description"><i class="fa ${icon}"></i> <span data-i18n="fields.${name}.label">${escapeHtml(text)}</span></label>`;
}

/** The text of the label's title, for screen readers. */
function help(name: string): string {
  return `<span id="node-config-help-${name}" hidden data-i18n="fields.${name}.description"></span>`;
}

function input({ name, type, placeholder }: CredentialField): string {
  const id = `id="node-config-input-${name}" aria-describedby="node-config-help-${name}"`;
  const hint = placeholder
    ? ` placeholder="${escapeHtml(placeholder)}" data-i18n="[placeholder]fields.${name}.placeholder"`
    : '';
  switch (type) {
    case 'secret':
      return `<input type="password" ${id} autocomplete="new-password"${hint}>`;
    case 'multiline':
      return `<textarea ${id} rows="4" wrap="off" style="font-family: monospace" spellcheck="false"${hint}></textarea>`;
    case 'boolean':
      return `<input type="checkbox" ${id} style="width: auto; margin: 0 4px 0 0; vertical-align: baseline">`;
    default:
      return `<input type="text" ${id}${hint}>`;
  }
}

function authenticationRow(): string {
  const options = Object.entries(AUTHENTICATION.options).map(
    ([value, text]) =>
      `    <option value="${value}" data-i18n="fields.authentication.options.${value}">${text}</option>`,
  );
  return [
    '<div class="form-row">',
    `  ${label(AUTHENTICATION.name, AUTHENTICATION.label, AUTHENTICATION.description, 'fa-sign-in')}`,
    '  <select id="node-config-input-authentication" aria-describedby="node-config-help-authentication">',
    ...options,
    '  </select>',
    `  ${help(AUTHENTICATION.name)}`,
    '</div>',
  ].join('\n');
}

function limitRow(): string {
  return [
    '<div class="form-row">',
    `  ${label('maxConcurrentRequests', LIMIT.label, LIMIT.description, 'fa-exchange')}`,
    '  <input type="text" id="node-config-input-maxConcurrentRequests" aria-describedby="node-config-help-maxConcurrentRequests" placeholder="4">',
    `  ${help(LIMIT.name)}`,
    '</div>',
  ].join('\n');
}

function certificateRow(): string {
  return [
    '<div class="form-row" data-own-tls>',
    '  <label></label>',
    `  <button type="button" class="red-ui-button" id="allegro-multimeter-certificate"><i class="fa fa-download"></i> <span data-i18n="certificate.button">${CERTIFICATE.button}</span></button>`,
    '  <div class="form-tips" id="allegro-multimeter-certificate-result" role="status" style="display: none; margin-top: 8px; overflow-wrap: anywhere"></div>',
    '</div>',
  ].join('\n');
}

function testRow(): string {
  return [
    '<div class="form-row">',
    `  <button type="button" class="red-ui-button" id="allegro-multimeter-test"><i class="fa fa-plug"></i> <span data-i18n="test.button">${TEST.button}</span></button>`,
    `  <div class="form-tips" id="allegro-multimeter-test-result" role="status" style="margin-top: 8px; overflow-wrap: anywhere" data-i18n="test.hint">${TEST.hint}</div>`,
    '</div>',
  ].join('\n');
}
