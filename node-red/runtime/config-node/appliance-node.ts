import { AllegroClient } from '../../../client';
import type { ClosableTransport } from '../../transport/axios-transport';
import { registerAdminRoutes } from './admin-routes';
import { applianceTransport, type ApplianceSettings } from './appliance-transport';
import { systemContext } from './system-context';
import type { ApplianceNode } from './appliance-client';
import { APPLIANCE_TYPE } from '../values/names';
import type { NodeConfig, RuntimeApi, RuntimeNode } from '../runtime-api';

/** Registers the config node that holds address and login of one appliance. */
export function registerApplianceNode(RED: RuntimeApi): void {
  function ApplianceNode(this: RuntimeNode, config: NodeConfig): void {
    RED.nodes.createNode(this, config);
    let made: { client: AllegroClient; transport: ClosableTransport } | undefined;

    const node = this as ApplianceNode;
    node.baseUrl = String(config.baseUrl ?? '');
    node.getClient = () => {
      if (!made) {
        // Only now, because the nodes that it refers to may be made after this one.
        const transport = applianceTransport(
          RED,
          config as ApplianceSettings,
          this.credentials ?? {},
        );
        const maxConcurrentRequests = Number(config.maxConcurrentRequests) || undefined;
        const client = new AllegroClient({
          transport,
          context: systemContext,
          maxConcurrentRequests,
        });
        made = { client, transport };
      }
      return made.client;
    };

    this.on('close', (_removed, done) => {
      made?.transport.destroy();
      made = undefined;
      done();
    });
  }

  RED.nodes.registerType(APPLIANCE_TYPE, ApplianceNode, {
    credentials: {
      token: { type: 'password' },
      user: { type: 'text' },
      password: { type: 'password' },
    },
  });
  registerAdminRoutes(RED);
}
