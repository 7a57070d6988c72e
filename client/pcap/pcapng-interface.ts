import { tickClock, type Clock } from './packet-times';

/** What a packet block has to know about the interface that it names. */
export interface CaptureInterface {
  linkType: number;
  /** 0: no limit. */
  snapLength: number;
  clock: Clock;
}

const OPTION_END = 0;
const OPTION_RESOLUTION = 9;
const OPTION_OFFSET = 14;
/** Microseconds, where an interface does not say. */
const DEFAULT_RESOLUTION = 6;

/** Only crafted files have more; clocks are made anew then, at the cost of slower comparisons. */
const MAX_CLOCKS = 1000;

/** Makes each clock once, so that times of interfaces that count alike compare quickly. */
export class PcapngClocks {
  private readonly clocks = new Map<string, Clock>();

  get(resolution: number, offsetSeconds: bigint): Clock {
    const key = `${resolution} ${offsetSeconds}`;
    const known = this.clocks.get(key);
    if (known) return known;
    if (this.clocks.size === MAX_CLOCKS) this.clocks.clear();
    const clock = tickClock(resolution, offsetSeconds);
    this.clocks.set(key, clock);
    return clock;
  }
}

/**
 * Reads the body of an interface description block.
 *
 * @returns nothing when the options reach beyond the body
 */
export function readInterface(
  view: DataView,
  offset: number,
  length: number,
  littleEndian: boolean,
  clocks: PcapngClocks,
): CaptureInterface | undefined {
  const linkType = view.getUint16(offset, littleEndian);
  const snapLength = view.getUint32(offset + 4, littleEndian);
  let resolution = DEFAULT_RESOLUTION;
  let offsetSeconds = 0n;
  const end = offset + length;
  for (let at = offset + 8; at + 4 <= end;) {
    const code = view.getUint16(at, littleEndian);
    const size = view.getUint16(at + 2, littleEndian);
    if (code === OPTION_END) break;
    if (at + 4 + size > end) return undefined;
    if (code === OPTION_RESOLUTION && size >= 1) resolution = view.getUint8(at + 4);
    if (code === OPTION_OFFSET && size >= 8) offsetSeconds = view.getBigInt64(at + 4, littleEndian);
    at += 4 + Math.ceil(size / 4) * 4;
  }
  return { linkType, snapLength, clock: clocks.get(resolution, offsetSeconds) };
}
