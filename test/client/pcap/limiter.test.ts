import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import fc from 'fast-check';
import { PcapLimiter, PcapWalker, type PcapLimits, type PcapSummary } from '../../../client/pcap';
import {
  BlockWriter,
  classicFile,
  countClassic,
  countPcapng,
  join,
  split,
  type Packet,
} from '../../support/pcap-fixtures';
import { where } from '../../support/required-tools';

interface Made {
  bytes: Buffer;
  borders: number[];
  little: boolean;
  isClassic: boolean;
  packets: Packet[];
}

const START = 1_795_449_000_000_000_000n;

const packets = fc.array(
  fc.record({
    ns: fc.bigInt(START, START + 60_000_000_000n),
    captured: fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 3000 })),
    missing: fc.oneof(fc.constant(0), fc.nat(1500)),
  }),
  { maxLength: 12 },
);

/** A valid file of either format, byte order and resolution. */
const file: fc.Arbitrary<Made> = fc
  .tuple(packets, fc.boolean(), fc.boolean(), fc.boolean())
  .map(([drafts, isClassic, little, fine]) => {
    const made = drafts.map(({ ns, captured, missing }) => ({
      ns,
      captured,
      original: captured + missing,
    }));
    if (isClassic) {
      return { ...classicFile(made, { little, nano: fine }), little, isClassic, packets: made };
    }
    const writer = new BlockWriter(little);
    const about = fine ? { resolution: 9 } : {};
    const blocks = made.flatMap((packet, index) => [
      index % 3 === 2
        ? writer.obsolete(packet, index, about)
        : writer.enhanced(packet, index, about),
      ...(index % 4 === 3 ? [writer.unknown(index)] : []),
    ]);
    const parts = join([writer.section(), writer.interface(about), ...blocks]);
    return { ...parts, little, isClassic, packets: made };
  });

const cuts = fc.array(fc.nat(20_000), { maxLength: 30 });

function walk(chunks: Uint8Array[], limits: PcapLimits = {}): PcapSummary {
  const walker = new PcapWalker(limits);
  for (const chunk of chunks) walker.write(chunk);
  return walker.end();
}

function limit(chunks: Uint8Array[], limits: PcapLimits): { out: Buffer; limiter: PcapLimiter } {
  const limiter = new PcapLimiter(limits);
  const out = Buffer.concat(chunks.flatMap((chunk) => limiter.write(chunk)));
  return { out, limiter };
}

function count(bytes: Buffer, { isClassic, little }: Made): number {
  return isClassic ? countClassic(bytes, little) : countPcapng(bytes, little);
}

describe('a walk', () => {
  it('finds what was written', () => {
    fc.assert(
      fc.property(file, (made) => {
        const sum = (read: (packet: Packet) => number) =>
          made.packets.reduce((total, packet) => total + read(packet), 0);
        expect(walk([made.bytes])).toMatchObject({
          format: made.isClassic ? 'pcap' : 'pcapng',
          packets: made.packets.length,
          capturedBytes: sum((packet) => packet.captured),
          packetBytes: sum((packet) => packet.original ?? 0),
          bytes: made.bytes.length,
          wholeBytes: made.bytes.length,
          complete: true,
        });
      }),
    );
  });

  it('does not depend on how the file is split', () => {
    fc.assert(
      fc.property(file, cuts, (made, places) => {
        expect(walk(split(made.bytes, places))).toEqual(walk([made.bytes]));
      }),
    );
  });

  it('does not depend on how a broken file is split either', () => {
    const broken = fc.tuple(file, fc.nat(20_000), fc.nat(255)).map(([made, place, value]) => {
      const bytes = Buffer.from(made.bytes);
      bytes[place % bytes.length] = value;
      return bytes;
    });
    const anything = fc.oneof(broken, fc.uint8Array({ maxLength: 200 }));
    fc.assert(
      fc.property(anything, cuts, (bytes, places) => {
        const summary = walk([bytes]);
        // What a text looks like is told by as much of it as came first.
        const { fault, ...rest } = summary;
        const { fault: splitFault, ...splitRest } = walk(split(bytes, places));
        expect(splitRest).toEqual(rest);
        expect(splitFault?.kind).toBe(fault?.kind);
        expect(splitFault?.offset).toBe(fault?.offset);
        expect(summary.complete).toBe(fault === undefined);
      }),
    );
  });

  it('goes byte by byte', () => {
    const writer = new BlockWriter(false);
    const bytes = Buffer.concat([
      writer.section(),
      writer.interface(),
      writer.enhanced({ ns: START, captured: 33 }, 1),
    ]);
    expect(walk(split(bytes, [...bytes.keys()]))).toEqual(walk([bytes]));
  });

  // A classic file does not tell how many records it has, and pcapng has no end mark either: what
  // ends at a border is whole as far as the file alone can show. The transport has to tell the rest.
  it('sees every cut but one between two records', () => {
    fc.assert(
      fc.property(file, fc.nat(), (made, place) => {
        const length = place % (made.bytes.length + 1);
        const summary = walk([made.bytes.subarray(0, length)]);
        expect(summary.complete).toBe(made.borders.includes(length));
        expect(summary.wholeBytes).toBe(Math.max(0, ...made.borders.filter((at) => at <= length)));
      }),
    );
  });

  it('does not count bytes behind a limit', () => {
    const { bytes, borders } = classicFile([
      { ns: START, captured: 10 },
      { ns: START, captured: 10 },
    ]);
    expect(walk([bytes], { maxPackets: 1 })).toMatchObject({
      packets: 1,
      bytes: borders[1],
      complete: true,
      limitReached: 'packets',
    });
  });
});

describe('a limiter', () => {
  it('without limits lets everything through', () => {
    fc.assert(
      fc.property(file, cuts, (made, places) => {
        const { out, limiter } = limit(split(made.bytes, places), {});
        expect(out.equals(made.bytes)).toBe(true);
        expect(limiter.end()).toEqual(walk([made.bytes]));
      }),
    );
  });

  it('lets out a valid file at any moment, and all of it that is whole', () => {
    fc.assert(
      fc.property(file, cuts, fc.nat(), (made, places, place) => {
        const end = place % (made.bytes.length + 1);
        const { out, limiter } = limit(split(made.bytes.subarray(0, end), places), {});
        const border = Math.max(0, ...made.borders.filter((at) => at <= end));
        expect(out.equals(made.bytes.subarray(0, border))).toBe(true);
        if (border === 0) {
          expect(limiter.endHere().complete).toBe(false);
          return;
        }
        expect(limiter.endHere()).toMatchObject({
          complete: true,
          bytes: border,
          packets: count(out, made),
        });
        expect(limiter.end().complete).toBe(border === end);
      }),
    );
  });

  it('ends exactly at the last border within the limits', () => {
    const limits = fc.record(
      { maxPackets: fc.nat(12), maxBytes: fc.nat(12_000) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(file, cuts, limits, (made, places, wanted) => {
        const { out, limiter } = limit(split(made.bytes, places), wanted);
        const { maxPackets = Infinity, maxBytes = Infinity } = wanted;
        // The first border after which no packet, or no byte, may follow.
        const ends = made.borders.filter(
          (at) => at === made.borders[0] || (at <= maxBytes && before(at, made) <= maxPackets),
        );
        const full = ends.find((at) => before(at, made) >= maxPackets);
        const expected = full ?? ends[ends.length - 1];
        expect(out.equals(made.bytes.subarray(0, expected))).toBe(true);
        const summary = limiter.end();
        expect(summary).toMatchObject({
          complete: true,
          bytes: expected,
          packets: count(out, made),
        });
        if (expected < made.bytes.length) expect(limiter.limitReached).toBeDefined();
        expect(limiter.halted).toBe(limiter.limitReached !== undefined);
      }),
    );
  });

  it('does not wait for a packet beyond the last one', () => {
    const { bytes, borders } = classicFile([{ ns: START, captured: 60 }]);
    const { limiter } = limit([bytes.subarray(0, borders[1])], { maxPackets: 1 });
    expect(limiter.limitReached).toBe('packets');
  });

  it('does not wait for the rest of a packet that will not fit', () => {
    const { bytes, borders } = classicFile([
      { ns: START, captured: 60 },
      { ns: START, captured: 1000 },
    ]);
    const { out, limiter } = limit([bytes.subarray(0, borders[1] + 16)], { maxBytes: 500 });
    expect(limiter.limitReached).toBe('bytes');
    expect(out.length).toBe(borders[1]);
  });

  it('lets the header through whatever the limit', () => {
    const { bytes } = classicFile([{ ns: START, captured: 60 }]);
    expect(limit([bytes], { maxBytes: 1 }).out.length).toBe(24);
    expect(limit([bytes], { maxPackets: 0 }).out.length).toBe(24);
  });

  it('lets nothing of a fault through', () => {
    const { bytes } = classicFile([{ ns: START, captured: 60 }]);
    const { out, limiter } = limit([bytes, Buffer.alloc(100), bytes], {});
    expect(out.equals(bytes)).toBe(true);
    expect(limiter.fault?.kind).toBe('garbage');
    expect(limiter.endHere().complete).toBe(false);
    expect(limit([Buffer.from('<html>')], {}).out.length).toBe(0);
  });

  it('hands on the memory that came in', () => {
    const { bytes } = classicFile([{ ns: START, captured: 600 }]);
    const chunk = new Uint8Array(bytes);
    const [out] = new PcapLimiter().write(chunk);
    expect(out.buffer).toBe(chunk.buffer);
  });

  /** Packets that end before a place. */
  function before(place: number, made: Made): number {
    return count(made.bytes.subarray(0, place), made);
  }
});

const CAPINFOS = ['/usr/bin/capinfos', '/usr/local/bin/capinfos'].find((path) => existsSync(path));

// Another reader's judgement of what our writer writes and our limiter lets through.
where(
  CAPINFOS !== undefined,
  describe,
  'capinfos',
)('capinfos', () => {
  const folder = CAPINFOS ? mkdtempSync(joinPath(tmpdir(), 'pcap-')) : '';
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Columns of `capinfos -TM`: machine-readable, one line. */
  function capinfos(bytes: Buffer): { packets: number; dataBytes: number; order: string } {
    const path = joinPath(folder, 'file');
    writeFileSync(path, bytes);
    // -c packets, -d data size, -o order of time.
    const text = execFileSync(CAPINFOS ?? '', ['-TMr', '-c', '-d', '-o', path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [, packetCount, dataBytes, order] = text.trim().split('\t');
    return { packets: Number(packetCount), dataBytes: Number(dataBytes), order };
  }

  it('agrees on files and on what the limiter makes of them', () => {
    fc.assert(
      fc.property(
        file.filter(({ packets: { length } }) => length > 1),
        fc.integer({ min: 1, max: 8 }),
        (made, maxPackets) => {
          const whole = walk([made.bytes]);
          expect(capinfos(made.bytes)).toEqual({
            packets: whole.packets,
            dataBytes: whole.packetBytes,
            order: whole.outOfOrder === 0 ? 'True' : 'False',
          });
          const { out, limiter } = limit(split(made.bytes, [100, 500]), { maxPackets });
          const { packets: found, dataBytes } = capinfos(out);
          const summary = limiter.end();
          expect([found, dataBytes]).toEqual([summary.packets, summary.packetBytes]);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('refuses the same cut file', () => {
    const { bytes } = classicFile([{ ns: START, captured: 60 }]);
    const cut = bytes.subarray(0, bytes.length - 1);
    expect(walk([cut]).complete).toBe(false);
    expect(() => capinfos(cut)).toThrow(/cut short/);
  });
});
