import { definitions } from '../../../nodes/definitions';
import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';
import { needsAppliance } from '../../../nodes/definitions/model/start-run';
import { triggers } from '../../../nodes/definitions/triggers';
import type { TriggerDefinition } from '../../../nodes/definitions/triggers/trigger';

/** A node of the palette: with an input, or a trigger without one. */
export type PaletteDefinition = NodeDefinition | TriggerDefinition;

/** All of them, in the order of the palette. */
export const paletteDefinitions: readonly PaletteDefinition[] = [...triggers, ...definitions];

export function isTrigger(definition: PaletteDefinition): definition is TriggerDefinition {
  return 'kind' in definition;
}

/** Whether the form asks for an appliance. What the appliance pushes needs no login. */
export function hasAppliance(definition: PaletteDefinition): boolean {
  return isTrigger(definition) ? definition.kind === 'poll' : needsAppliance(definition);
}
