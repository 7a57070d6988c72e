import { inputError } from '../../../client';
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

/**
 * Makes the transport for the appliance that the settings describe. Nothing is sent yet.
 *
 * @throws AllegroError `input` when the settings cannot be used
 */
export function applianceTransport(
  RED: RuntimeApi,
  settings: ApplianceSettings,
  login: ApplianceLogin,
): ClosableTransport {
  return createAxiosTransport(readCredentials(settings, login), {
    tls: tlsOf(RED, settings.tls),
    proxy: proxyOf(RED, settings.proxy),
  });
}

function readCredentials(
  settings: ApplianceSettings,
  { token, user, password }: ApplianceLogin,
): ApplianceCredentials {
  const { baseUrl, authentication, caCertificate } = settings;
  const isToken = authentication !== 'password';
  requireVariables({ baseUrl, ...(isToken ? { token } : { user, password }), caCertificate });
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
    ignoreCertificateErrors: readIgnoreErrors(settings),
  };
}
