/** The quality of a connection's RTP streams: the worst of them; nothing where it is not reported. */
export interface RtpQuality {
  lossPercent: number | null;
  jitterMs: number | null;
  /** 1 (bad) to 5. */
  mos: number | null;
}

/** Names that a figure may have: the vendor does not document them (assumption). */
const LOSS = /loss.*percent|lossrate|packetloss|^loss$/i;
const JITTER = /jitter/i;
const MOS = /^mos|mos$/i;

/** @param stats `rtpStats` of a connection, in whatever shape */
export function rtpQuality(stats: unknown): RtpQuality {
  const figures = figuresOf(stats);
  const within = (name: RegExp, least: number, most: number) =>
    figures.filter(([key, value]) => name.test(key) && value >= least && value <= most);
  const worst = (found: Array<[string, number]>, pick: (...values: number[]) => number) =>
    found.length > 0 ? round(pick(...found.map(([, value]) => value))) : null;
  return {
    // A count of packets may have such a name, too.
    lossPercent: worst(within(LOSS, 0, 100), Math.max),
    jitterMs: worst(within(JITTER, 0, Infinity), Math.max),
    mos: worst(within(MOS, 1, 5), Math.min),
  };
}

/** Names of all figures, for a person who looks for the right one. */
export function rtpNames(stats: unknown): string[] {
  return [...new Set(figuresOf(stats).map(([name]) => name))];
}

function figuresOf(value: unknown): Array<[string, number]> {
  return Object.entries(value ?? {}).flatMap(([name, inner]): Array<[string, number]> => {
    if (typeof inner === 'object') return figuresOf(inner);
    const figure = typeof inner === 'string' && inner.trim() !== '' ? Number(inner) : inner;
    return typeof figure === 'number' && Number.isFinite(figure) ? [[name, figure]] : [];
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
