import { startSimulator, type Simulator } from '../../simulator';
import { decodeFrame } from '../../simulator/packets/decode';
import { GeneratedSource } from '../../simulator/traffic/generated-source';
import { liveBytes } from '../support/live-bytes';
import { ask } from './support';

const HOUR = 3600;

async function packetsOf(source: GeneratedSource, startUs: number, endUs: number) {
  const packets = [];
  for await (const batch of source.batches(startUs, endUs)) packets.push(...batch);
  return packets;
}

describe('generated packets', () => {
  const startUs = 1_700_000_000e6;
  const source = () => new GeneratedSource(7, startUs, () => startUs + 600e6);

  it.each([
    ['29 February', Date.UTC(2028, 1, 29, 23, 59, 30)],
    ['the end of the seconds of NTP', Date.UTC(2036, 1, 7, 6, 28)],
    ['the end of signed seconds', Date.UTC(2038, 0, 19, 3, 14)],
  ])('are there on any day: %s', async (_, startMs) => {
    const [from, to] = [startMs * 1000, startMs * 1000 + 60e6];
    const packets = await packetsOf(new GeneratedSource(7, from, () => to), from, to);
    const ports = packets.map((one) => decodeFrame(one.frame, one.linkType).headers.sourcePort);
    expect(ports).toContain(123);
  });

  it('are known by what their frames say', async () => {
    const packets = await packetsOf(source(), startUs + 100e6, startUs + 120e6);
    const layers = new Set<string | undefined>();
    for (const packet of packets) {
      const { frame, linkType, length } = packet;
      expect(length).toBe(frame.length);
      if (!packet.decoded) continue;
      const { headers, tcpFlags, sequence, payloadLength, payload } = packet.decoded;
      layers.add(headers.layer4);
      expect({ headers, tcpFlags, sequence, payloadLength, payload }).toEqual({
        tcpFlags: undefined,
        sequence: undefined,
        payloadLength: undefined,
        payload: undefined,
        ...decodeFrame(frame, linkType),
      });
    }
    expect([...layers].sort()).toEqual(['ICMP', 'TCP', 'UDP']);
  });

  it('are the same whenever they are asked for, and whatever window they are in', async () => {
    const bytes = (packets: Array<{ timeUs: number; frame: Buffer }>) =>
      packets.map(({ timeUs, frame }) => `${timeUs} ${frame.toString('base64')}`);
    const first = source();
    const whole = bytes(await packetsOf(first, startUs + 200e6, startUs + 210e6));
    const again = bytes(await packetsOf(source(), startUs + 200e6, startUs + 210e6));
    const half = [
      ...bytes(await packetsOf(first, startUs + 205.5e6, startUs + 210e6)),
      ...bytes(await packetsOf(first, startUs + 200e6, startUs + 205.5e6)),
    ];
    expect(again).toEqual(whole);
    expect(half.sort()).toEqual([...whole].sort());
  });
});

describe('the history', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator({ historySeconds: 600 });
  });
  afterAll(() => simulator.close());

  it('of an hour is made when it is asked for, once, and costs little memory', async () => {
    const heldBytes = async () => {
      const { buffers, heap } = await liveBytes();
      return buffers + heap;
    };
    const before = await heldBytes();
    const batches = jest.spyOn(GeneratedSource.prototype, 'batches');
    const secondsMade = () =>
      batches.mock.calls.reduce((sum, [startUs, endUs]) => sum + (endUs - startUs) / 1e6, 0);
    const other = await startSimulator({ historySeconds: HOUR });
    try {
      expect(secondsMade()).toBe(0);
      const { json } = await ask(other, '/API/stats/modules/ip');
      expect(json.globalCounters.allTime[0]).toBeGreaterThan(HOUR * 50);
      expect(secondsMade()).toBeGreaterThan(HOUR - 10);
      // And what has passed meanwhile, on a busy machine.
      expect(secondsMade()).toBeLessThan(HOUR * 1.5);
      expect((await heldBytes()) - before).toBeLessThan(60e6);
    } finally {
      batches.mockRestore();
      await other.close();
    }
  });

  // Windows within a slice of the index, over its ends, and longer than several.
  it.each([
    ['a second', 61, 1],
    ['part of a minute', 500, 20],
    ['several minutes', 400, 200],
    ['all but its ends', 590, 580],
  ])('is counted as its packets say: %s', async (_what, secondsAgo, seconds) => {
    const start = Math.floor(simulator.nowUs() / 1e6) - secondsAgo;
    const end = start + seconds;
    const sum = (rows: Array<{ interval: number[] }>) =>
      rows.reduce(
        ({ packets, bytes }, { interval: [rx, rxBytes, tx, txBytes] }) => ({
          packets: packets + rx! + tx!,
          bytes: bytes + rxBytes! + txBytes!,
        }),
        { packets: 0, bytes: 0 },
      );
    const rowsOf = async (path: string) => {
      const { json } = await ask(
        simulator,
        `/API/stats/modules/${path}?count=100&starttime=${start}&endtime=${end}`,
      );
      return json.displayedItems;
    };
    const count = (expression: string) =>
      simulator.packetsIn(expression, start * 1e6, end * 1e6).then(({ packets, bytes }) => ({
        packets,
        bytes,
      }));
    const all = await count('');
    expect(sum(await rowsOf('dpi/dpi_paged'))).toEqual(all);
    expect(sum(await rowsOf('vlan/vlans_paged'))).toEqual(all);
    expect(sum(await rowsOf('l4_ports/tcp_ports_paged'))).toEqual(await count('l4Protocol==TCP'));
    const ips: Array<{ ip: string; interval: number[] }> = await rowsOf('ip/ips_paged');
    for (const row of ips.filter(({ interval }) => interval[1]! > 0).slice(0, 3)) {
      expect(sum([row])).toEqual(await count(`ip==${row.ip}`));
    }
  });
});
