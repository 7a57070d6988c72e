import { AllegroClient } from '../../client';
import { CREDENTIAL_TYPES, readCredentials } from './credentials';
import { clientContext } from './context';
import { N8nTransport, type RequestContext } from './n8n-transport';

/** The client for the appliance whose credential is chosen in the node. */
export async function clientFor(
  host: RequestContext,
  authentication: keyof typeof CREDENTIAL_TYPES,
): Promise<AllegroClient> {
  const type = CREDENTIAL_TYPES[authentication];
  const credentials = readCredentials(await host.getCredentials(type));
  return new AllegroClient({
    transport: new N8nTransport(host, type, credentials),
    context: clientContext,
  });
}
