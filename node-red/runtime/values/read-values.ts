import { AllegroError, inputError, missingError } from '../../../client';
import type { Field, ListField } from '../../../nodes/definitions/model/field';
import type { ValuesOf } from '../../../nodes/definitions/model/field-values';
import {
  isBlank,
  isShown,
  needsValueOfSource,
  readFieldValues,
} from '../../../nodes/definitions/model/read-field-values';
import { asText, trimEnd } from '../../../client/values/text';
import { fileOfMessage, toInputFile } from '../files/input-file';
import { workingFolder } from '../files/file-store';
import type { Message, NodeConfig, RuntimeApi, RuntimeNode } from '../runtime-api';
import { withZone } from '../../../client/values/time-zone';
import { serverTimeZone } from './server-time-zone';
import { defaultText, defaultType } from './stored';
import {
  formText,
  say,
  sentences,
  type Sentence,
  type SentenceValue,
} from '../../../client/values/sentence';

/** What a value is read against. */
export interface Scope {
  RED: Pick<RuntimeApi, '_' | 'util' | 'settings' | 'version'>;
  node: RuntimeNode;
  message: Message;
  /** Of times that name none; by default the server's. */
  timeZone?: string;
  /** Ends waiting for a context store that does not answer. */
  signal?: AbortSignal;
}

/** Types that hold their value as it is, rather than naming where it comes from. */
const STATIC_TYPES = new Set(['str', 'num', 'bool', 'option', 'rows']);

/**
 * Reads the fields of a definition for one message. A value set in the node wins; one that names a
 * source (msg, flow, global, env, JSONata, timestamp) is evaluated; a blank one is taken from the
 * message property of the field.
 *
 * @param origins gets where values came from that do not stand in the node, by field: `msg.host`
 * @throws AllegroError `input`
 */
export async function readValues<const Fields extends readonly Field[]>(
  definition: { fields: Fields },
  config: NodeConfig,
  scope: Scope,
  origins = new Map<string, SentenceValue>(),
): Promise<ValuesOf<Fields>> {
  const raw: Record<string, unknown> = {};
  for (const field of definition.fields) {
    // A hidden field is not evaluated: an old expression in it must not fail a message.
    if (!(await mayShow(field, definition.fields, raw))) continue;
    const read = await rawValue(field, config, scope);
    raw[field.name] =
      field.type === 'dateTime'
        ? withZone(read.value, scope.timeZone ?? serverTimeZone())
        : read.value;
    if (read.origin !== undefined) origins.set(field.name, read.origin);
  }
  return readFieldValues(definition, raw, adviceForBlank);
}

/** Names the message property that would have filled the field. */
function adviceForBlank({ description, messageProperty }: Field): Sentence {
  return messageProperty === undefined
    ? say`Set the field. ${formText(description)}.`
    : say`Set the field, or send \`msg.${messageProperty}\`. ${formText(description)}.`;
}

/** Decides by the values so far. What cannot be read is left to {@link readFieldValues} to refuse. */
async function mayShow(
  field: Field,
  fields: readonly Field[],
  raw: Record<string, unknown>,
): Promise<boolean> {
  const names = Object.keys(field.showWhen ?? {});
  if (names.length === 0) return true;
  const controlling = fields.filter(({ name, type }) => names.includes(name) && type !== 'file');
  try {
    const values = readFieldValues({ fields: controlling.map(withoutCondition) }, raw);
    return isShown(field, values);
  } catch {
    return true;
  }
}

function withoutCondition(field: Field): Field {
  return { ...field, showWhen: undefined };
}

/** A value as it was found, and where, unless it stands in the node. */
interface Read {
  value: unknown;
  /** Such as `msg.host`. */
  origin?: SentenceValue;
}

async function rawValue(field: Field, config: NodeConfig, scope: Scope): Promise<Read> {
  const { message, RED } = scope;
  const value = await nodeValue(field, config, scope);
  if (field.type === 'file') {
    const source = value ?? fileOfMessage(message);
    if (source === undefined && !field.required) return { value: undefined };
    return { value: await toInputFile(field, source, message, workingFolder(RED)) };
  }
  if (value !== undefined) return { value, origin: originOf(field, config) };
  const found = messageValue(field, message);
  // A field that was cleared differs from one that has its default.
  return found ?? { value: config[field.name] === '' ? '' : undefined };
}

/** What the node itself says: its value, or that of the source which it names. */
function nodeValue(field: Field, config: NodeConfig, scope: Scope): Promise<unknown> {
  return field.type === 'list' ? listValue(field, config, scope) : typedValue(field, config, scope);
}

function originOf({ name }: Field, config: NodeConfig): SentenceValue | undefined {
  const type = asText(config[`${name}Type`] ?? '');
  if (!/^(msg|flow|global|env|jsonata)$/.test(type)) return undefined;
  const origin = sourceName(asText(config[name]), type);
  return typeof origin === 'string' ? `\`${origin}\`` : origin;
}

function messageValue(
  { messageProperty, messageFallback }: Field,
  message: Message,
): Required<Read> | undefined {
  for (const path of [messageProperty, messageFallback]) {
    const value = propertyOf(message, path);
    if (value !== undefined && value !== null) return { value, origin: `\`msg.${path}\`` };
  }
  return undefined;
}

/** A path step by step: a payload may be anything, or not be there. */
function propertyOf(message: Message, path: string | undefined): unknown {
  return path?.split('.').reduce<unknown>((value, name) => {
    const isObject = typeof value === 'object' && value !== null;
    return isObject && Object.hasOwn(value, name) ? (value as Message)[name] : undefined;
  }, message);
}

/** Adds to an error about a field where its value came from, for whoever has to mend it there. */
export function withOrigin(error: unknown, origins: ReadonlyMap<string, SentenceValue>): unknown {
  if (!(error instanceof AllegroError) || error.kind !== 'input' || error.isMissing) return error;
  const origin = origins.get(error.field ?? '');
  if (origin === undefined) return error;
  const { kind, field, cause } = error;
  const { what, advice } = error.sentences;
  return new AllegroError({
    ...{ kind, field, what, cause },
    advice: sentences(advice, say`The value came from ${origin}.`),
  });
}

/** Reads `<name>` and `<name>Type`. Blank is checked before evaluating: Node-RED reads a blank number as 0. */
async function typedValue(
  field: Field,
  properties: Readonly<Record<string, unknown>>,
  scope: Scope,
): Promise<unknown> {
  const value = properties[field.name] ?? defaultText(field);
  const type = asText(properties[`${field.name}Type`] ?? defaultType(field));
  if (type === 'date') return evaluate(field, asText(value), 'date', scope);
  if (value === '') return undefined;
  // Values that are no text come from flows written by hand.
  if (STATIC_TYPES.has(type) || typeof value !== 'string') return value;
  return evaluate(field, value, type, scope);
}

/** Rows of the form, each cell of which may name a source; or rows that a message brings. */
async function listValue(field: ListField, config: NodeConfig, scope: Scope): Promise<unknown> {
  const type = config[`${field.name}Type`] ?? 'rows';
  if (type !== 'rows') return typedValue(field, config, scope);
  const rows = config[`${field.name}Rows`];
  if (!Array.isArray(rows) || rows.length === 0) return undefined;
  return Promise.all(
    rows.map(async (row: Record<string, unknown> | null) => {
      // As a flow written by hand may have it; reading the list says so.
      if (row === null) return row;
      const cells = field.columns.map(async (column) => [
        column.name,
        await typedValue(column, row, scope),
      ]);
      return Object.fromEntries((await Promise.all(cells)) as Array<[string, unknown]>) as unknown;
    }),
  );
}

async function evaluate(
  field: Field,
  value: string,
  type: string,
  { RED, node, message, signal }: Scope,
): Promise<unknown> {
  let stop = () => {};
  try {
    signal?.throwIfAborted();
    // Parse errors of expressions are thrown here and now, in spite of the callback.
    const result = await new Promise<unknown>((resolve, reject) => {
      stop = () => reject(signal?.reason as Error);
      signal?.addEventListener('abort', stop);
      RED.util.evaluateNodeProperty(value, type, node, message, (error, found) =>
        error ? reject(error) : resolve(found),
      );
    });
    // To Node-RED a variable that is not set is a blank one.
    const isNothing = result === undefined || result === null || (type === 'env' && result === '');
    const isAbsent = isNothing || (needsValueOfSource(field) && isBlank(result));
    if (isAbsent) throw absentError(field, value, type);
    return result;
  } catch (error) {
    if (error instanceof AllegroError) throw error;
    throw inputError(
      field.name,
      say`"${formText(field.label)}" cannot be evaluated: ${reasonOf(error)}`,
      type === 'jsonata'
        ? say`Check the expression in the node.`
        : say`Check the value in the node.`,
    );
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** JSONata throws plain objects, whose message may end with a stop or without. */
function reasonOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return `${trimEnd(typeof message === 'string' ? message : asText(error), '. ')}.`;
}

/** Going on without the value would be dangerous: a filter that is missing matches everything. */
function absentError(field: Field, value: string, type: string): AllegroError {
  return missingError(
    field.name,
    say`"${formText(field.label)}" is taken from ${sourceName(value, type)}, which returned nothing.`,
    field.required
      ? say`Put the value there, or set the field in the node.`
      : say`Put the value there, or leave the field blank in the node.`,
  );
}

function sourceName(value: string, type: string): SentenceValue {
  if (type === 'jsonata') return say`the expression`;
  // As Node-RED writes the choice of a context store.
  const [, store, key] = /^#:\(([^)]+)\)::(.+)$/.exec(value) ?? [];
  if (store !== undefined) return say`${type}.${key} in the context store "${store}"`;
  return type === 'env' ? say`the environment variable ${value}` : `${type}.${value}`;
}
