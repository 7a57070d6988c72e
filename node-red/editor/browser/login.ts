import { isPlainInUrl } from '../../../nodes/definitions/sign-in/is-plain-in-url';
import { page, translate, type EditorNode } from './editor-api';

/** What the editor shows instead of a password that is stored, which the browser never sees. */
export const STORED = '__PWRD__';

/** The credentials that each way to sign in needs. */
const LOGINS = { token: ['token'], password: ['user', 'password'] };

const LABELS: Readonly<Record<string, string>> = {
  token: 'API Token',
  user: 'User',
  password: 'Password',
};

type Verdict = true | string;

/** Validates a login in the form that is open; the login that was not chosen may stay blank. */
export function validateLogin(node: EditorNode, name: string, value: unknown): Verdict {
  const chosen = page.$('#node-config-input-authentication').val();
  if (!namesOf(chosen).includes(name) || !isBlank(value)) return true;
  return missing(node, `fields.${name}.label`, LABELS[name] ?? name);
}

/**
 * Validates the logins of an appliance whether its form is open or not. Node-RED itself asks for
 * credentials only in a form, and marks no node because of them.
 */
export function validateHeldLogin(node: EditorNode): Verdict {
  const held = heldCredentials(node);
  const name = held && namesOf(node.authentication).find((wanted) => !holds(held, wanted));
  return name === undefined ? true : missing(node, `fields.${name}.label`, LABELS[name] ?? name);
}

/** Validates the secret of a trigger in the form that is open. */
export function validateSecret(node: EditorNode, value: unknown, minLength: number): Verdict {
  const secret = String(value ?? '');
  if (secret === STORED) return true;
  if (secret === '') return missing(node, 'secret.label', 'Secret');
  if (secret.length < minLength) {
    const label = translate(node, 'secret.label', 'Secret');
    const defaultValue = `${label}: at least ${minLength} characters`;
    return node._('validation.length', { defaultValue, label, min: minLength });
  }
  // In the URL they would be read as something else.
  if (!isPlainInUrl(secret)) {
    return translate(
      node,
      'secret.characters',
      'Secret: only letters, digits, hyphens and underscores',
    );
  }
  return true;
}

/** Validates the secret of a trigger whether its form is open or not. */
export function validateHeldSecret(node: EditorNode, minLength: number): Verdict {
  const held = heldCredentials(node);
  if (!held) return true;
  return validateSecret(node, held.secret || (held.has_secret ? STORED : ''), minLength);
}

/**
 * Node-RED takes a blank password for a change whenever a form is closed with Done, unless its input
 * is not there. Where no secret is stored and none was typed, nothing has changed.
 */
export function leaveBlankSecret(node: EditorNode): void {
  const input = page.$('#node-input-secret');
  if (input.val() === '' && !holds(heldCredentials(node) ?? {}, 'secret')) input.remove();
}

type Credentials = Readonly<Record<string, unknown>>;

/**
 * What the editor knows of a node's credentials. It fetches those of a node that was deployed when
 * its form opens, and forgets them with each deployment.
 *
 * @returns nothing where it does not know
 */
function heldCredentials({ id, credentials }: EditorNode): Credentials | undefined {
  if (typeof credentials === 'object' && credentials !== null) return credentials as Credentials;
  const deployed = page.RED.nodes.originalFlow?.();
  if (!deployed || deployed.some((node) => node.id === id)) return undefined;
  return {};
}

function holds(credentials: Credentials, name: string): boolean {
  return Boolean(credentials[name]) || credentials[`has_${name}`] === true;
}

function namesOf(authentication: unknown): readonly string[] {
  return authentication === 'password' ? LOGINS.password : LOGINS.token;
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function missing(node: EditorNode, key: string, english: string): string {
  const label = translate(node, key, english);
  return node._('validation.missing', { defaultValue: `${label} is missing`, label });
}
