import { incidentsTrigger } from './incidents-trigger';
import { newElementTrigger } from './new-element-trigger';
import { pushedStatisticsTrigger } from './pushed-statistics-trigger';
import { thresholdTrigger } from './threshold-trigger';
import type { PollTrigger, TriggerDefinition } from './trigger';

/** Every trigger, in the order in which menus show them. Adding one means adding a line here. */
export const triggers: readonly TriggerDefinition[] = [
  thresholdTrigger,
  incidentsTrigger,
  newElementTrigger,
  pushedStatisticsTrigger,
];

/** Those that ask the appliance again and again. */
export const pollTriggers: readonly PollTrigger[] = triggers.filter(
  (trigger): trigger is PollTrigger => trigger.kind === 'poll',
);
