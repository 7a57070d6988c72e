import { AllegroClient } from '../../../client';
import type { ClosableTransport } from '../../transport/axios-transport';
import { registerAdminRoutes } from './admin-routes';
import { readLimit, type ApplianceLogin, type ApplianceSettings } from './appliance-settings';
import { applianceTransport } from './appliance-transport';
import { systemContext } from './system-context';
import type { ApplianceNode } from './appliance-client';
import { languageOf } from '../values/language';
import { APPLIANCE_TYPE } from '../values/names';
import type { NodeConfig, RuntimeApi, RuntimeNode } from '../runtime-api';

/** The client of an appliance and the connections that it holds. */
interface ApplianceConnection {
  client: AllegroClient;
  transport: ClosableTransport;
}

/** Registers the config node that holds address and login of one appliance. */
export function registerApplianceNode(RED: RuntimeApi): void {
  function ApplianceNode(this: RuntimeNode, config: NodeConfig): void {
    RED.nodes.createNode(this, config);
    let made: ApplianceConnection | undefined;
    let isClosed = false;

    const node = this as ApplianceNode;
    const settings = config as ApplianceSettings;
    node.settings = settings;
    node.getClient = () => {
      // Only now, because the nodes that it refers to may be made after this one.
      made ??= makeClient(RED, settings, this.credentials ?? {});
      return made.client;
    };
    // What cannot work is said when it is deployed. Nodes of the palette show it in their status.
    setImmediate(() => {
      try {
        if (!isClosed) node.getClient();
      } catch (error) {
        this.error(languageOf(RED).reason(error));
      }
    });

    this.on('close', (_removed, done) => {
      isClosed = true;
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
  config: ApplianceSettings,
  login: ApplianceLogin,
): ApplianceConnection {
  const maxConcurrentRequests = readLimit(config);
  const { transport, limitKey } = applianceTransport(RED, config, login);
  const context = systemContext;
  const client = new AllegroClient({ transport, context, maxConcurrentRequests, limitKey });
  return { client, transport };
}
