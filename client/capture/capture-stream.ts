import { AllegroError, type RequestInfo } from '../errors';
import { verifiedStream, type StreamDigest, type VerifiedStream } from '../files/verified-stream';
import { PcapLimiter, type PcapLimit, type PcapLimits, type PcapSummary } from '../pcap';
import { say } from '../values/sentence';

/** What ended a capture: all that there was, a limit, or a person who finished it. */
export type EndedBy = 'device' | 'duration' | 'bytes' | 'packets' | 'finish';

/** What is known when a capture is over and complete. */
export interface CaptureEnd {
  file: PcapSummary;
  /** Lower-case hexadecimal, of the bytes that the stream yielded; nothing where it yielded none. */
  sha256: string | null;
  endedBy: EndedBy;
}

interface CaptureStreamOptions {
  source: AsyncIterator<Uint8Array>;
  /** What was read already, to find out what it is. */
  head: Uint8Array;
  limits: PcapLimits;
  refuseBeyondLimits: boolean;
  requestInfo: RequestInfo;
  /** What of our own, as opposed to the appliance, ended it, if anything did. */
  endedHere(): 'duration' | 'finish' | undefined;
  /** Whether a live capture has lasted as long as it was meant to. */
  hasLasted(): boolean;
  onProgress(bytes: number, packets: number): void;
  /** Called once, however it ends. */
  onEnd(): void;
}

/** Passes complete packets on while it walks and hashes them in the same go. */
export function captureStream(options: CaptureStreamOptions): VerifiedStream<CaptureEnd> {
  const { source, head, limits, refuseBeyondLimits, requestInfo, onProgress, onEnd } = options;
  const limiter = new PcapLimiter(refuseBeyondLimits ? oneMore(limits) : limits);
  return verifiedStream({
    ...{ source, head, requestInfo, onEnd },
    name: say`capture`,
    pass: (chunk) => limiter.write(chunk),
    isOver: () => limiter.halted,
    onProgress: (bytes) => onProgress(bytes, limiter.progress.packets),
    finish: (digest) => captureEnd(options, limiter, digest),
  });
}

/** @throws AllegroError `incomplete` when the last record is truncated, `tooLarge` beyond a limit */
function captureEnd(
  { limits, refuseBeyondLimits, requestInfo, endedHere, hasLasted }: CaptureStreamOptions,
  limiter: PcapLimiter,
  { bytes, sha256 }: StreamDigest,
): CaptureEnd {
  const { limitReached } = limiter;
  if (limitReached && refuseBeyondLimits) throw beyondLimitError(limitReached, limits, requestInfo);
  const own = endedHere();
  // A record that was begun when we ended it is not part of the file; nothing is missing.
  const file = own ? limiter.endHere() : limiter.end();
  const hasBytes = file.fault?.kind !== 'empty';
  if (hasBytes && !file.complete) throw incompleteError(file, requestInfo);
  return {
    file: hasBytes ? file : { ...file, complete: true, fault: undefined },
    sha256: bytes > 0 ? sha256 : null,
    endedBy: limitReached ?? own ?? (hasLasted() ? 'duration' : 'device'),
  };
}

/** A file that reaches its limit exactly is not beyond it; with one more of each, it shows. */
function oneMore({ maxPackets, maxBytes }: PcapLimits): PcapLimits {
  return {
    maxPackets: maxPackets === undefined ? undefined : maxPackets + 1,
    maxBytes: maxBytes === undefined ? undefined : maxBytes + 1,
  };
}

function beyondLimitError(
  reached: PcapLimit,
  { maxPackets, maxBytes }: PcapLimits,
  requestInfo: RequestInfo,
): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'tooLarge',
    what:
      reached === 'bytes'
        ? say`The capture is larger than the limit of ${maxBytes! / 1e6} MB.`
        : say`The capture is larger than the limit of ${maxPackets!} [packet|packets].`,
    advice: say`Nothing was kept. Narrow the filter or the window, raise the limit, or let the file end at the limit.`,
  });
}

function incompleteError({ fault, packets }: PcapSummary, requestInfo: RequestInfo): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'incomplete',
    what: say`The capture is incomplete: ${fault?.message ?? say`it does not end at a packet boundary.`} ${packets} [packet|packets] had arrived.`,
    advice: say`What arrived was discarded. Try again; shorten the window if the problem persists.`,
    canRetry: true,
  });
}
