import type { NodeDefinition } from '../../nodes/definitions/model/define-node';
import type { TriggerDefinition } from '../../nodes/definitions/triggers/trigger';
import {
  hostFieldsOf,
  POLL_FIELDS,
  SECRET_TEXTS,
} from '../../node-red/runtime/triggers/trigger-fields';
import { errorLine } from './errors';
import { fieldsText, fieldTable, fullFieldTable } from './field-table';
import { jsonBlock, pageName, settings } from './node-page';

/** The page about one trigger, for both hosts, as Markdown. */
export function triggerPage(trigger: TriggerDefinition): string {
  const { label, description, details, permission, warnings = [], source, fields } = trigger;
  const isPoll = trigger.kind === 'poll';
  const shown = fields.map((field) => ({ ...field, messageProperty: undefined }));
  return [
    `<!-- Written by npm run docs from nodes/definitions: do not edit. -->`,
    `# ${label}`,
    `${description}.`,
    ...warnings.map(({ text }) => `> **Careful:** ${text}`),
    '## Example',
    ...settings(trigger.name, fields),
    `- **n8n:** ${inN8n(trigger)}.\n- **Node-RED:** node \`allegro-multimeter-${pageName(trigger)}\`.`,
    `All events of a poll or delivery start one run in n8n, as its items. Node-RED sends one message for each, with the event as \`msg.payload\`${onMessage(trigger)}.`,
    jsonBlock(trigger.sampleOutput),
    '## Details',
    details.map((text) => `- ${text}`).join('\n'),
    '## Fields',
    fieldsText(shown),
    fieldTable(shown),
    ...(isPoll
      ? ['Polling and state: see [Triggers](../triggers.md).']
      : [
          '### In Node-RED Only',
          fullFieldTable(hostFieldsOf(trigger)),
          `**${SECRET_TEXTS.label}:** ${SECRET_TEXTS.description}.`,
          PUSHING,
          '### In n8n Only',
          PUSHING_N8N,
        ]),
    '## See also',
    `**Permission on the appliance:** ${permission}.`,
    ...(isPoll
      ? []
      : [
          'A delivery that is refused is answered with 401 (no secret), 403 (wrong secret), 413 (too long) or 400 (no JSON).',
        ]),
    errorsOf(trigger),
    `**Source:** "${source}" in the vendor's "REST API description". [All pages](../README.md)`,
  ].join('\n\n');
}

/** The page about what all triggers that poll have in common. */
export function triggersPage(): string {
  return [
    '<!-- Written by npm run docs: do not edit. -->',
    '# Triggers',
    'This applies to every trigger that polls the appliance: all but the _Pushed Statistics Trigger_.',
    'A poll that fails changes nothing: the next one that succeeds finds what happened meanwhile. In n8n it is listed as a failed execution. In Node-RED an error goes to _Catch_ nodes the first time, and once an hour while it lasts.',
    '## In n8n',
    POLLING_N8N,
    '## In Node-RED',
    fullFieldTable(POLL_FIELDS),
    POLLING,
  ].join('\n\n');
}

const POLLING =
  'The state of a trigger is a small JSON file in the user directory of Node-RED, `allegro-multimeter/trigger-<node id>.json`, replaced as a whole. Events are written there before they are sent, so that a restart neither loses nor repeats any; after a crash while sending they are sent again with the same `eventId`. The file is removed when the node is deleted or disabled.';

const PUSHING =
  'The form shows the URL to enter at the appliance. The secret is kept among the credentials of Node-RED.';

const POLLING_N8N =
  'Set under _Poll Times_ how often the appliance is polled. n8n keeps the state of the trigger with the workflow. n8n stores it when a poll brings events, and whenever the workflow is activated or n8n starts; after a restart it asks the appliance again about the time since then, so that nothing is lost or reported twice. Only what a Threshold Trigger watches with _Any Value_ or _Reach of the Ring Buffer_ cannot be asked about the past: one that is still beyond its limit is reported again, unless its cool-down goes on. _Fetch Test Event_ shows what an event would look like now.';

const PUSHING_N8N =
  'On the appliance, enter the Production URL that the form shows, followed by `?secret=` and the secret of the credential _Allegro Network Multimeter Push API_. A proxy may send the secret as the header `X-Allegro-Secret` or as a bearer token instead.';

function inN8n({ kind, label }: TriggerDefinition): string {
  return kind === 'poll'
    ? `_Allegro Network Multimeter Trigger_, Trigger On _${label.replace(/ Trigger$/, '')}_`
    : '_Allegro Network Multimeter Push Trigger_';
}

function onMessage({ messageProperties }: TriggerDefinition): string {
  const entries = Object.entries(messageProperties).map(
    ([name, from]) => `\`msg.${name}\` (\`${from}\`)`,
  );
  return entries.length === 0
    ? ''
    : `. Beside it stand ${entries.join(', ')}, which the nodes that follow take where their own fields are blank`;
}

/** As a node of the same needs would have them. */
function errorsOf(trigger: TriggerDefinition): string {
  return errorLine({
    ...trigger,
    producesFile: false,
    needsAppliance: trigger.kind === 'poll',
  } as unknown as NodeDefinition);
}
