import { definitions } from '../../nodes/definitions';
import { registerApplianceNode } from './appliance-node';
import { APPLIANCE_TYPE, typeOf } from './names';
import { registerPaletteNode } from './palette-node';
import type { RuntimeApi } from './red';

/**
 * Registers one node set: the config node, or the palette node of one definition. Each set has a
 * file of its own that calls this, so that a person can enable and disable nodes one by one.
 */
export function register(RED: RuntimeApi, type: string): void {
  if (type === APPLIANCE_TYPE) {
    registerApplianceNode(RED);
    return;
  }
  const definition = definitions.find((candidate) => typeOf(candidate) === type);
  if (!definition) throw new Error(`There is no node ${type}.`);
  registerPaletteNode(RED, definition);
}
