import { thresholdTrigger } from './threshold-trigger';
import type { PollTrigger } from './trigger';

/** Every trigger that polls, in the order in which menus show them. */
export const pollTriggers: readonly PollTrigger[] = [thresholdTrigger];
