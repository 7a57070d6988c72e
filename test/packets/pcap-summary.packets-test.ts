import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '../../simulator';
import { captureLoopback, itWithLoopback } from './loopback';
import { fitting, run } from './tools';
import {
  authentication,
  cooked,
  cooked2,
  ethernet,
  extension,
  fragment,
  ipv4,
  ipv6,
  pcapngOf,
  tag,
  TCP,
  tcp,
  UDP,
  udp,
} from '../support/frame-fixtures';
import { summarize as summaryOf, type Summary } from '../support/summarize';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'allegro-packets-'));
  // The traffic of the simulator follows from the time: a fixed one makes the same file each time.
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2026, 0, 2, 3, 4, 5));
  const simulator = await startSimulator({ historySeconds: 180 });
  const nowUs = simulator.nowUs();
  const everything = await simulator.fileOf('', nowUs - 170e6, nowUs - 5e6);
  await simulator.close();
  clock.mockRestore();
  const path = join(folder, 'all.pcap');
  writeFileSync(path, everything);
  const edit = (...options: string[]) => execFileSync('editcap', options);
  edit('-F', 'nsecpcap', path, join(folder, 'all-ns.pcap'));
  edit('-F', 'pcapng', path, join(folder, 'all.pcapng'));
  edit('-s', '60', path, join(folder, 'snapped.pcap'));
  const https = tcp(50_000, 443);
  const frames = [
    ethernet(0x88a8, tag(0x8100, tag(0x86dd, ipv6(TCP, https)))),
    ethernet(0x8100, tag(0x0800, ipv4(UDP, udp(5000, 5001)))),
    ethernet(0x86dd, ipv6(0, extension(43, extension(60, extension(TCP, https, 2), 3)))),
    ethernet(0x86dd, ipv6(44, fragment(UDP, udp(53, 1), 9))),
    ethernet(0x86dd, ipv6(51, authentication(TCP, https))),
    ethernet(0x0800, ipv4(132, Buffer.concat([tcp(1, 2), Buffer.alloc(20)]))),
  ].map((frame) => ({ linkType: 1, frame }));
  const others = [
    { linkType: 113, frame: cooked(0x0800, ipv4(TCP, https)) },
    { linkType: 276, frame: cooked2(0x86dd, ipv6(TCP, https)) },
    { linkType: 101, frame: ipv4(UDP, udp(1000, 1001)) },
  ];
  writeFileSync(join(folder, 'crafted.pcapng'), pcapngOf([...frames, ...others]));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function summarize(name: string): Promise<Summary> {
  const path = join(folder, name);
  const file = { name, size: statSync(path).size, open: () => createReadStream(path) };
  return summaryOf(file, { conversationLimit: 1000 });
}

const LAYERS = {
  VLAN: 'vlan or ieee8021ad',
  QinQ: 'ieee8021ad',
  IPv4: 'ip',
  IPv6: 'ipv6',
  ARP: 'arp',
  TCP: 'tcp',
  UDP: 'udp or (ipv6.fraghdr and ipv6.fraghdr.nxt == 17)',
  ICMP: 'icmp',
  SCTP: 'sctp',
};

async function expectSame(name: string): Promise<void> {
  const path = join(folder, name);
  const summary = await summarize(name);
  // What capinfos counts.
  const [, line] = (await run('capinfos', ['-TmQ', path])).trim().split('\n');
  const fields = (line ?? '').split(',').map((field) => field.replace(/"/g, ''));
  for (const value of [summary.packets, summary.bytes, summary.wireBytes, summary.sha256]) {
    expect(fields).toContain(String(value));
  }
  // As much of each layer as tshark finds.
  const found = Object.keys(LAYERS).map((name) => {
    const { packets, bytes } = summary.layers.find(({ layer }) => layer === name) ?? {
      packets: 0,
      bytes: 0,
    };
    return { packets, bytes };
  });
  expect(found).toEqual(await fitting(path, Object.values(LAYERS)));
  // The largest conversations that tshark finds.
  const largest = summary.conversations.slice(0, 5).filter(({ a }) => /[.:]/.test(a));
  const filters = largest.map(({ a, b }) => {
    const kind = a.includes('.') ? 'ip.addr' : 'ipv6.addr';
    return `${kind} == ${a} and ${kind} == ${b}`;
  });
  expect(largest.map(({ packets, bytes }) => ({ packets, bytes }))).toEqual(
    await fitting(path, filters),
  );
  expect(largest.length).toBeGreaterThan(0);
}

describe('the summary', () => {
  it.each(['all.pcap', 'all-ns.pcap', 'all.pcapng', 'snapped.pcap', 'crafted.pcapng'])(
    'of %s is what capinfos and tshark find',
    (name) => expectSame(name),
  );

  itWithLoopback('of real traffic of the loopback interface is what they find', async () => {
    await captureLoopback(join(folder, 'loopback.pcapng'), 200);
    await expectSame('loopback.pcapng');
    const { layers, conversations } = await summarize('loopback.pcapng');
    expect(layers.map(({ layer }) => layer)).toEqual(
      expect.arrayContaining(['Ethernet', 'IPv4', 'TCP', 'UDP']),
    );
    expect(conversations).toMatchObject([{ a: '127.0.0.1', b: '127.0.0.1', packets: 200 }]);
  });
});
