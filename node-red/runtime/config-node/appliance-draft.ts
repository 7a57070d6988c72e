import { AllegroClient, inputError } from '../../../client';
import { parseBaseUrl } from '../../../nodes/definitions/sign-in/base-url';
import {
  applianceTransport,
  type ApplianceLogin,
  type ApplianceSettings,
} from './appliance-transport';
import type { ApplianceNode } from './appliance-client';
import { systemContext } from './system-context';
import type { RuntimeApi } from '../runtime-api';

/** The content of the form of an appliance node, which may not have been deployed yet. */
export interface ApplianceDraft {
  settings: ApplianceSettings;
  login: ApplianceLogin;
}

const ENVIRONMENT_VARIABLE = /^\$[({][a-zA-Z_]\w*[)}]$/;
/** Enough for a chain of certificates. */
const MAX_LENGTH = 100_000;

/** Reads what the editor sent; undefined when it sent no form. */
export function readDraft(body: unknown): ApplianceDraft | undefined {
  if (typeof body !== 'object' || body === null || !('baseUrl' in body)) return undefined;
  const text = (name: string) => {
    const value = (body as Record<string, unknown>)[name];
    return typeof value === 'string' && value.length <= MAX_LENGTH ? value : undefined;
  };
  return {
    settings: {
      baseUrl: text('baseUrl') ?? '',
      authentication: text('authentication'),
      caCertificate: text('caCertificate'),
      ignoreCertificateErrors: (body as ApplianceSettings).ignoreCertificateErrors === true,
      tls: text('tls'),
      proxy: text('proxy'),
    },
    login: { token: text('token'), user: text('user'), password: text('password') },
  };
}

/**
 * Tests an appliance as the form describes it, before it is deployed.
 *
 * @param deployed the same node as it was deployed, where it was
 * @throws AllegroError
 */
export async function testDraft(
  RED: RuntimeApi,
  draft: ApplianceDraft,
  deployed: ApplianceNode | undefined,
  signal: AbortSignal,
): Promise<unknown> {
  const { settings } = draft;
  const transport = applianceTransport(RED, settings, loginOf(draft, deployed));
  try {
    return await new AllegroClient({ transport, context: systemContext }).testConnection(signal);
  } finally {
    transport.destroy();
  }
}

/**
 * Whether the form names environment variables. Only Node-RED itself replaces them, when it deploys:
 * if this did, everyone who may press the button could read any of them.
 */
export function namesEnvironment({ settings, login }: ApplianceDraft): boolean {
  return [...Object.values(settings), ...Object.values(login)].some(
    (value) => typeof value === 'string' && ENVIRONMENT_VARIABLE.test(value.trim()),
  );
}

/**
 * The login of the form. The browser never sees a stored one, so that one comes from the runtime,
 * but only for the URL it was stored for: it cannot be sent elsewhere.
 */
function loginOf(
  { login: typed, settings: { baseUrl, authentication } }: ApplianceDraft,
  deployed: ApplianceNode | undefined,
): ApplianceLogin {
  const stored = deployed?.credentials ?? {};
  const isSameUrl = deployed !== undefined && isSame(baseUrl, deployed.baseUrl);
  const needed = authentication === 'password' ? ['user', 'password'] : ['token'];
  for (const name of needed) {
    if (typed[name] !== undefined || stored[name] === undefined || isSameUrl) continue;
    throw inputError(
      name,
      'The login that is stored belongs to another address, so it is not sent to this one.',
      'Enter it again, or deploy first.',
    );
  }
  return Object.fromEntries(needed.map((name) => [name, typed[name] ?? stored[name]]));
}

/** Including the path: behind one reverse proxy there may be several appliances. */
function isSame(one: unknown, other: unknown): boolean {
  const [first, second] = [one, other].map((url) => parseBaseUrl(String(url)));
  return typeof first === 'object' && typeof second === 'object' && first.href === second.href;
}
