import { parseBaseUrl } from '../../../nodes/definitions/sign-in/base-url';
import { showCertificate, showFailure, showProgress, showTest } from './appliance-test';
import { page, translate, type EditorNode, type JQuery } from './editor-api';
import { STORED } from './login';

const ID = '#node-config-input-';

/**
 * Prepares the form of the config node: one login or the other, certificates of its own or of a TLS
 * configuration, and the buttons that ask the appliance.
 */
export function prepareAppliance(node: EditorNode): void {
  prepareTls();
  prepareIgnore(node);
  prepareWarnings();
  // Node-RED replaces these inputs by menus.
  for (const name of ['tls', 'proxy']) {
    page.$(`${ID}${name}`).attr('aria-describedby', `node-config-help-${name}`);
  }
  const authentication = page.$(`${ID}authentication`);
  const update = () => {
    const isToken = authentication.val() !== 'password';
    page.$('#allegro-multimeter-appliance-form [data-login="token"]').toggle(isToken);
    page.$('#allegro-multimeter-appliance-form [data-login="password"]').toggle(!isToken);
  };
  authentication.on('change', update);
  update();
  prepareButton(node, 'test', (result, answer) => showTest(node, result, answer));
  prepareButton(node, 'certificate', (result, answer) =>
    showCertificate(node, result, page.$(`${ID}caCertificate`), answer),
  );
  prepareOutdated(node);
}

/** A result of a test is of the values that were tested: once one is another, it says nothing. */
function prepareOutdated(node: EditorNode): void {
  const result = page.$('#allegro-multimeter-test-result');
  page.$('#allegro-multimeter-appliance-form').on('input change', () => {
    if (result.attr('data-level') === undefined) return;
    showProgress(result, translate(node, 'test.hint', 'Tests the values in this form.'));
  });
}

/** Hides what a TLS configuration replaces. It stays in the page, so its value is kept. */
function prepareTls(): void {
  const choice = page.$(`${ID}tls`);
  const update = () => {
    const isOwn = !hasTlsNode();
    page.$('#allegro-multimeter-appliance-form [data-own-tls]').toggle(isOwn);
    page.$('#allegro-multimeter-tls-note').toggle(!isOwn);
  };
  choice.on('change', update);
  update();
}

/** A flow that was written by hand may take it from an environment variable; then it is a text. */
function prepareIgnore({ ignoreCertificateErrors }: EditorNode): void {
  if (typeof ignoreCertificateErrors !== 'string' || !isVariable(ignoreCertificateErrors)) return;
  const input = page.$(`${ID}ignoreCertificateErrors`);
  input.attr('type', 'text').val(ignoreCertificateErrors);
}

function isVariable(text: string): boolean {
  return /^\$(?:\{\S+\}|\(\S+\))$/.test(text.trim());
}

/** Warns while the settings let others read the login. */
function prepareWarnings(): void {
  const url = page.$(`${ID}baseUrl`);
  const ignore = page.$(`${ID}ignoreCertificateErrors`);
  const tls = page.$(`${ID}tls`);
  const update = () => {
    const isClear = /^\s*http:/i.test(url.val() ?? '');
    const isUnchecked = !isClear && !hasTlsNode() && ignore.prop('checked') === true;
    page.$('#allegro-multimeter-http-note').toggle(isClear);
    page.$('#allegro-multimeter-unchecked-note').toggle(isUnchecked);
  };
  url.on('input', update);
  for (const input of [url, ignore, tls]) input.on('change', update);
  update();
}

function hasTlsNode(): boolean {
  const chosen = page.$(`${ID}tls`).val();
  return Boolean(chosen) && chosen !== '_ADD_';
}

/** Sends the content of the form to the runtime when a button is pressed. */
function prepareButton(
  node: EditorNode,
  name: 'test' | 'certificate',
  onAnswer: (result: JQuery, answer: unknown) => void,
): void {
  const button = page.$(`#allegro-multimeter-${name}`);
  const result = page.$(`#allegro-multimeter-${name}-result`);
  const end = (show: () => void) => {
    button.prop('disabled', false);
    show();
    // The form may be longer than the window.
    (result[0] as { scrollIntoView(options: object): void }).scrollIntoView({ block: 'nearest' });
  };
  button.on('click', (event) => {
    event.preventDefault();
    button.prop('disabled', true);
    showProgress(result, translate(node, `${name}.running`, 'Connecting…'));
    page.$.ajax({
      url: `allegro-multimeter/${encodeURIComponent(node.id)}/${name}`,
      type: 'POST',
      contentType: 'application/json',
      data: JSON.stringify(formValues()),
      timeout: 20_000,
    })
      .done((answer) => end(() => onAnswer(result, answer)))
      .fail((failure) => end(() => showFailure(node, result, failure)));
  });
}

const TEXTS = ['baseUrl', 'authentication', 'caCertificate', 'tls', 'proxy'];
const SECRETS = ['token', 'user', 'password'];

/** What the form holds at the moment. */
function formValues(): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name of [...TEXTS, ...SECRETS]) {
    const value = page.$(`${ID}${name}`).val() ?? '';
    if (SECRETS.includes(name) && (value === STORED || value === '')) continue;
    values[name] = value === '_ADD_' ? '' : value;
  }
  const ignore = page.$(`${ID}ignoreCertificateErrors`);
  const isText = ignore.attr('type') === 'text';
  values.ignoreCertificateErrors = isText ? ignore.val() : ignore.prop('checked') === true;
  return values;
}

/** The URL of an appliance, or an environment variable that holds it. */
export function validateUrl(node: EditorNode, value: unknown): true | string {
  const text = String(value ?? '').trim();
  if (isVariable(text)) return true;
  const found = parseBaseUrl(text);
  if (found === 'login') {
    return translate(node, 'validation.urlLogin', 'Remove user and password from the URL');
  }
  if (typeof found === 'object') return true;
  return translate(node, 'validation.url', 'Enter the URL of the appliance, with https://');
}

/** How many requests at once, blank for the default. */
export function validateLimit(node: EditorNode, value: unknown): true | string {
  const text = String(value ?? '');
  if (/^([1-9]|[1-5][0-9]|\$\{.+\})?$/.test(text)) return true;
  const label = translate(node, 'fields.maxConcurrentRequests.label', 'Parallel Requests');
  const defaultValue = `${label}: a whole number from 1 to 59`;
  return node._('validation.range', { defaultValue, label, min: 1, max: 59 });
}
