import { AllegroClient, inputError } from '../../../client';
import { parseBaseUrl } from '../../../nodes/definitions/sign-in/base-url';
import {
  readIgnoreErrors,
  variableIn,
  type ApplianceLogin,
  type ApplianceSettings,
} from './appliance-settings';
import { applianceTransport } from './appliance-transport';
import type { ApplianceNode } from './appliance-client';
import { systemContext } from './system-context';
import type { RuntimeApi } from '../runtime-api';

/** The content of the form of an appliance node, which may not have been deployed yet. */
export interface ApplianceDraft {
  settings: ApplianceSettings;
  login: ApplianceLogin;
}

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
      ignoreCertificateErrors:
        text('ignoreCertificateErrors') ??
        (body as ApplianceSettings).ignoreCertificateErrors === true,
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
  const { transport } = applianceTransport(RED, settings, loginOf(draft, deployed));
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
    (value) => variableIn(value) !== undefined,
  );
}

/**
 * The login of the form. The browser never sees a stored one, so that one comes from the runtime,
 * but only for exactly the place and the checks that it was stored for: nobody who may press the
 * button can send it elsewhere, or where somebody listens.
 */
function loginOf(
  { login: typed, settings }: ApplianceDraft,
  deployed: ApplianceNode | undefined,
): ApplianceLogin {
  const stored = deployed?.credentials ?? {};
  const needed = settings.authentication === 'password' ? ['user', 'password'] : ['token'];
  const isStoredUsed = needed.some(
    (name) => typed[name] === undefined && stored[name] !== undefined,
  );
  const changed = isStoredUsed ? changesOf(settings, deployed?.settings ?? {}) : [];
  if (changed.length > 0) {
    throw inputError(
      needed[0]!,
      `The stored login is not sent, because settings have changed since the last deploy (${changed.join(', ')}).`,
      'Enter it again, or deploy first.',
    );
  }
  return Object.fromEntries(needed.map((name) => [name, typed[name] ?? stored[name]]));
}

/** The settings that decide who gets the login, by their labels in the form. */
const DECIDING: ReadonlyArray<[label: string, read: (settings: ApplianceSettings) => unknown]> = [
  // Including the path: behind one reverse proxy there may be several appliances.
  ['URL', ({ baseUrl }) => hrefOf(String(baseUrl ?? ''))],
  ['Proxy', ({ proxy }) => proxy || ''],
  ['TLS Configuration', ({ tls }) => tls || ''],
  ['CA Certificate', ({ caCertificate }) => String(caCertificate ?? '').trim()],
  ['Ignore Certificate Errors', readIgnoreErrors],
];

function changesOf(draft: ApplianceSettings, deployed: ApplianceSettings): string[] {
  return DECIDING.filter(([, read]) => read(draft) !== read(deployed)).map(([label]) => label);
}

function hrefOf(typed: string): string {
  const url = parseBaseUrl(typed);
  return typeof url === 'object' ? url.href : typed;
}
