import { typeOf } from '../runtime/values/names';
import {
  hasAppliance,
  isTrigger,
  type PaletteDefinition,
} from '../runtime/nodes/palette-definitions';
import { SECRET_TEXTS } from '../runtime/triggers/trigger-fields';
import { escapeHtml, indent } from './html';

export const INPUT_WIDTH = 'calc(100% - 160px)';

/** The part of a form that Node-RED fills in by itself. The shared script adds the fields. */
export function formHtml(definition: PaletteDefinition): string {
  const isPush = isTrigger(definition) && definition.kind === 'push';
  const body = [
    NAME_ROW,
    hasAppliance(definition) ? APPLIANCE_ROW : '',
    isPush ? SECRET_ROW : '',
  ].filter(Boolean);
  return [
    `<script type="text/html" data-template-name="${typeOf(definition)}">`,
    '  <div id="allegro-multimeter-form">',
    indent(body.join('\n'), 4),
    '  </div>',
    '</script>',
  ].join('\n');
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
const SECRET_ROW = `<div data-secret>
  <div class="form-row" data-field="secret">
    <label for="node-input-secret" title="${escapeHtml(SECRET_TEXTS.description)}" data-i18n="[title]secret.description"><i class="fa fa-key"></i> <span data-i18n="secret.label">${SECRET_TEXTS.label}</span></label>
    <div data-control="secret">
      <input type="password" id="node-input-secret" autocomplete="new-password" aria-describedby="node-help-secret" style="flex: 1 1 0; min-width: 0">
      <button type="button" class="red-ui-button" id="allegro-multimeter-generate-secret" style="flex: none" data-i18n="secret.generate">${SECRET_TEXTS.generate}</button>
    </div>
    <span id="node-help-secret" hidden data-i18n="secret.description"></span>
  </div>
  <div class="form-tips" role="status" style="margin-bottom: 12px"><span data-i18n="secret.url">${SECRET_TEXTS.url}</span> <code id="allegro-multimeter-push-url" style="overflow-wrap: anywhere; white-space: normal"></code></div>
</div>`;
