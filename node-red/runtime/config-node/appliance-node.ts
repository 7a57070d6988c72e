import { AllegroClient } from '../../../client';
import type { ClosableTransport } from '../../transport/axios-transport';
import { registerAdminRoutes } from './admin-routes';
import {
  applianceTransport,
  type ApplianceLogin,
  type ApplianceSettings,
} from './appliance-transport';
import { systemContext } from './system-context';
import type { ApplianceNode } from './appliance-client';
import { APPLIANCE_TYPE } from '../values/names';
import type { NodeConfig, RuntimeApi, RuntimeNode } from '../runtime-api';

/** The client of an appliance and the connections that it holds. */
interface ApplianceConnection {
  client: AllegroClient;
  transport: ClosableTransport;
}

/** What the form saves, besides the login. */
type ApplianceConfig = ApplianceSettings & { maxConcurrentRequests?: unknown };

/** Registers the config node that holds address and login of one appliance. */
export function registerApplianceNode(RED: RuntimeApi): void {
  function ApplianceNode(this: RuntimeNode, config: NodeConfig): void {
    RED.nodes.createNode(this, config);
    let made: ApplianceConnection | undefined;

    const node = this as ApplianceNode;
    node.baseUrl = String(config.baseUrl ?? '');
    node.getClient = () => {
      // Only now, because the nodes that it refers to may be made after this one.
      made ??= makeClient(RED, config as ApplianceConfig, this.credentials ?? {});
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

function makeClient(
  RED: RuntimeApi,
  config: ApplianceConfig,
  login: ApplianceLogin,
): ApplianceConnection {
  const transport = applianceTransport(RED, config, login);
  const maxConcurrentRequests = Number(config.maxConcurrentRequests) || undefined;
  const client = new AllegroClient({ transport, context: systemContext, maxConcurrentRequests });
  return { client, transport };
}
