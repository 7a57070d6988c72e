import { AllegroClient, AllegroError, inputError } from '../../../client';
import type { ConnectionTest } from '../../../client/devices/connection-test';
import type { LoginAccess } from '../../../client/devices/login-access';
import { isUntrusted } from '../../transport/tls-choice';
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
import { formText, listed, say } from '../../../client/values/sentence';
import { asText } from '../../../client/values/text';

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

/** What the button *Test connection* shows. */
export interface DraftTest extends ConnectionTest {
  access: LoginAccess;
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
): Promise<DraftTest> {
  const { settings } = draft;
  const { transport } = applianceTransport(RED, settings, loginOf(draft, deployed));
  try {
    return await testClient(new AllegroClient({ transport, context: systemContext }), signal);
  } finally {
    transport.destroy();
  }
}

/**
 * Tests an appliance as it was deployed, for a form that names environment variables.
 *
 * @param draft nothing where the editor sent no form
 * @throws AllegroError `input` where the form is another by now, because it would not be tested
 */
export async function testDeployed(
  draft: ApplianceDraft | undefined,
  deployed: ApplianceNode,
  signal: AbortSignal,
): Promise<DraftTest> {
  const changed = draft ? changesOf(draft.settings, deployed.settings) : [];
  const isOtherKind =
    draft !== undefined && neededLogin(draft.settings)[0] !== neededLogin(deployed.settings)[0];
  const isTyped = Object.entries(draft?.login ?? {}).some(
    ([name, value]) =>
      value && variableIn(value) === undefined && value !== deployed.credentials?.[name],
  );
  if (isTyped || isOtherKind) changed.push('login');
  if (changed.length > 0) {
    throw inputError(
      'baseUrl',
      say`The form has environment variables, which Node-RED replaces at deploy, and settings have changed since the last deploy (${listed(changed.map(formText))}).`,
      say`Deploy, then test again.`,
    );
  }
  return testClient(deployed.getClient(), signal);
}

async function testClient(client: AllegroClient, signal: AbortSignal): Promise<DraftTest> {
  const test = await client.testConnection(signal);
  return { ...test, access: await client.loginAccess(signal) };
}

/** Whether the certificate that the appliance presents, entered in the form, may mend a failure. */
export function isMendedByCertificate(error: unknown, draft: ApplianceDraft | undefined): boolean {
  if (!(error instanceof AllegroError) || error.kind !== 'certificate' || !draft) return false;
  const { tls, proxy } = draft.settings;
  return !tls && !proxy && isUntrusted(error.cause);
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
  const needed = neededLogin(settings);
  const isStoredUsed = needed.some(
    (name) => typed[name] === undefined && stored[name] !== undefined,
  );
  const changed = isStoredUsed ? changesOf(settings, deployed?.settings ?? {}) : [];
  if (changed.length > 0) {
    throw inputError(
      needed[0]!,
      say`The stored login is not sent, because settings have changed since the last deploy (${listed(changed.map(formText))}).`,
      say`Enter it again, or deploy first.`,
    );
  }
  return Object.fromEntries(needed.map((name) => [name, typed[name] ?? stored[name]]));
}

function neededLogin({ authentication }: ApplianceSettings): string[] {
  return authentication === 'password' ? ['user', 'password'] : ['token'];
}

/** The settings that decide who gets the login, by their labels in the form. */
const DECIDING: ReadonlyArray<
  [label: string, name: keyof ApplianceSettings, read: (settings: ApplianceSettings) => unknown]
> = [
  // Including the path: behind one reverse proxy there may be several appliances.
  ['URL', 'baseUrl', ({ baseUrl }) => hrefOf(asText(baseUrl ?? ''))],
  ['Proxy', 'proxy', ({ proxy }) => proxy || ''],
  ['TLS Configuration', 'tls', ({ tls }) => tls || ''],
  ['CA Certificate', 'caCertificate', ({ caCertificate }) => asText(caCertificate ?? '').trim()],
  ['Ignore Certificate Errors', 'ignoreCertificateErrors', readIgnoreErrors],
];

/** One that names an environment variable counts as unchanged: its value is not known here. */
function changesOf(draft: ApplianceSettings, deployed: ApplianceSettings): string[] {
  return DECIDING.filter(
    ([, name, read]) => variableIn(draft[name]) === undefined && read(draft) !== read(deployed),
  ).map(([label]) => label);
}

function hrefOf(typed: string): string {
  const url = parseBaseUrl(typed);
  return typeof url === 'object' ? url.href : typed;
}
