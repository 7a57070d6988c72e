import { failureText } from './choices';
import { page, translate, type EditorNode } from './editor-api';

const ID = '#node-config-input-';

/** Prepares the form of the config node: one login or the other, and the test button. */
export function prepareAppliance(node: EditorNode): void {
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
        say((answer as { message?: string }).message ?? 'OK');
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
