import { missingError } from '../../../client';
import { limitKeyOf, loginText } from '../../../nodes/definitions/sign-in/credentials';
import type { ApplianceCredentials } from '../../../nodes/definitions/sign-in/fields';
import { createAxiosTransport, type ClosableTransport } from '../../transport/axios-transport';
import {
  readIgnoreErrors,
  requireVariables,
  type ApplianceLogin,
  type ApplianceSettings,
} from './appliance-settings';
import { proxyOf, tlsOf } from './tls-and-proxy';
import type { RuntimeApi } from '../runtime-api';
import { say } from '../../../client/values/sentence';
import { asText } from '../../../client/values/text';

/** A connection to an appliance. */
export interface ApplianceReach {
  transport: ClosableTransport;
  /** Of appliance and login: all that have the same one share a limit of requests. */
  limitKey: string;
}

/**
 * Makes the transport for the appliance that the settings describe. Nothing is sent yet.
 *
 * @throws AllegroError `input` when the settings cannot be used
 */
export function applianceTransport(
  RED: RuntimeApi,
  settings: ApplianceSettings,
  login: ApplianceLogin,
): ApplianceReach {
  const credentials = readCredentials(settings, login);
  const transport = createAxiosTransport(credentials, {
    tls: tlsOf(RED, settings.tls),
    proxy: proxyOf(RED, settings.proxy),
  });
  // As it was read: the same appliance may be entered with or without a slash at the end.
  const limitKey = limitKeyOf({ ...credentials, baseUrl: transport.baseUrl });
  return { transport, limitKey };
}

function readCredentials(settings: ApplianceSettings, login: ApplianceLogin): ApplianceCredentials {
  const [token, user, password] = [login.token, login.user, login.password].map(loginText);
  const { baseUrl, authentication, caCertificate } = settings;
  const isToken = authentication !== 'password';
  requireVariables({ baseUrl, ...(isToken ? { token } : { user, password }), caCertificate });
  if (!(isToken ? token : user)?.trim()) {
    throw missingError(
      isToken ? 'token' : 'user',
      isToken ? say`The appliance node has no API token.` : say`The appliance node has no user.`,
      say`Enter the login there. Exported flows contain no logins.`,
    );
  }
  return {
    baseUrl: asText(baseUrl ?? ''),
    // A password may begin or end with a blank.
    ...(isToken ? { token: token?.trim() } : { user: user?.trim(), password }),
    caCertificate: asText(caCertificate ?? ''),
    ignoreCertificateErrors: readIgnoreErrors(settings),
  };
}
