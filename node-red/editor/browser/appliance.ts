import { applianceChanges } from '../../migrations';
import { failureText } from './choices';
import { page, translate, type EditorNode } from './editor-api';

const ID = '#node-config-input-';

/**
 * Prepares the form of the config node: one login or the other, certificates of its own or of a TLS
 * configuration, and the test button.
 */
export function prepareAppliance(node: EditorNode): void {
  for (const [name, value] of Object.entries(applianceChanges(node))) {
    page.$(`${ID}${name}`).val(value);
  }
  prepareTls();
  const authentication = page.$(`${ID}authentication`);
  const update = () => {
    const isToken = authentication.val() !== 'password';
    page.$('#allegro-multimeter-appliance-form [data-login="token"]').toggle(isToken);
    page.$('#allegro-multimeter-appliance-form [data-login="password"]').toggle(!isToken);
  };
  authentication.on('change', update);
  update();
  prepareTest(node);
}

/** Takes over what the editor does not read by itself. */
export function saveAppliance(node: EditorNode): void {
  const { version } = applianceChanges(node);
  if (version !== undefined) node.version = version;
}

/** What a TLS configuration replaces is hidden, but stays in the page and so is kept. */
function prepareTls(): void {
  const choice = page.$(`${ID}tls`);
  const update = () => {
    const chosen = choice.val();
    const isOwn = !chosen || chosen === '_ADD_';
    page.$('#allegro-multimeter-appliance-form [data-own-tls]').toggle(isOwn);
    page.$('#allegro-multimeter-tls-note').toggle(!isOwn);
  };
  choice.on('change', update);
  update();
}

function prepareTest(node: EditorNode): void {
  const button = page.$('#allegro-multimeter-test');
  const result = page.$('#allegro-multimeter-test-result');
  const say = (text: string) => result.text(text).show();
  button.on('click', (event) => {
    event.preventDefault();
    button.prop('disabled', true);
    say(translate(node, 'test.running', 'Connecting…'));
    page.$.ajax({
      url: `allegro-multimeter/${encodeURIComponent(node.id)}/test`,
      type: 'POST',
      timeout: 20_000,
    })
      .done((answer) => {
        button.prop('disabled', false);
        const time = String((answer as { applianceTime?: string }).applianceTime);
        const connected = `Connected. The clock of the appliance says ${time}.`;
        say(node._('test.connected', { defaultValue: connected, time }));
      })
      .fail((failure) => {
        button.prop('disabled', false);
        say(failureText(node, failure));
      });
  });
}

/** The address of an appliance, or an environment variable that holds it. */
export function validateUrl(node: EditorNode, value: unknown): true | string {
  if (/^https?:\/\/[^\s/@?#]+(\/[^\s?#]*)?$/.test(String(value ?? '').trim())) return true;
  return translate(node, 'validation.url', 'Enter the URL of the appliance, with https://');
}
