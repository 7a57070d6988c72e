import type { TriggerDefinition } from '../../nodes/definitions/triggers/trigger';
import { english, type Text } from '../locales/text';
import { typeOf } from '../runtime/values/names';
import { FIELD_HELP, preformatted, propertyList, REFERENCE, warningTexts } from './help';
import { escapeHtml, sentence, withCode } from './html';

const SETTINGS =
  'Every field holds a value or names an environment variable, and is read when the node starts or polls.';

const POLLING =
  'The node polls on its own, starting half a second after the flows. The status shows how many elements are watched, how many are active, and when the next poll begins.';

const STATE =
  'Its state is a small file in the user directory of Node-RED (allegro-multimeter/trigger-<node id>.json), so it survives a restart. Events are saved there before they are sent: after a crash in between, they are sent again, with the same eventId. The file is removed when the node is deleted or disabled.';

const POLL_ERRORS =
  'Errors go to a Catch node: the first of its kind at once, and a lasting one once an hour. What happened meanwhile is found by the first poll that succeeds.';

const PUSHING =
  'The URL responds with 200 to a valid delivery, 401 without a secret, 403 with a wrong one, 413 above 10 MB (5 MB with the default settings of Node-RED), and 400 if the body is not JSON. If Node-RED requires a login for the URLs of flows (httpNodeAuth), the appliance must send it.';

const PUSH_ERRORS =
  'A delivery with the right secret that cannot be read goes to a Catch node: the first at once, then one an hour.';

const MESSAGE =
  'One message for each event; see the sample. Properties that the next node reads are set as well: __properties__.';

/** The help of a trigger, in the order of Node-RED's help style guide. */
export function triggerHelpHtml(trigger: TriggerDefinition, text: Text = english): string {
  const isPoll = trigger.kind === 'poll';
  const permission = text('Permission on the appliance: __permission__', {
    permission: sentence(text(trigger.permission)),
  });
  const body = [
    `<p>${escapeHtml(sentence(text(trigger.description)))}</p>`,
    ...warningTexts(trigger, text),
    `<h3>${text('Outputs')}</h3>`,
    propertyList(outputsOf(trigger, text)),
    `<h3>${text('Details')}</h3>`,
    ...trigger.details.map((paragraph) => `<p>${withCode(text(paragraph))}</p>`),
    ...[FIELD_HELP, SETTINGS, ...(isPoll ? [POLLING, STATE] : [PUSHING])].map(
      (paragraph) => `<p>${withCode(text(paragraph))}</p>`,
    ),
    `<p>${escapeHtml(permission)}</p>`,
    `<h4>${text('Errors')}</h4>`,
    `<p>${withCode(text(isPoll ? POLL_ERRORS : PUSH_ERRORS))}</p>`,
    `<h4>${text('Sample Output')}</h4>`,
    preformatted(trigger.sampleOutput),
    `<h3>${text('References')}</h3>`,
    '<ul>',
    `  <li>${escapeHtml(text(REFERENCE, { source: trigger.source }))}</li>`,
    '</ul>',
  ].filter(Boolean);
  return [
    `<script type="text/html" data-help-name="${typeOf(trigger)}">`,
    body.join('\n'),
    '</script>',
    '',
  ].join('\n');
}

function outputsOf(trigger: TriggerDefinition, text: Text) {
  const properties = Object.keys(trigger.messageProperties)
    .map((name) => `msg.${name}`)
    .join(', ');
  return [
    { name: 'payload', type: 'object', isOptional: false, text: text(MESSAGE, { properties }) },
    {
      name: 'topic',
      type: 'string',
      isOptional: false,
      text: text(topicOf(trigger)),
    },
  ];
}

/** What `sendEvent` makes of an event like the sample. */
function topicOf({ sampleOutput }: TriggerDefinition): string {
  if ('incident' in sampleOutput) return 'The element, or the rule if the incident names none.';
  return 'element' in sampleOutput ? 'The element.' : 'The exported path.';
}
