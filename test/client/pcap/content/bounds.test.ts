import fc from 'fast-check';
import { PcapWalker } from '../../../../client/pcap';
import { BoundedTable, TopCounter } from '../../../../client/pcap/content/bounded-table';
import { TrafficCounter } from '../../../../client/pcap/content/traffic';
import { ethernet, ipv4, pcapAt, TCP, tcp, type Timed } from '../../../support/frame-fixtures';
import {
  arpMessage,
  clientHello,
  dhcpMessage,
  dnsMessage,
  rtpPacket,
  tlsRecord,
} from '../../../support/payload-fixtures';
import { datagram } from '../dissect/analyse';

/** An address that no other index has. */
const ip = (net: number, index: number) =>
  `${net}.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;

function segment(index: number, flags: number, port: number, data = Buffer.alloc(0)): Buffer {
  const head = tcp(1024 + (index % 50_000), port);
  head[13] = flags;
  const ends = { source: ip(11, index), destination: ip(12, index) };
  return ethernet(0x0800, ipv4(TCP, Buffer.concat([head, data]), ends));
}

const [SYN, DATA] = [2, 0x18];

/** Each packet has addresses, names and IDs that no other has. */
const FLOODS: Record<string, (index: number) => Buffer | Timed> = {
  SYN: (index) => segment(index, SYN, 80),
  'TCP data': (index) => segment(index, DATA, 80, Buffer.from('x')),
  HTTP: (index) =>
    segment(index, DATA, 80, Buffer.from(`GET / HTTP/1.1\r\nHost: h${index}.test\r\n\r\n`)),
  'clear-text logins': (index) => segment(index, DATA, 21, Buffer.from('PASS x\r\n')),
  'DNS queries': (index) =>
    datagram(
      0,
      ip(13, index),
      ip(14, index),
      [4000, 53],
      dnsMessage(index & 0xffff, `${'n'.repeat(50)}.d${index}.test`),
    ),
  ARP: (index) => ethernet(0x0806, arpMessage(2, 1 + (index % 250), ip(15, index))),
  'DHCP offers': (index) =>
    datagram(0, ip(16, index), '255.255.255.255', [67, 68], dhcpMessage(2, index, ip(16, index))),
  'TLS hellos': (index) =>
    segment(index, DATA, 443, tlsRecord(clientHello({ serverName: `t${index}.test` }))),
  // Half a handshake that never goes on.
  'TLS handshakes': (index) =>
    segment(
      index,
      DATA,
      443,
      tlsRecord(clientHello({ serverName: `t${index}.test` })).subarray(0, 60),
    ),
  RTP: (index) =>
    datagram(
      0,
      ip(17, index),
      ip(18, index),
      [10_000, 20_000],
      rtpPacket(0, { ssrc: index, length: 32 }),
    ),
  SIP: (index) =>
    datagram(
      0,
      ip(19, index),
      ip(20, index),
      [5060, 5060],
      Buffer.from(`INVITE sip:a SIP/2.0\r\nCall-ID: ${index}\r\nCSeq: 1 INVITE\r\n\r\n`),
    ),
};

describe('memory', () => {
  it.each(Object.keys(FLOODS))('is bounded in a flood of %s', (kind) => {
    const counter = new TrafficCounter(true);
    const walker = new PcapWalker({}, counter);
    const count = 12_000;
    for (let start = 0; start < count; start += 4000) {
      const frames = Array.from({ length: 4000 }, (_, index) => {
        const made = FLOODS[kind](start + index);
        return { ms: start + index, frame: Buffer.isBuffer(made) ? made : made.frame };
      });
      const file = pcapAt(frames);
      walker.write(start === 0 ? file : file.subarray(24));
    }
    const tables = Object.entries(counter.tables());
    for (const [, { size, limits }] of tables) expect(size).toBeLessThanOrEqual(limits.max);
    expect(tables.reduce((sum, [, { size }]) => sum + size, 0)).toBeLessThan(60_000);
    // What was dropped is told, and nothing of the totals is lost.
    const traffic = counter.result(10);
    expect(traffic.limits.map(({ table }) => table)).toEqual(
      tables.filter(([, { limits }]) => limits.dropped > 0).map(([table]) => table),
    );
    expect(traffic.limits.length).toBeGreaterThan(0);
    const layers = traffic.layers.find(({ layer }) => layer === 'Ethernet');
    expect(layers?.packets).toBe(count);
  });

  it('goes on reading TLS after handshakes that never ended', () => {
    const counter = new TrafficCounter(true);
    const half = tlsRecord(clientHello({ serverName: 'x.test' }));
    const body = Buffer.concat([half.subarray(0, 5), Buffer.alloc(1300, 1)]);
    body.writeUInt16BE(16_000, 3);
    body[5] = 1;
    const frames = Array.from({ length: 30_000 }, (_, index) => ({
      ms: index,
      frame: segment(index, DATA, 443, body),
    }));
    const last = { ms: 30_000, frame: segment(40_000, DATA, 443, half) };
    new PcapWalker({}, counter).write(pcapAt([...frames, last]));
    expect(counter.result(10).tls.serverNames).toContainEqual({ name: 'x.test', count: 1 });
  });
});

describe('a table that is full', () => {
  it('keeps the heaviest, and knows by how much a count may be too low', () => {
    const text = fc
      .integer({ min: 0, max: 60 })
      .map((number) => `n${Math.floor(number ** 2 / 60)}`);
    fc.assert(
      fc.property(fc.array(text, { maxLength: 400 }), (texts) => {
        const counter = new TopCounter(8);
        for (const name of texts) counter.add(name);
        const { error, max } = counter.limits;
        expect(counter.size).toBeLessThanOrEqual(max);
        for (const { name, count } of counter.top(8)) {
          const all = texts.filter((other) => other === name).length;
          expect(count).toBeLessThanOrEqual(all);
          expect(all - count).toBeLessThanOrEqual(error!);
        }
      }),
    );
  });

  it('drops the last of equal ones, half of all, and tells of each', () => {
    const dropped: number[] = [];
    const table = new BoundedTable<number, { id: number }>(
      4,
      () => 1,
      'count',
      ({ id }) => dropped.push(id),
    );
    for (const id of [1, 2, 3, 4, 5]) table.add(id, { id });
    expect(dropped).toEqual([3, 4]);
    expect([...table.values()].map(({ id }) => id)).toEqual([1, 2, 5]);
    expect(table.limits).toEqual({ max: 4, dropped: 2, error: 1 });
  });
});
