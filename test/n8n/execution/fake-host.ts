import type { IExecuteFunctions } from 'n8n-workflow';
import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';
import { definitionOf as anyDefinitionOf, type Run } from '../../support/definition-of';

/** What n8n stored. */
interface Stored {
  fileName: string;
  mimeType: string;
  content: string;
}

/** A node that produces a file. */
export const definitionOf = (run: Run, more: Partial<NodeDefinition> = {}) =>
  anyDefinitionOf(run, { producesFile: true, ...more });

/** As much of n8n as the adapter asks of it; what the real one does is tested with the real one. */
export function fakeHost(
  parameters: Record<string, unknown> = {},
  resolved: Record<string, unknown> = parameters,
) {
  const stored: Stored[] = [];
  const hints: string[] = [];
  const asked: string[] = [];
  const values: Record<string, unknown> = {
    authentication: 'token',
    operation: 'doIt',
    outputBinaryField: 'data',
    ...parameters,
  };
  const host = {
    getInputData: () => [{ json: {} }],
    getNodeParameter(name: string, _: number, fallback?: unknown, options?: object) {
      if (!(name in values)) return fallback;
      const isRaw = (options as { rawExpressions?: boolean } | undefined)?.rawExpressions;
      const isExpression = String(values[name]).startsWith('=');
      return isRaw || !(name in resolved || isExpression) ? values[name] : resolved[name];
    },
    getCredentials: async (type: string) => {
      asked.push(type);
      return { baseUrl: 'https://allegro', token: 't' };
    },
    getNode: () => ({ id: 'n1', name: 'Capture' }),
    getWorkflow: () => ({ id: 'w1', name: 'Alerts', active: false }),
    getExecutionId: () => '231',
    getExecutionCancelSignal: () => undefined,
    getTimezone: () => 'UTC',
    continueOnFail: () => false,
    addExecutionHints: (...all: Array<{ message: string }>) =>
      hints.push(...all.map(({ message }) => message)),
    logger: { debug: () => undefined, warn: () => undefined },
    helpers: {
      async prepareBinaryData(
        data: Buffer | AsyncIterable<Buffer>,
        fileName: string,
        mimeType: string,
      ) {
        const chunks: Buffer[] = [];
        if (Buffer.isBuffer(data)) chunks.push(data);
        else for await (const chunk of data) chunks.push(chunk);
        stored.push({ fileName, mimeType, content: Buffer.concat(chunks).toString() });
        return { data: 'stored', mimeType, fileName };
      },
    },
  };
  return { host: host as unknown as IExecuteFunctions, stored, hints, asked };
}

export async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
