import { pcapSummary } from '../../nodes/definitions/analysis/pcap-summary';
import { readFieldValues } from '../../nodes/definitions/model/read-field-values';
import type { InputFile } from '../../nodes/definitions/model/run-result';
import { runContext } from './fake-transport';

interface Counts {
  packets: number;
  bytes: number;
}

/** As much of a full summary as tests look into. */
export interface Summary extends Record<string, unknown>, Counts {
  complete: boolean;
  fault: { kind: string; message: string } | null;
  conversations: Array<{ a: string; b: string } & Counts & Record<string, unknown>>;
  protocols: Array<{ protocol: string; transport: string | null } & Counts>;
  layers: Array<{ layer: string } & Counts>;
  warnings: string[];
}

/** Runs Pcap Summary as a host does; without other values, in full. */
export async function summarize(
  file: InputFile,
  raw: Record<string, unknown> = {},
  more: { signal?: AbortSignal } = {},
): Promise<Summary> {
  const values = readFieldValues(pcapSummary, { file, simplify: false, ...raw });
  for await (const { json } of pcapSummary.run(runContext(more), values))
    return json as unknown as Summary;
  throw new Error('Nothing came.');
}
