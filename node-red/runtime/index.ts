import { registerApplianceNode } from './config-node/appliance-node';
import { APPLIANCE_TYPE, typeOf } from './values/names';
import { isTrigger, paletteDefinitions } from './nodes/palette-definitions';
import { registerPaletteNode } from './nodes/palette-node';
import { registerPollNode } from './triggers/poll-node';
import { registerPushNode } from './triggers/push-node';
import type { RuntimeApi } from './runtime-api';

/**
 * Registers one node set: the config node, or the palette node of one definition or trigger. Each set has a
 * file of its own that calls this, so that a person can enable and disable nodes one by one.
 */
export function register(RED: RuntimeApi, type: string): void {
  if (type === APPLIANCE_TYPE) {
    registerApplianceNode(RED);
    return;
  }
  const definition = paletteDefinitions.find((candidate) => typeOf(candidate) === type);
  if (!definition) throw new Error(`There is no node ${type}.`);
  if (!isTrigger(definition)) registerPaletteNode(RED, definition);
  else if (definition.kind === 'poll') registerPollNode(RED, definition);
  else registerPushNode(RED, definition);
}
