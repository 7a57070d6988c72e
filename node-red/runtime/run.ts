import type { AllegroClient } from '../../client';
import type {
  LocalContext,
  NodeDefinition,
  Progress,
  RunResult,
} from '../../nodes/definitions/definition';
import type { FieldValues } from '../../nodes/definitions/field';
import { startRun } from '../../nodes/definitions/start-run';
import { FILE_TARGET_FIELDS, type FileTargetValues } from './file-fields';
import { collectFile, storeFile } from './file-target';
import { originOf } from './origin';
import type { Message, NodeConfig, RuntimeNode } from './red';
import { readValues, workingFolder, type Scope } from './values';

/** One result, stored and ready to be put on a message. */
export interface Outcome {
  json: Record<string, unknown>;
  /** What `msg.payload`, `msg.filename` and `msg.fileInfo` become; undefined takes it away. */
  properties: Message;
}

export interface RunOptions {
  definition: NodeDefinition;
  config: NodeConfig;
  scope: Scope;
  /**
   * Called after the fields were read, so that a wrong value is found before any connection; not
   * called where no appliance is needed.
   */
  getClient(): AllegroClient;
  signal: AbortSignal;
  progress(progress: Progress): void;
}

/**
 * Runs a definition for one message. Files are stored before the next result is asked for, because
 * their streams end with the definition's step.
 */
export async function* runDefinition(options: RunOptions): AsyncGenerator<Outcome> {
  const { definition, config, scope, signal } = options;
  const values = await readValues(definition, config, scope);
  const target = definition.producesFile ? await readTarget(config, scope) : undefined;
  // Nobody may be listening to the signal yet.
  signal.throwIfAborted();
  const context: LocalContext = {
    signal,
    progress: (progress) => options.progress(progress),
    log: logOf(scope.node),
    origin: originOf(scope),
  };
  for await (const result of startRun(definition, context, () => options.getClient(), values)) {
    yield target ? await storeResult(result, target, workingFolder(scope.RED)) : plain(result);
  }
}

function readTarget(config: NodeConfig, scope: Scope): Promise<FileTargetValues> {
  return readValues({ fields: [...FILE_TARGET_FIELDS] }, config, scope).then(
    (values: FieldValues) => values as unknown as FileTargetValues,
  );
}

function plain({ json }: RunResult): Outcome {
  return { json, properties: { payload: json } };
}

async function storeResult(
  { json, file }: RunResult,
  target: FileTargetValues,
  baseFolder: string,
): Promise<Outcome> {
  if (target.fileTarget === 'buffer') {
    const collected = file
      ? await collectFile(file, target.bufferLimit!)
      : { content: Buffer.alloc(0), json };
    const { fileName } = collected.json;
    return {
      json: collected.json,
      properties: {
        payload: collected.content,
        fileInfo: collected.json,
        filename: file ? fileName : undefined,
      },
    };
  }
  if (!file) return { json, properties: { payload: json, filename: undefined } };
  const stored = await storeFile(file, target, baseFolder);
  return { json: stored.json, properties: { payload: stored.json, filename: stored.path } };
}

function logOf(node: RuntimeNode): LocalContext['log'] {
  return { debug: (text) => node.debug(text), warn: (text) => node.warn(text) };
}
