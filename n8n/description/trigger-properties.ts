import type { INodeProperties } from 'n8n-workflow';
import type { PushTrigger, TriggerDefinition } from '../../nodes/definitions/triggers/trigger';
import { noticeProperty } from './notice';
import { authenticationProperty, formOf } from './properties';

/** Name of the parameter that chooses what starts the workflow. */
export const TRIGGER_ON_NAME = 'triggerOn';

/** All properties of the polling trigger, generated from the definitions. */
export function pollProperties(triggers: readonly TriggerDefinition[]): INodeProperties[] {
  return [authenticationProperty, triggerOnProperty(triggers), ...triggers.flatMap(triggerFields)];
}

/** All properties of the push trigger. */
export function pushProperties(trigger: PushTrigger): INodeProperties[] {
  const howTo =
    'On the appliance, open Settings → Remote access & export → Statistics export. As the target, enter the Production URL above, followed by <code>?secret=</code> and the secret of the credential';
  return [noticeProperty('howTo', howTo), ...formOf(trigger)];
}

/** The line below the node's name on the canvas: what it triggers on. */
export function triggerSubtitle(triggers: readonly TriggerDefinition[]): string {
  const labels = Object.fromEntries(triggers.map(({ name, label }) => [name, shortLabel(label)]));
  return `={{ (${JSON.stringify(labels)})[$parameter["${TRIGGER_ON_NAME}"]] }}`;
}

function triggerOnProperty(triggers: readonly TriggerDefinition[]): INodeProperties {
  return {
    displayName: 'Trigger On',
    name: TRIGGER_ON_NAME,
    type: 'options',
    noDataExpression: true,
    description: 'What starts the workflow',
    hint: 'To receive statistics that the appliance pushes, add the Allegro Network Multimeter Push Trigger',
    options: triggers
      .map(({ name, label, action, description, isExperimental }) => ({
        name: `${shortLabel(label)}${isExperimental ? ' (Experimental)' : ''}`,
        value: name,
        action,
        description,
      }))
      .sort((a, b) => a.name.localeCompare(b.name)),
    default: triggers[0].name,
  };
}

function triggerFields(trigger: TriggerDefinition): INodeProperties[] {
  return formOf(trigger, { [TRIGGER_ON_NAME]: [trigger.name] });
}

/** Without the word Trigger, which is part of the node's name. */
function shortLabel(label: string): string {
  return label.replace(/ Trigger$/, '');
}
