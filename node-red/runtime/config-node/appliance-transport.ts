import { inputError } from '../../../client';
import type { ApplianceCredentials } from '../../../nodes/definitions/sign-in/fields';
import { createAxiosTransport, type ClosableTransport } from '../../transport/axios-transport';
import { proxyOf, tlsOf } from './tls-and-proxy';
import type { RuntimeApi } from '../runtime-api';

/** What the form of the appliance node holds, besides its login. */
export interface ApplianceSettings {
  baseUrl?: unknown;
  authentication?: unknown;
  caCertificate?: unknown;
  ignoreCertificateErrors?: unknown;
  /** The ID of a `tls-config` node. */
  tls?: unknown;
  /** The ID of an `http proxy` node. */
  proxy?: unknown;
}

/** `token`, `user` and `password`, as Node-RED keeps them apart. */
export type ApplianceLogin = Record<string, string | undefined>;

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
  { baseUrl, authentication, caCertificate, ignoreCertificateErrors }: ApplianceSettings,
  { token, user, password }: ApplianceLogin,
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
