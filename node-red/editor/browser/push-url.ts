import { page } from './editor-api';
import { STORED } from './login';
import { trimEnd, trimStart } from '../../../client/values/text';

/** Makes secrets, and shows the URL that the appliance is to be given, as far as the browser can tell. */
export function showPushUrl(): void {
  page.$('#allegro-multimeter-generate-secret').on('click', (event) => {
    event.preventDefault();
    page.$('#node-input-secret').val(randomSecret()).trigger('change');
  });
  const update = () => {
    page.$('#allegro-multimeter-push-url').text(pushUrl());
  };
  page.$('#node-input-urlPath, #node-input-secret').on('input', update);
  page.$('#node-input-urlPath, #node-input-secret').on('change', update);
  update();
}

/** 128 bits in letters and digits, which a URL takes as they are. */
function randomSecret(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function pushUrl(): string {
  const root = trimEnd(String(page.RED.settings.httpNodeRoot ?? '/'), '/');
  const path = trimEnd(trimStart(page.$('#node-input-urlPath').val() ?? '', '/'), '/');
  const typed = page.$('#node-input-secret').val() ?? '';
  const secret = typed === '' || typed === STORED ? '<secret>' : encodeURIComponent(typed);
  return `${page.location.origin}${root}/${path}?secret=${secret}`;
}
