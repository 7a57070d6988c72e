import type { Capture } from '../../../client/capture/capture';
import type { CaptureSummary } from '../../../client/capture/capture-summary';
import type { Origin } from '../model/run-context';
import type { Sidecar } from '../model/run-result';
import type { Sentence } from '../../../client/values/sentence';

/** Name and version of the record's form. The version rises when a reader has to change. */
const SCHEMA = { name: 'allegro-capture-evidence', version: 1 } as const;

/** What a capture's result tells for the record; the next step of a workflow needs none of it. */
export const RECORD_PROPERTIES = [
  'evidence',
  'source',
  'format',
  'linkTypes',
  'truncatedPackets',
  'clockOffsetSeconds',
] as const;

/** A file that the record vouches for. */
export interface EvidenceFile {
  name: string;
  packets: number;
  /** Length of the file. */
  bytes: number;
  /** Lower-case hexadecimal, of the file's bytes. */
  sha256: string;
}

/**
 * What stands up when somebody asks later how a file came about. Plain JSON; times in ISO 8601 and
 * UTC, by this machine's clock unless said otherwise. Never holds credentials.
 */
export interface Evidence extends Record<string, unknown> {
  schema: typeof SCHEMA;
  /** When the capture began and when it was proven. */
  startedAt: string;
  endedAt: string;
  /** Who asked. */
  origin: Origin;
  appliance: {
    url: string;
    /** Device and slot as they were addressed; nothing for live traffic of the appliance itself. */
    mmId: string | null;
    /** How far the appliance's clock is ahead of this machine, in seconds; see `CaptureWindow`. */
    clockOffsetSeconds: number | null;
  };
  /** The HTTP request that the packets answer. */
  request: { method: string; path: string; query: string };
  source: CaptureSummary['source'];
  /** The filter expression; empty for everything. */
  expression: string;
  /** By the appliance's clock; `to` is exclusive. */
  requestedWindow: CaptureSummary['requestedWindow'];
  /** Times of the first and the last packet. */
  coveredWindow: CaptureSummary['coveredWindow'];
  packets: number;
  bytes: number;
  truncatedPackets: number;
  format: CaptureSummary['format'];
  linkTypes: string[];
  complete: boolean;
  endedBy: CaptureSummary['endedBy'];
  files: EvidenceFile[];
  warnings: Sentence[];
}

/** Puts the record of a capture together. */
export function evidenceOf(
  summary: CaptureSummary,
  facts: {
    origin: Origin;
    request: Capture['request'];
    /** Milliseconds since 1970-01-01 UTC. */
    startedAt: number;
    endedAt: number;
    files: EvidenceFile[];
  },
): Evidence {
  const { source, expression, requestedWindow, coveredWindow, packets, bytes } = summary;
  const { truncatedPackets, format, linkTypes, complete, endedBy, warnings } = summary;
  return {
    schema: SCHEMA,
    startedAt: new Date(facts.startedAt).toISOString(),
    endedAt: new Date(facts.endedAt).toISOString(),
    origin: facts.origin,
    appliance: {
      url: withoutLogin(summary.device),
      mmId: summary.mmId ?? null,
      clockOffsetSeconds: summary.clockOffsetSeconds,
    },
    request: facts.request,
    source,
    expression,
    requestedWindow,
    coveredWindow,
    packets,
    bytes,
    truncatedPackets,
    format,
    linkTypes,
    complete,
    endedBy,
    files: facts.files,
    warnings,
  };
}

/** The file of a capture that is in one piece; none where no byte arrived. */
export function evidenceFiles({
  fileName,
  packets,
  bytes,
  sha256,
}: CaptureSummary): EvidenceFile[] {
  return fileName && sha256 ? [{ name: fileName, packets, bytes, sha256 }] : [];
}

/** The record as a file beside the pcap. */
export const EVIDENCE_SIDECAR: Sidecar = {
  label: 'evidence',
  extension: '.evidence.json',
  mediaType: 'application/json',
  content: ({ evidence }) => `${JSON.stringify(evidence, null, 2)}\n`,
};

function withoutLogin(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1');
}
