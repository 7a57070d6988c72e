import {
  BASE_URL_FIELD,
  CA_CERTIFICATE_FIELD,
  CLEAR_TEXT_NOTE,
  IGNORE_CERTIFICATE_ERRORS_FIELD,
  PASSWORD_FIELD,
  TOKEN_FIELD,
  UNCHECKED_NOTE,
  USER_FIELD,
  type CredentialField,
} from '../../nodes/definitions/sign-in/fields';
import { english, type Text } from '../locales/text';
import { APPLIANCE_TYPE, SAVED_VERSION } from '../runtime/values/names';
import { sharedTexts, translateAll, type Catalogue } from './catalogue';
import { exampleText } from './editor-field';
import { formStyle, INPUT_WIDTH } from './form';
import { escapeHtml, indent, scriptLiteral, sentence, withCode } from './html';
import { SHARED_SCRIPT } from './script';

/** In the order of the form; the login that does not apply is hidden. */
const FIELDS: ReadonlyArray<{
  field: CredentialField;
  icon: string;
  login?: 'token' | 'password';
  /** Of no use, and hidden, when a TLS configuration is chosen. */
  isOwnTls?: boolean;
}> = [
  { field: BASE_URL_FIELD, icon: 'fa-server' },
  { field: TOKEN_FIELD, icon: 'fa-key', login: 'token' },
  { field: USER_FIELD, icon: 'fa-user', login: 'password' },
  { field: PASSWORD_FIELD, icon: 'fa-lock', login: 'password' },
  { field: CA_CERTIFICATE_FIELD, icon: 'fa-certificate', isOwnTls: true },
  { field: IGNORE_CERTIFICATE_ERRORS_FIELD, icon: 'fa-unlock', isOwnTls: true },
];

const LOGIN_FIELDS = [TOKEN_FIELD, USER_FIELD, PASSWORD_FIELD];

/** Config nodes of Node-RED itself that may be used. */
const CONFIG_NODES = [
  {
    name: 'tls',
    type: 'tls-config',
    label: 'TLS Configuration',
    icon: 'fa-lock',
    description:
      'A config node of Node-RED with authority, client certificate and key, server name and check. If one is chosen, it alone counts: the CA certificate and "Ignore Certificate Errors" of this form are not used',
  },
  {
    name: 'proxy',
    type: 'http proxy',
    label: 'Proxy',
    icon: 'fa-share-alt',
    description:
      'A config node of Node-RED with the URL of a proxy, its login, and the hosts that are reached without it. None: straight to the appliance, whatever proxy variables the environment sets',
  },
] as const;

const NOTES = {
  http: CLEAR_TEXT_NOTE,
  unchecked: UNCHECKED_NOTE,
  tls: 'Certificates are checked as the TLS configuration says; the CA certificate and "Ignore Certificate Errors" of this form are not used.',
};

const AUTHENTICATION = {
  name: 'authentication',
  label: 'Login',
  description:
    'How the nodes sign in. An API token (firmware 4.2 or later) is the better choice: logins with user and password fill the event log of the appliance',
  options: { token: 'API token', password: 'User and password' },
};

const LIMIT = {
  name: 'maxConcurrentRequests',
  label: 'Parallel Requests',
  description:
    'How many short requests, and how many transfers, may run at once for all nodes of this appliance. Blank for 4',
};

const TEST = {
  button: 'Test connection',
  running: 'Connecting…',
  connected: 'Connected. The clock of the appliance says __time__.',
  hint: 'Tests what stands in this form, before it is deployed.',
};

const CERTIFICATE = {
  button: 'Get certificate',
  running: 'Connecting…',
  fetched:
    'Certificate of __subject__, valid until __until__. Anyone on the path could have put in another one: compare its SHA-256 fingerprint with that of the appliance. __fingerprint__',
};

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
    // Without an input of its own, it stands in for the logins when the whole node is checked.
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
    `    ${formStyle('allegro-multimeter-appliance-form')}`,
    indent(rows.join('\n'), 4),
    '  </div>',
    '</script>',
  ].join('\n');
}

const NAME_ROW = `<div class="form-row">
  <label for="node-config-input-name"><i class="fa fa-tag"></i> <span data-i18n="node-red:common.label.name">Name</span></label>
  <input type="text" id="node-config-input-name" data-i18n="[placeholder]node-red:common.label.name">
</div>`;

/** Node-RED makes a menu of the input, with buttons to add and edit. */
function configNodeRow({ name, label: text, icon, description }: (typeof CONFIG_NODES)[number]) {
  return [
    '<div class="form-row">',
    `  ${label(name, text, description, icon)}`,
    `  <input type="text" id="node-config-input-${name}" style="width: ${INPUT_WIDTH}">`,
    `  ${help(name)}`,
    '</div>',
  ].join('\n');
}

/** What stands in the form only at times; the script shows it. */
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

/** The text of the label's title, for those who get to the input by the keyboard. */
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
      return `<textarea ${id} rows="4" style="font-family: monospace" spellcheck="false"${hint}></textarea>`;
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
    `  <div class="form-tips" id="allegro-multimeter-test-result" role="status" style="margin-top: 8px" data-i18n="test.hint">${TEST.hint}</div>`,
    '</div>',
  ].join('\n');
}

/** All fields of the form that have a description, in its order. */
function described(): Array<{
  name: string;
  label: string;
  description: string;
  placeholder?: string;
  options?: Catalogue;
}> {
  const [baseUrl, ...others] = FIELDS.map(({ field }) => field);
  return [baseUrl!, AUTHENTICATION, ...others, ...CONFIG_NODES, LIMIT];
}

/** The catalogue of the config node. */
export function applianceTexts(text: Text = english): Catalogue {
  const fields = described().map(({ name, label, description, placeholder, options }) => [
    name,
    {
      label: text(label),
      description: sentence(text(description)),
      ...(placeholder ? { placeholder: exampleText(placeholder, text) } : {}),
      ...(options ? { options: translateAll(options, text) } : {}),
    },
  ]);
  return {
    ...sharedTexts(text),
    test: translateAll(TEST, text),
    certificate: translateAll(CERTIFICATE, text),
    notes: translateAll(NOTES, text),
    fields: Object.fromEntries(fields) as Catalogue,
  };
}

/** Help of the config node. */
export function applianceHelp(text: Text = english): string {
  const entries = described().map(
    ({ label, description }) =>
      `  <dt>${escapeHtml(text(label))}</dt>\n  <dd>${escapeHtml(sentence(text(description)))}</dd>`,
  );
  return [
    `<script type="text/html" data-help-name="${APPLIANCE_TYPE}">`,
    `<p>${text('Address and login of an Allegro Network Multimeter, shared by all nodes that use it.')}</p>`,
    `<h3>${text('Details')}</h3>`,
    '<dl>',
    ...entries,
    '</dl>',
    `<p>${withCode(text('Token, user and password are stored encrypted and are not part of exported flows. URL, token, user, password, CA certificate and Parallel Requests take an environment variable as ${NAME}.'))}</p>`,
    `<p>${text('The test reads the clock of the appliance, with what stands in the form. A login that is stored is used only for the address that it was stored for.')}</p>`,
    `<p>${text('"Get certificate" shows the certificate that the appliance presents and enters it as CA certificate. Compare the fingerprint before you deploy: from then on connections are checked against it.')}</p>`,
    `<h3>${text('References')}</h3>`,
    '<ul>',
    `  <li>${text('REST API description of the Allegro Network Multimeter: __source__', { source: 'Credentials; Using API token' })}</li>`,
    '</ul>',
    '</script>',
    '',
  ].join('\n');
}
