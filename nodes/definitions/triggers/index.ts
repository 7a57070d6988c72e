import { incidentsTrigger } from './incidents-trigger';
import { newElementTrigger } from './new-element-trigger';
import { pushedStatisticsTrigger } from './pushed-statistics-trigger';
import { thresholdTrigger } from './threshold-trigger';
import type { TriggerDefinition } from './trigger';

/** Every trigger, in the order in which menus show them. Adding one means adding a line here. */
export const triggers: readonly TriggerDefinition[] = [
  thresholdTrigger,
  incidentsTrigger,
  newElementTrigger,
  pushedStatisticsTrigger,
];
