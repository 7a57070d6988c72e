import type { Api, CallOptions } from '../api/api';
import { CAPTURE } from '../api/paths';
import type { RequestInfo } from '../errors';
import { MAGIC_LENGTH, PcapLimiter, sniffFormat } from '../pcap';
import { readHead } from '../files/verified-stream';
import { notACapture } from './not-a-capture';

/**
 * The earliest time that may be asked for, in microseconds since 1970: 0 could be read as "not set",
 * which means now.
 */
export const BEGINNING_US = 1;
/** Enough of the first packet to know its time. */
const SNAP_LENGTH = 64;

/**
 * Asks a ring buffer for its oldest packet, by a capture from the beginning that stops after one.
 * Source: "Pcap extraction", `startTime`: the first packet with this or a later time starts the
 * capture.
 *
 * @param endUs exclusive; where to stop looking, in microseconds since 1970-01-01 UTC
 * @returns microseconds since 1970-01-01 UTC; nothing where no packet came, which can have other
 *   reasons than an empty buffer
 * @throws AllegroError `badAnswer` when what comes is not a capture, and all that a request throws
 */
export async function oldestPacket(
  api: Api,
  { ringBuffer, endUs }: { ringBuffer: number; endUs: number },
  { signal, address }: CallOptions,
): Promise<number | undefined> {
  const stop = new AbortController();
  const query = {
    startTime: BEGINNING_US,
    endTime: Math.ceil(endUs),
    snapPacketLength: SNAP_LENGTH,
    fromCaptureBuffer: true,
    captureBufferSlotId: ringBuffer,
  };
  const call = { method: 'GET', path: CAPTURE, query } as const;
  const target = { address: { mmId: address?.mmId } };
  const options = { ...target, signal: AbortSignal.any([signal, stop.signal]) };
  const { body } = await api.open(call, options);
  try {
    return await firstPacketTime(body[Symbol.asyncIterator](), api.requestInfo(call, target));
  } finally {
    stop.abort();
  }
}

async function firstPacketTime(
  source: AsyncIterator<Uint8Array>,
  requestInfo: RequestInfo,
): Promise<number | undefined> {
  const head = await readHead(source, MAGIC_LENGTH);
  const { kind } = sniffFormat(head);
  if (kind === 'other') throw await notACapture(head, source, requestInfo);
  if (kind === 'empty') return undefined;
  const limiter = new PcapLimiter({ maxPackets: 1 });
  limiter.write(head);
  while (!limiter.halted) {
    const { done, value } = await source.next();
    if (done) break;
    limiter.write(value);
  }
  return limiter.endHere().firstPacket?.microseconds;
}
