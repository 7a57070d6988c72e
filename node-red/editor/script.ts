import { MIN_SECRET_LENGTH } from '../../nodes/definitions/triggers/secret';
import { APPLIANCE_TYPE, SAVED_VERSION, typeOf } from '../runtime/values/names';
import {
  hasAppliance,
  isTrigger,
  type PaletteDefinition,
} from '../runtime/nodes/palette-definitions';
import { SECRET_TEXTS } from '../runtime/triggers/trigger-fields';
import { formFields } from './editor-field';
import { indent, scriptLiteral } from './html';
import { iconOf } from './icons';

/** Where the script that all node sets share is served; relative, because of `httpAdminRoot`. */
export const SHARED_SCRIPT = 'resources/@allegro-multimeter/node-red/editor.js';

const CATEGORY = 'Allegro Multimeter';

/** Light enough for the dark label text that both themes put on it. */
const COLOR = '#A9C8D8';

/** Nodes that would be taken for others' in a flow without the name of the vendor. */
const COMMON = new Set(['chart', 'apiRequest', 'getStats']);

/**
 * The script that registers a palette node. Everything that the scorecard and other readers look
 * for stands in it as a literal: no constants, no spreads, no template strings.
 */
export function scriptHtml(definition: PaletteDefinition): string {
  const label = definition.label.toLowerCase();
  const onCanvas = COMMON.has(definition.name) ? `allegro ${label}` : label;
  const isPush = isTrigger(definition) && definition.kind === 'push';
  return [
    `<script src="${SHARED_SCRIPT}"></script>`,
    '<script type="text/javascript">',
    '(function () {',
    '  var check = AllegroMultimeter.check;',
    `  RED.nodes.registerType(${scriptLiteral(typeOf(definition))}, {`,
    `    category: ${scriptLiteral(CATEGORY)},`,
    `    color: ${scriptLiteral(COLOR)},`,
    `    inputs: ${isTrigger(definition) ? 0 : 1},`,
    '    outputs: 1,',
    `    icon: ${scriptLiteral(iconOf(definition))},`,
    `    paletteLabel: ${scriptLiteral(label)},`,
    '    defaults: {',
    indent(defaultsOf(definition).join(',\n'), 6),
    '    },',
    `    label: function () { return this.name || ${specialLabel(definition)}${scriptLiteral(onCanvas)}; },`,
    '    labelStyle: function () { return this.name ? "node_label_italic" : ""; },',
    ...(isPush
      ? [
          `    credentials: { secret: { type: "password", label: ${scriptLiteral(SECRET_TEXTS.label)}, validate: function (value, opt) { return AllegroMultimeter.validateSecret(this, value, ${MIN_SECRET_LENGTH}); } } },`,
        ]
      : []),
    '    onadd: function () { AllegroMultimeter.add(this); },',
    `    oneditprepare: function () { AllegroMultimeter.prepare(this);${isPush ? ' AllegroMultimeter.showPushUrl();' : ''} },`,
    '    oneditsave: function () { AllegroMultimeter.save(this); }',
    '  });',
    '})();',
    '</script>',
  ].join('\n');
}

/** Where a choice in the form makes another thing of the node. */
function specialLabel(definition: PaletteDefinition): string {
  if (isTrigger(definition) || !definition.variants) return '';
  const { field, others } = definition.variants;
  const lowerCase = Object.fromEntries(
    Object.entries(others).map(([value, { label }]) => [value, label.toLowerCase()]),
  );
  return `(this.${field}Type || "option") === "option" && ${scriptLiteral(lowerCase)}[this.${field}] || `;
}

function defaultsOf(definition: PaletteDefinition): string[] {
  return [
    'name: { value: "" }',
    // It has no input, so it carries the check of the secret when the whole node is validated.
    isTrigger(definition) && definition.kind === 'push'
      ? `version: { value: ${SAVED_VERSION}, validate: function (value, opt) { return AllegroMultimeter.validateHeldSecret(this, ${MIN_SECRET_LENGTH}); } }`
      : `version: { value: ${SAVED_VERSION} }`,
    ...(hasAppliance(definition)
      ? [
          `appliance: { value: "", type: ${scriptLiteral(APPLIANCE_TYPE)}, required: true, label: "Appliance" }`,
        ]
      : []),
    // Without a value: what is not in a flow has the default of the definition.
    ...formFields(definition).flatMap(({ name, type }) => [
      `${name}: { validate: check("${name}") }, ${name}Type: {}`,
      ...(type === 'list'
        ? [`${name}Rows: { validate: AllegroMultimeter.checkRows("${name}") }`]
        : []),
    ]),
  ];
}
