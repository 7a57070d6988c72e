import { AllegroError, systemCodeOf, type ErrorKind } from '../../../client';
import { say, withTexts } from '../../../client/values/sentence';
import { languageOf, type RuntimeLanguage } from '../values/language';
import type { RuntimeApi } from '../runtime-api';
import { UnsetVariable } from '../config-node/appliance-settings';
import { FileFailure } from '../files/file-failure';
import { neededPermission } from '../../../client/http/permission';
import type { FieldNames } from './field-names';
import type { RunStatus } from './status-text';
import { asText } from '../../../client/values/text';

/** What a Catch node gets: text, stable code, facts as plain data, and the HTTP status. */
export interface NodeFailure {
  error: Error & { code: string };
  statusCode?: number;
  status: RunStatus;
}

/** Status texts are keys of the catalogue at the same time; the editor shows the key otherwise. */
const STATUS_TEXTS: Record<ErrorKind, string> = {
  input: 'wrong input',
  unreachable: 'unreachable',
  certificate: 'certificate',
  login: 'login refused',
  permission: 'not permitted',
  notFound: 'not found',
  busy: 'busy',
  refused: 'refused',
  appliance: 'appliance failed',
  badAnswer: 'unexpected response',
  incomplete: 'incomplete',
  timeout: 'timeout',
  tooLarge: 'too large',
  job: 'job failed',
  cancelled: 'cancelled',
};

const MISSING = '__label__ missing';
const INVALID = '__label__ not valid';

/** By a part of what {@link neededPermission} says. */
const PERMISSION_TEXTS: ReadonlyArray<[part: string, text: string]> = [
  ['"pcap"', 'pcap permission missing'],
  ['"voip"', 'voip permission missing'],
  ['admin role', 'admin role missing'],
];

const FILE_STATUS = 'file error';
const UNKNOWN_STATUS = 'error';

/** Every text that the status of a node can show for a failure, for the catalogue. */
export const FAILURE_STATUS_TEXTS = [
  ...Object.values(STATUS_TEXTS),
  ...PERMISSION_TEXTS.map(([, text]) => text),
  ...[FILE_STATUS, UNKNOWN_STATUS, MISSING, INVALID],
];

/**
 * Turns anything thrown into what Node-RED can pass on. Catch nodes see only `message`, `code`,
 * `stack` and `cause`, so the facts travel as plain data in `cause`.
 *
 * @param RED whose language the texts have; `kind`, `code` and the other facts are the same in all
 * @param names for the status to name the field that is wrong
 */
export function toNodeFailure(
  RED: Pick<RuntimeApi, '_'>,
  thrown: unknown,
  names?: FieldNames,
): NodeFailure {
  const language = languageOf(RED);
  const message = language.reason(thrown);
  if (thrown instanceof AllegroError) {
    const isCancel = thrown.kind === 'cancelled';
    return {
      error: nodeError(message, codeOf(thrown.kind), withTexts(thrown.facts(), language), thrown),
      statusCode: thrown.status,
      status: {
        fill: isCancel ? 'grey' : 'red',
        shape: 'ring',
        text: textOf(thrown, names, language),
      },
    };
  }
  const systemCode = systemCodeOf(thrown);
  const isFile =
    thrown instanceof FileFailure || (systemCode !== undefined && /^E[A-Z]+$/.test(systemCode));
  const kind = isFile ? 'file' : 'internal';
  return {
    error: nodeError(message, codeOf(kind), { kind, message, systemCode }, thrown),
    status: { fill: 'red', shape: 'ring', text: isFile ? FILE_STATUS : UNKNOWN_STATUS },
  };
}

/** The same for a device that failed as one of several, from the facts in its result. */
export function deviceFailure(deviceId: unknown, facts: Record<string, unknown>): Error {
  const { kind, message } = facts;
  return nodeError(
    `${asText(deviceId)}: ${asText(message)}`,
    codeOf(asText(kind)),
    facts,
    undefined,
  );
}

function textOf(
  error: AllegroError,
  names: FieldNames | undefined,
  language: RuntimeLanguage,
): string {
  // The editor looks up only what begins with a letter.
  if (error instanceof UnsetVariable) return language.show(say`$${error.variable} not set`);
  const label = names?.labelOf(error.field ?? '');
  if (error.kind === 'input' && label !== undefined) {
    return names!.words.text(error.isMissing ? MISSING : INVALID, { label });
  }
  if (error.kind === 'permission') {
    const needs = String(neededPermission(error) ?? '');
    const [, text] = PERMISSION_TEXTS.find(([part]) => needs.includes(part)) ?? [];
    if (text !== undefined) return text;
  }
  return STATUS_TEXTS[error.kind] ?? UNKNOWN_STATUS;
}

/** `badAnswer` becomes `ALLEGRO_BAD_ANSWER`. */
function codeOf(kind: string): string {
  return `ALLEGRO_${kind.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function nodeError(
  message: string,
  code: string,
  facts: Record<string, unknown>,
  original: unknown,
): Error & { code: string } {
  // Through JSON, so that nothing but plain data reaches a message, which is cloned and shown.
  const cause = JSON.parse(JSON.stringify(facts)) as Record<string, unknown>;
  // The debug sidebar shows an error that no Catch node takes, with its cause as text.
  Object.defineProperty(cause, 'toString', { value: () => asText(cause.advice ?? cause.kind) });
  const error = Object.assign(new Error(message, { cause }), { code });
  // Shown in front of the text by Catch and Debug nodes.
  error.name = 'Allegro Multimeter';
  if (original instanceof Error && original.stack) error.stack = original.stack;
  return error;
}
