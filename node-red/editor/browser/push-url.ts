import { page } from './editor-api';
import { STORED } from './login';
import { trimEnd, trimStart } from '../../../client/values/text';

/** Shows the URL that the appliance is to be given, as far as this browser can tell. */
export function showPushUrl(): void {
  const update = () => {
    page.$('#allegro-multimeter-push-url').text(pushUrl());
  };
  page.$('#node-input-urlPath, #node-input-secret').on('input', update);
  page.$('#node-input-urlPath, #node-input-secret').on('change', update);
  update();
}

function pushUrl(): string {
  const root = trimEnd(String(page.RED.settings.httpNodeRoot ?? '/'), '/');
  const path = trimEnd(trimStart(page.$('#node-input-urlPath').val() ?? '', '/'), '/');
  const typed = page.$('#node-input-secret').val() ?? '';
  const secret = typed === '' || typed === STORED ? '<secret>' : encodeURIComponent(typed);
  return `${page.location.origin}${root}/${path}?secret=${secret}`;
}
