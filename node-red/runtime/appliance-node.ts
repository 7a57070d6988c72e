import { AllegroClient, inputError } from '../../client';
import type { ApplianceCredentials } from '../../credentials/fields';
import { createAxiosTransport, type ClosableTransport } from '../transport/axios-transport';
import { registerAdminRoutes } from './admin-routes';
import { systemContext } from './context';
import type { ApplianceNode } from './client-of';
import { applianceChanges } from '../migrations';
import { proxyOf, tlsOf } from './connection-nodes';
import { APPLIANCE_TYPE } from './names';
import type { NodeConfig, RuntimeApi, RuntimeNode } from './red';

/** Registers the config node that holds address and login of one appliance. */
export function registerApplianceNode(RED: RuntimeApi): void {
  function ApplianceNode(this: RuntimeNode, saved: NodeConfig): void {
    RED.nodes.createNode(this, saved);
    const config = { ...saved, ...applianceChanges(saved) };
    let made: { client: AllegroClient; transport: ClosableTransport } | undefined;

    (this as ApplianceNode).getClient = () => {
      if (!made) {
        const credentials = readCredentials(config, this.credentials ?? {});
        // Only now, because those nodes may be made after this one.
        const transport = createAxiosTransport(credentials, {
          tls: tlsOf(RED, config.tls),
          proxy: proxyOf(RED, config.proxy),
        });
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

function readCredentials(
  { baseUrl, authentication, caCertificate, ignoreCertificateErrors }: NodeConfig,
  { token, user, password }: Record<string, string | undefined>,
): ApplianceCredentials {
  const isToken = authentication !== 'password';
  if (isToken ? !token : !user) {
    throw inputError(
      isToken ? 'token' : 'user',
      `The appliance node has no ${isToken ? 'API token' : 'user'}.`,
      'Open it, enter the login and deploy. Logins are not part of exported flows.',
    );
  }
  return {
    baseUrl: String(baseUrl ?? ''),
    ...(isToken ? { token } : { user, password }),
    caCertificate: String(caCertificate ?? ''),
    ignoreCertificateErrors: ignoreCertificateErrors === true,
  };
}
