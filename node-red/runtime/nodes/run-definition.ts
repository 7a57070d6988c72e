import type { AllegroClient } from '../../../client';
import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';
import type { LocalContext, Progress } from '../../../nodes/definitions/model/run-context';
import { resultIn } from '../../../nodes/definitions/model/result-texts';
import type { RunResult } from '../../../nodes/definitions/model/run-result';
import { isShown } from '../../../nodes/definitions/model/read-field-values';
import { startRun } from '../../../nodes/definitions/model/start-run';
import { targetFieldsOf, type FileTargetValues } from '../files/file-target-fields';
import { downloadHeaders } from '../files/download-headers';
import { collectFile, collectParts } from '../files/collect-file';
import { storeParts } from '../files/store-parts';
import type { FileStore } from '../files/file-store';
import { keptRepeatsOf } from './kept-repeats';
import { noteSuspensionOf } from '../suspensions/leftover-suspensions';
import { storeFile } from '../files/store-file';
import { localContext } from '../values/local-context';
import type { Message, NodeConfig } from '../runtime-api';
import type { Sentence, SentenceValue } from '../../../client/values/sentence';
import { languageOf, type RuntimeLanguage } from '../values/language';
import { readValues, withOrigin, type Scope } from '../values/read-values';
import { asText } from '../../../client/values/text';

/** One result, stored and ready to be put on a message. */
export interface Outcome {
  json: Record<string, unknown>;
  /** What `msg.payload`, `msg.filename` and `msg.fileInfo` become; undefined takes it away. */
  properties: Message;
  /** How many there are in all, where that is known already. */
  count?: number;
}

export interface RunOptions {
  definition: NodeDefinition;
  config: NodeConfig;
  scope: Scope;
  store: FileStore;
  /**
   * Called after the fields were read, so that a wrong value is found before any connection; not
   * called where no appliance is needed.
   */
  getClient(): AllegroClient;
  signal: AbortSignal;
  finish?: AbortSignal;
  progress(progress: Progress): void;
}

/** Runs a definition for one message. Throws what the fields, the definition and storing throw. */
export async function* runDefinition(options: RunOptions): AsyncGenerator<Outcome> {
  const origins = new Map<string, SentenceValue>();
  try {
    yield* outcomes(options, origins);
  } catch (error) {
    throw withOrigin(error, origins);
  }
}

async function* outcomes(
  options: RunOptions,
  origins: Map<string, SentenceValue>,
): AsyncGenerator<Outcome> {
  const { definition, config, scope, signal } = options;
  const values = await readValues(definition, config, scope, origins);
  const isFile = definition.producesFile && isShown({ showWhen: definition.fileWhen }, values);
  const target = isFile
    ? await readValues({ fields: targetFieldsOf(definition) }, config, scope, origins)
    : undefined;
  // Nobody may be listening to the signal yet.
  signal.throwIfAborted();
  const { store } = options;
  const language = languageOf(scope.RED);
  const context: LocalContext = {
    ...localContext(scope, signal),
    noteSuspension: noteSuspensionOf(store, scope.node, language),
    repeats: keptRepeatsOf(scope.RED, scope.node),
    plannedResumes: store.resumePlans.of(scope.node.id, (reason) =>
      scope.node.warn(language.show(reason)),
    ),
    finish: options.finish,
    progress: (progress) => options.progress(progress),
  };
  yield* startRun(
    definition,
    context,
    () => options.getClient(),
    values,
    async (english) => {
      const result = resultIn(english, language);
      const outcome = await outcomeOf(definition, result, target, options, language);
      return { ...outcome, count: english.count };
    },
  );
}

/** @param target where a file goes; undefined where the run makes none */
async function outcomeOf(
  definition: NodeDefinition,
  result: RunResult,
  target: FileTargetValues | undefined,
  { store, scope }: RunOptions,
  language: RuntimeLanguage,
): Promise<Outcome> {
  if (!target) return plain(result);
  if (definition.fileIsOptional && !result.file) return withoutFile(result);
  if (result.json.skipped === true) return withoutFile(result);
  return target.fileTarget === 'buffer'
    ? collectResult(result, target.bufferLimit, scope.message)
    : storeResult(result, target, store, language);
}

function plain({ json }: RunResult): Outcome {
  return { json, properties: { payload: json } };
}

/** Removes what would look like this node's file but comes from an earlier node. */
function withoutFile({ json }: RunResult): Outcome {
  return { json, properties: { payload: json, filename: undefined, fileInfo: undefined } };
}

async function storeResult(
  result: RunResult,
  target: FileTargetValues,
  store: FileStore,
  language: RuntimeLanguage,
): Promise<Outcome> {
  const { json, file, parts } = result;
  if (parts) {
    const { paths, json: facts, leftovers } = await storeParts(parts, target, store);
    const all = withWarnings(facts, leftovers, language);
    return { json: all, properties: { payload: all, filename: paths[0] } };
  }
  if (!file) return { json, properties: { payload: json, filename: undefined } };
  const { path, json: facts, leftovers } = await storeFile(file, target, store);
  const all = withWarnings(facts, leftovers, language);
  return { json: all, properties: { payload: all, filename: path } };
}

function withWarnings(
  json: Record<string, unknown>,
  more: readonly Sentence[],
  language: RuntimeLanguage,
): Record<string, unknown> {
  if (more.length === 0) return json;
  const { warnings = [] } = json as { warnings?: readonly unknown[] };
  return { ...json, warnings: [...warnings, ...more.map((one) => language.show(one))] };
}

/** Several files become an array of Buffers, which a Split node takes apart. */
async function collectResult(
  { json, file, parts }: RunResult,
  limitMegabytes: number,
  message: Message,
): Promise<Outcome> {
  if (parts) {
    const { contents, json: info } = await collectParts(parts, limitMegabytes);
    return {
      json: info,
      properties: { payload: contents, fileInfo: info, filename: undefined },
    };
  }
  if (!file) {
    // A following file node would write an empty Buffer as if it were a capture.
    const payload = json.error === undefined ? Buffer.alloc(0) : json;
    return { json, properties: { payload, fileInfo: json, filename: undefined } };
  }
  const { content, json: info } = await collectFile(file, limitMegabytes);
  const headers = downloadHeaders(message, file, asText(info.fileName ?? file.name));
  return {
    json: info,
    properties: {
      ...{ payload: content, fileInfo: info, filename: info.fileName },
      ...(headers ? { headers } : {}),
    },
  };
}
