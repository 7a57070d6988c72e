import type { CaptureWindow } from './capture-request';
import type { CaptureEnd, EndedBy } from './capture-stream';
import { timeWarnings, type CaptureFormat, type PcapSummary } from '../pcap';
import { isoWindow, type IsoWindow } from './capture-window';
import { say, type Sentence } from '../values/sentence';

/** What every capture tells of itself. Plain data. */
export interface CaptureSummary extends Record<string, unknown> {
  /** Nothing where no byte came and no file is there. */
  fileName: string | null;
  packets: number;
  /** Length of the file. */
  bytes: number;
  /** Lower-case hexadecimal. */
  sha256: string | null;
  /** Every record was walked to its last byte. Never false: an incomplete capture is an error. */
  complete: boolean;
  endedBy: EndedBy;
  format: CaptureFormat | null;
  linkTypes: string[];
  /** Packets that the file holds only in part, because of the snap length. */
  truncatedPackets: number;
  /** The filter expression that was sent. */
  expression: string;
  source: 'ringBuffer' | 'live';
  /** `null` for all of an analysis slot. */
  requestedWindow: IsoWindow | null;
  /** Times of the first and the last packet; nothing without packets. */
  coveredWindow: IsoWindow | null;
  /** See {@link CaptureWindow}. */
  clockOffsetSeconds: number | null;
  device: string;
  mmId?: string;
  warnings: Sentence[];
}

interface Circumstances {
  fileName: string | null;
  source: 'ringBuffer' | 'live';
  expression: string;
  window: CaptureWindow;
  device: string;
  mmId?: string;
  /** The answer says where it ends: it has a length or comes in chunks. */
  isEndMarked: boolean;
  /** What is missing of the window: at its start in the ring buffer, at either end of a live capture. */
  windowWarnings: Sentence[];
}

/** Puts what the walk found and what was asked for into one result. */
export function captureSummary(
  { file, sha256, endedBy }: CaptureEnd,
  {
    fileName,
    source,
    expression,
    window,
    device,
    mmId,
    isEndMarked,
    windowWarnings,
  }: Circumstances,
): CaptureSummary {
  const { firstPacket, lastPacket } = file;
  return {
    fileName,
    packets: file.packets,
    bytes: file.bytes,
    complete: file.complete,
    endedBy,
    format: file.format ?? null,
    linkTypes: file.linkTypeNames,
    truncatedPackets: file.truncatedPackets,
    expression,
    source,
    requestedWindow: isoWindow(window),
    coveredWindow: firstPacket && lastPacket ? { from: firstPacket.iso, to: lastPacket.iso } : null,
    sha256,
    clockOffsetSeconds: window.clockOffsetSeconds,
    device,
    mmId,
    warnings: [
      ...warningsFor(file, window, source),
      ...(endedBy === 'bytes' ? [ENDED_BY_SIZE] : []),
      ...windowWarnings,
      ...timeWarnings(file),
      ...(isEndMarked || endedBy !== 'device' ? [] : [UNMARKED_END]),
    ],
  };
}

const UNMARKED_END = say`The response had neither a length nor chunks, so a connection lost exactly between two packets would go unnoticed.`;
const TOLERATED_OFFSET_SECONDS = 2;

/** Not for the packet limit: who sets one wants just so many. */
const ENDED_BY_SIZE = say`The size limit ended the file: there are more packets.`;

/** What to say of a clock that differs, if anything. */
export function clockWarnings(offsetSeconds: number | null, warning?: Sentence): Sentence[] {
  if (warning !== undefined) return [warning];
  if (offsetSeconds === null || Math.abs(offsetSeconds) <= TOLERATED_OFFSET_SECONDS) return [];
  return [
    offsetSeconds > 0
      ? say`The clock of the appliance is ${offsetSeconds} s ahead of that of this machine: alert times from other systems may not match.`
      : say`The clock of the appliance is ${-offsetSeconds} s behind that of this machine: alert times from other systems may not match.`,
  ];
}

function warningsFor(
  { bytes, firstPacket, lastPacket }: PcapSummary,
  { startUs, endUs, clockOffsetSeconds, clockWarning }: CaptureWindow,
  source: Circumstances['source'],
): Sentence[] {
  const warnings: Sentence[] = [];
  if (bytes === 0 && source === 'ringBuffer') {
    warnings.push(say`No bytes arrived, so there is no file.`);
  }
  warnings.push(...clockWarnings(clockOffsetSeconds, clockWarning));
  const firstUs = firstPacket?.microseconds ?? startUs;
  const lastUs = lastPacket?.microseconds ?? startUs;
  // The window of a live capture that goes by another clock is a guess.
  const isGuess = source === 'live' && clockWarning !== undefined;
  if (!isGuess && (firstUs < startUs || lastUs >= endUs)) {
    warnings.push(say`Some packets are outside the requested window.`);
  }
  return warnings;
}
