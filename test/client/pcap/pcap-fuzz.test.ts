import fc from 'fast-check';
import { PcapLimiter, PcapWalker, splitCapture } from '../../../client/pcap';
import { TrafficCounter } from '../../../client/pcap/content/traffic';
import { liveBytes } from '../../support/live-bytes';
import { BlockWriter, classicFile, split, type Packet } from '../../support/pcap-fixtures';

/** How many files are tried each time; a seed that failed before is printed by fast-check. */
const FILES = 4000;
/** Fewer on a machine that is slow: the time is bounded as well. */
const BOUNDS = { numRuns: FILES, interruptAfterTimeLimit: 20_000 };

const packets: Packet[] = Array.from({ length: 12 }, (_, index) => ({
  ns: 1_700_000_000_000_000_000n + BigInt(index) * 1_000_000n,
  captured: 20 + index * 11,
}));

function pcapngFile(): Buffer {
  const write = new BlockWriter();
  return Buffer.concat([
    write.section(),
    write.interface({ resolution: 9 }),
    ...packets.map((packet, index) => write.enhanced(packet, index, { resolution: 9 })),
    write.unknown(40),
    write.simple(60, 60, 3),
  ]);
}

const originals = [
  classicFile(packets).bytes,
  classicFile(packets, { little: false, nano: true }).bytes,
  pcapngFile(),
];

/** Files that were whole once, with bytes changed, taken out, put in, or written twice. */
const damaged = fc
  .record({
    original: fc.constantFrom(...originals),
    changes: fc.array(fc.record({ at: fc.nat(4000), byte: fc.nat(255) }), { maxLength: 6 }),
    from: fc.nat(4000),
    length: fc.nat(300),
    how: fc.constantFrom('leave', 'remove', 'repeat', 'insert'),
  })
  .map(({ original, changes, from, length, how }) => {
    const bytes = Buffer.from(original);
    for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
    const start = from % bytes.length;
    const part = bytes.subarray(start, start + length);
    const after = how === 'remove' ? start + part.length : start;
    const between =
      how === 'repeat' ? part : how === 'insert' ? Buffer.alloc(length, 0xff) : Buffer.alloc(0);
    return Buffer.concat([bytes.subarray(0, start), between, bytes.subarray(after)]);
  });

describe('a walk over whatever comes', () => {
  const noise = fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes));
  const anything = fc.oneof({ weight: 4, arbitrary: damaged }, { weight: 1, arbitrary: noise });
  const cuts = fc.array(fc.nat(4000), { maxLength: 8 });

  it('ends without a crash and says of every byte where it belongs', () => {
    fc.assert(
      fc.property(anything, cuts, (bytes, places) => {
        const walker = new PcapWalker();
        for (const piece of split(bytes, places)) walker.write(piece);
        const summary = walker.end();
        expect(summary.complete).toBe(summary.fault === undefined);
        expect(summary.wholeBytes).toBeLessThanOrEqual(bytes.length);
        if (summary.complete) expect(summary.wholeBytes).toBe(bytes.length);
        else expect(summary.fault!.offset).toBeGreaterThanOrEqual(summary.wholeBytes);
      }),
      BOUNDS,
    );
  });

  it('lets out only what was handed in, from its beginning', () => {
    fc.assert(
      fc.property(anything, cuts, fc.nat(20), (bytes, places, maxPackets) => {
        const limiter = new PcapLimiter({ maxPackets: maxPackets || undefined });
        const out: Uint8Array[] = [];
        for (const piece of split(bytes, places)) out.push(...limiter.write(piece));
        limiter.end();
        const kept = Buffer.concat(out);
        expect(kept.equals(bytes.subarray(0, kept.length))).toBe(true);
      }),
      BOUNDS,
    );
  });

  it('counts every packet once, whatever its headers claim', () => {
    fc.assert(
      fc.property(anything, cuts, fc.boolean(), (bytes, places, byPorts) => {
        const counter = new TrafficCounter(byPorts, { maxConversations: 4, maxFlows: 3 });
        const walker = new PcapWalker({}, counter);
        for (const piece of split(bytes, places)) walker.write(piece);
        const { packets, packetBytes } = walker.end();
        const { conversations, others, protocols, notDecoded } = counter.result(1000);
        const sum = (tallies: Array<{ packets: number; bytes: number }>) => ({
          packets: tallies.reduce((total, tally) => total + tally.packets, 0),
          bytes: tallies.reduce((total, tally) => total + tally.bytes, 0),
        });
        expect(sum([...conversations, others])).toEqual({ packets, bytes: packetBytes });
        expect(sum(protocols).packets + notDecoded).toBe(packets);
        expect(conversations.length).toBeLessThanOrEqual(4);
      }),
      BOUNDS,
    );
  });

  it('splits what is whole into files that are whole, and throws nothing of its own', async () => {
    await fc.assert(
      fc.asyncProperty(
        anything,
        cuts,
        fc.integer({ min: 1, max: 5 }),
        async (bytes, places, maxPackets) => {
          async function* source() {
            yield* split(bytes, places);
          }
          const files: Buffer[] = [];
          for await (const part of splitCapture(source(), { maxPackets })) {
            const pieces: Uint8Array[] = [];
            for await (const piece of part.stream) pieces.push(piece);
            files.push(Buffer.concat(pieces));
          }
          const walker = new PcapWalker();
          walker.write(bytes);
          let packets = 0;
          for (const file of files) {
            const one = new PcapWalker();
            one.write(file);
            expect(one.end().fault).toBeUndefined();
            packets += one.packets;
          }
          expect(packets).toBe(walker.packets);
        },
      ),
      { ...BOUNDS, numRuns: FILES / 4 },
    );
  });

  it('keeps no more than a packet, however long a length claims to be', async () => {
    const file = Buffer.from(originals[0]);
    // A packet of 2 GB, followed by bytes without end.
    file.writeUInt32LE(0x7fffffff, 24 + 8);
    const walker = new PcapWalker();
    walker.write(file);
    const before = await liveBytes();
    for (let megabyte = 0; megabyte < 200; megabyte++) walker.write(Buffer.alloc(1_000_000));
    expect((await liveBytes()).buffers - before.buffers).toBeLessThan(50e6);
    expect(walker.end().complete).toBe(false);
  });
});
