import { missingError, type AllegroClient } from '../../../client';
import { APPLIANCE_TYPE } from '../values/names';
import type { ApplianceSettings } from './appliance-settings';
import type { RuntimeApi, RuntimeNode } from '../runtime-api';
import { say } from '../../../client/values/sentence';

/** The config node as the palette nodes see it. */
export interface ApplianceNode extends RuntimeNode {
  /** As they were deployed. */
  settings: ApplianceSettings;
  /**
   * The client that all nodes of this appliance share, with its limits and connections.
   *
   * @throws AllegroError `input` when the settings cannot be used
   */
  getClient(): AllegroClient;
}

/**
 * Finds the client of the config node with this id.
 *
 * @throws AllegroError `input` when there is none, or when its settings cannot be used
 */
export function clientOf(RED: RuntimeApi, id: unknown): AllegroClient {
  const node = typeof id === 'string' && id !== '' ? RED.nodes.getNode(id) : undefined;
  if (node?.type !== APPLIANCE_TYPE) {
    throw missingError(
      'appliance',
      say`No appliance is selected, or the selected one is disabled.`,
      say`Open the node, select or add an appliance, and deploy.`,
    );
  }
  return (node as ApplianceNode).getClient();
}
