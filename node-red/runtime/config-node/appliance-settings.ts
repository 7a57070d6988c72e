import { AllegroError, inputError } from '../../../client';
import { say, type Sentence } from '../../../client/values/sentence';
import { asText } from '../../../client/values/text';

/** What the form of the appliance node holds, besides its login. Node-RED has put in its variables. */
export interface ApplianceSettings {
  baseUrl?: unknown;
  authentication?: unknown;
  caCertificate?: unknown;
  /** A text where it comes from an environment variable. */
  ignoreCertificateErrors?: unknown;
  /** The ID of a `tls-config` node. */
  tls?: unknown;
  /** The ID of an `http proxy` node. */
  proxy?: unknown;
  /** A text or a number; blank for the default. */
  maxConcurrentRequests?: unknown;
}

/** `token`, `user` and `password`, as Node-RED keeps them apart. */
export type ApplianceLogin = Record<string, unknown>;

/** An environment variable that is not set: Node-RED leaves its name where its value would be. */
export class UnsetVariable extends AllegroError {
  constructor(
    field: string,
    readonly variable: string,
  ) {
    super({
      kind: 'input',
      field,
      what: say`The environment variable "${variable}" is not set; ${LABELS[field] ?? field} of the appliance node needs it.`,
      advice: say`Set it where Node-RED is started, or in the flow, and deploy again.`,
    });
  }
}

const LABELS: Readonly<Record<string, Sentence>> = {
  baseUrl: say`the URL`,
  token: say`the API token`,
  user: say`the user`,
  password: say`the password`,
  caCertificate: say`the CA certificate`,
  ignoreCertificateErrors: say`"Ignore Certificate Errors"`,
  maxConcurrentRequests: say`"Parallel Requests"`,
};

const VARIABLE = /^\$(?:\{(\S+)\}|\((\S+)\))$/;
/** More than any name of a variable. */
const MAX_NAME_LENGTH = 200;
const MAX_CONCURRENT_REQUESTS = 59;

/** The name in `${NAME}` or `$(NAME)`; undefined for anything else. */
export function variableIn(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_NAME_LENGTH) return undefined;
  const [, inBraces, inParentheses] = VARIABLE.exec(value.trim()) ?? [];
  return inBraces ?? inParentheses;
}

/** @throws UnsetVariable when a value is the name of a variable */
export function requireVariables(values: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(values)) {
    const variable = variableIn(value);
    if (variable !== undefined) throw new UnsetVariable(field, variable);
  }
}

/** @throws AllegroError `input` */
export function readLimit({ maxConcurrentRequests }: ApplianceSettings): number | undefined {
  requireVariables({ maxConcurrentRequests });
  const text = asText(maxConcurrentRequests ?? '').trim();
  if (text === '') return undefined;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_CONCURRENT_REQUESTS) return limit;
  throw inputError(
    'maxConcurrentRequests',
    say`"Parallel Requests" of the appliance node is not a whole number from 1 to ${MAX_CONCURRENT_REQUESTS}.`,
    say`Correct it and deploy, or leave it blank for 4.`,
  );
}

/** @throws AllegroError `input` for a text that is neither yes nor no */
export function readIgnoreErrors({ ignoreCertificateErrors }: ApplianceSettings): boolean {
  requireVariables({ ignoreCertificateErrors });
  const text = asText(ignoreCertificateErrors ?? '')
    .trim()
    .toLowerCase();
  if (['true', '1', 'yes', 'on'].includes(text)) return true;
  if (['', 'false', '0', 'no', 'off'].includes(text)) return false;
  throw inputError(
    'ignoreCertificateErrors',
    say`"Ignore Certificate Errors" of the appliance node is neither true nor false.`,
    say`Set its environment variable to true or false, and deploy.`,
  );
}
