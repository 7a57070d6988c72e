import { AllegroClient } from '../../client';
import { limitKeyOf } from '../../nodes/definitions/sign-in/credentials';
import { CREDENTIAL_TYPES, readCredentials } from './credentials';
import { chooseByName } from './choose-by-name';
import { clientContext } from './context';
import { N8nTransport, type RequestContext } from './n8n-transport';

/**
 * The client for the appliance of the node's credential. All clients of this process for the same
 * appliance and login, in whichever execution, share one limit of requests.
 *
 * @param authentication value of the node's parameter of that name
 * @throws AllegroError `input` when it, or the credential, cannot be used
 */
export async function clientFor(
  host: RequestContext,
  authentication: unknown,
): Promise<AllegroClient> {
  const parameter = 'authentication';
  const { type } = chooseByName(CREDENTIAL_TYPES, authentication, parameter, parameter);
  const credentials = readCredentials(await host.getCredentials(type));
  return new AllegroClient({
    transport: new N8nTransport(host, type, credentials),
    context: clientContext,
    limitKey: limitKeyOf(credentials),
  });
}
