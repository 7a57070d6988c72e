import type { ApiCall } from '../api/api';
import { CAPTURE } from '../api/paths';
import type { PcapLimits } from '../pcap';
import { toCaptureMicroseconds, type TimeSpan } from '../values/time-range';
import type { Sentence } from '../values/sentence';

/** The limits that end a file at a packet boundary. */
export type CaptureLimits = PcapLimits;

/** What to capture, by the clock of the appliance. */
export interface CaptureWindow extends TimeSpan {
  /**
   * How far the appliance's clock was ahead when the window was made, in seconds; nothing for an
   * analysis slot, whose packets have nothing to do with now.
   */
  clockOffsetSeconds: number | null;
  /** All of an analysis slot, whatever the times of its packets: then start and end mean nothing. */
  isWholeUpload?: boolean;
  /** Where the window goes by another clock than the appliance's. */
  clockWarning?: Sentence;
}

interface CommonRequest {
  /** Filter expression; empty for everything. */
  expression: string;
  limits: CaptureLimits;
  /** Whether more than the limits allow is an error, instead of the end of the file. */
  refuseBeyondLimits?: boolean;
  /** Bytes of each packet on layer 2 without frame check sequence; 65535 for all. */
  snapLength: number;
  /** Index of the ring buffer; 0 for the first. */
  ringBuffer: number;
  /** Prefix of the file name; empty for the default. */
  fileNamePrefix: string;
  /** Milliseconds without a byte after which a back-in-time capture counts as stalled. */
  idleLimit?: number;
  /** Milliseconds that a back-in-time capture may take in all, the wait for other requests included. */
  totalLimit?: number;
  onProgress(bytes: number, packets: number): void;
}

/** Source: "Pcap extraction", the available parameters. */
export type CaptureRequest = CommonRequest &
  (
    | { source: 'ringBuffer'; window: CaptureWindow }
    | {
        source: 'live';
        durationSeconds: number;
        /** Aborted to end the capture: the file ends there, and is complete. */
        finish?: AbortSignal;
      }
  );

/** Milliseconds that a search in the ring buffer may take before its first byte, at least. */
const HEADERS_LIMIT = 120_000;
const IDLE_LIMIT = 60_000;
const TOTAL_LIMIT = 3_600_000;
/**
 * The appliance ends a live capture with the first packet after its end; on a quiet network none
 * comes. Then the client ends it, this many milliseconds later.
 */
const LIVE_GRACE = 2000;

/** What is known of the call before its window is. */
export function callBeforeWindow({ source }: CaptureRequest): ApiCall {
  return { method: 'GET', path: CAPTURE, longTransfer: true, live: source === 'live' };
}

/** Milliseconds after which the client ends a capture. */
export function timeLimitOf(request: CaptureRequest): number {
  return request.source === 'live'
    ? request.durationSeconds * 1000 + LIVE_GRACE
    : (request.totalLimit ?? TOTAL_LIMIT);
}

/** The call for a capture. Source: "Pcap extraction", the available parameters. */
export function captureCall(request: CaptureRequest, window: CaptureWindow): ApiCall {
  const isLive = request.source === 'live';
  const limit = timeLimitOf(request);
  const idleLimit = isLive ? limit * 2 : (request.idleLimit ?? IDLE_LIMIT);
  const { start, end } = toCaptureMicroseconds(window);
  return {
    ...callBeforeWindow(request),
    query: {
      // A live capture starts now, which is what the appliance takes when nothing is said.
      startTime: isLive ? undefined : start,
      endTime: end,
      expression: request.expression,
      snapPacketLength: request.snapLength,
      // Its default is not documented, so it is always said.
      fromCaptureBuffer: !isLive,
      captureBufferSlotId: isLive ? undefined : request.ringBuffer,
    },
    // Quiet is normal in a live capture, before its first byte too; its own end bounds it.
    headersLimit: Math.max(HEADERS_LIMIT, idleLimit),
    idleLimit,
  };
}
