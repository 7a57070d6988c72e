import { createHash } from 'node:crypto';
import { AllegroClient, inputError } from '../../client';
import { authorizationOf } from '../../nodes/definitions/sign-in/credentials';
import type { ApplianceCredentials } from '../../nodes/definitions/sign-in/fields';
import { CREDENTIAL_TYPES, readCredentials } from './credentials';
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
  const type = CREDENTIAL_TYPES[authentication as keyof typeof CREDENTIAL_TYPES] as
    string | undefined;
  if (type === undefined) {
    throw inputError(
      'authentication',
      `There is no authentication "${String(authentication)}".`,
      `Choose one of: ${Object.keys(CREDENTIAL_TYPES).join(', ')}.`,
    );
  }
  const credentials = readCredentials(await host.getCredentials(type));
  return new AllegroClient({
    transport: new N8nTransport(host, type, credentials),
    context: clientContext,
    limitKey: limitKeyOf(credentials),
  });
}

function limitKeyOf(credentials: ApplianceCredentials): string {
  const login = authorizationOf(credentials) ?? '';
  return `${credentials.baseUrl} ${createHash('sha256').update(login).digest('hex')}`;
}
