import type { RingBuffer, SuspendedBuffer } from '../../../nodes/definitions/model/run-context';
import { say, type Sentence } from '../../../client/values/sentence';

/** A suspended ring buffer with the node that has suspended it, as it is noted on disk. */
export type SuspensionNote = SuspendedBuffer & {
  nodeId: string;
  /** ISO 8601; undefined for one that is to be resumed at the next start. */
  resumeAt?: string;
};

/** Undefined for what this package has not written. */
export function parseNote(text: string): SuspensionNote | undefined {
  try {
    const note = JSON.parse(text) as Partial<SuspensionNote>;
    const { nodeId, device, address, ringBuffer, suspendedAt, resumeAt } = note;
    const isNote = typeof device === 'string' && Number.isSafeInteger(ringBuffer);
    if (!isNote || typeof address !== 'object' || address === null) return undefined;
    return {
      ...{ nodeId: String(nodeId), device, address, ringBuffer: ringBuffer! },
      suspendedAt: String(suspendedAt),
      ...(resumeAt === undefined ? {} : { resumeAt: String(resumeAt) }),
    };
  } catch {
    return undefined;
  }
}

/** Milliseconds until it is to be resumed; 0 or less for one that is due. */
export function untilDue({ resumeAt }: SuspensionNote): number {
  const due = resumeAt === undefined ? NaN : Date.parse(resumeAt);
  return Number.isNaN(due) ? 0 : due - Date.now();
}

/** When it was suspended, milliseconds since 1970-01-01 UTC; 0 where the note does not say. */
export function sinceWhen({ suspendedAt }: SuspensionNote): number {
  return Date.parse(suspendedAt) || 0;
}

/** The same for the same buffer. */
export function bufferKey({ device, address, ringBuffer }: RingBuffer): string {
  return JSON.stringify([device, address.mmId ?? '', ringBuffer]);
}

/** For messages. */
export function nameOfBuffer({
  ringBuffer,
  device,
  address,
  suspendedAt,
}: SuspensionNote): Sentence {
  const place = [device, address.mmId].filter(Boolean).join(' ');
  return say`ring buffer ${ringBuffer} of ${place} (since ${suspendedAt})`;
}
