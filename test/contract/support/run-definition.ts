import { createHash } from 'node:crypto';
import type { AllegroClient } from '../../../client';
import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';
import type { Progress } from '../../../nodes/definitions/model/run-context';
import type { RunResult } from '../../../nodes/definitions/model/run-result';
import { readFieldValues } from '../../../nodes/definitions/model/read-field-values';
import { startRun } from '../../../nodes/definitions/model/start-run';
import { runContext } from '../../support/fake-transport';

export interface Ran {
  json: Record<string, unknown>;
  /** Absent where the result is data. */
  file?: { name: string; bytes: Buffer; sha256: string };
}

interface RunOptions {
  signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  /** Called before a file is read. */
  onFile?(): void;
}

/** Runs a definition as a host does, and keeps what it yields. */
export async function runDefinition(
  client: AllegroClient,
  definition: NodeDefinition,
  raw: Record<string, unknown> = {},
  { signal = new AbortController().signal, onProgress, onFile }: RunOptions = {},
): Promise<Ran[]> {
  const context = runContext({
    signal,
    progress: (progress: Progress) => onProgress?.(progress),
  });
  const store = async ({ json, file }: RunResult): Promise<Ran> => {
    if (!file) return { json };
    onFile?.();
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.stream) chunks.push(chunk.slice());
    const bytes = Buffer.concat(chunks);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { json: await file.finished, file: { name: file.name, bytes, sha256 } };
  };
  const values = readFieldValues(definition, raw);
  const found: Ran[] = [];
  for await (const one of startRun(definition, context, () => client, values, store)) {
    found.push(one);
  }
  return found;
}

/** The JSON of a definition's one result. */
export async function jsonOf(
  definition: NodeDefinition,
  client: AllegroClient,
  raw: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const found = await runDefinition(client, definition, raw);
  expect(found).toHaveLength(1);
  return found[0].json;
}
