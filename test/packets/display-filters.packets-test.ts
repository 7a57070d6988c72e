import { writeFileSync } from 'node:fs';
import { RULES, type Finding } from '../../client/pcap/dissect/finding';
import { analyse, CLIENT, datagram, SERVER, stream } from '../client/pcap/dissect/analyse';
import { Connection } from '../support/connection-fixtures';
import { ethernet, ipv4, pcapAt, UDP, udp, type Timed } from '../support/frame-fixtures';
import {
  arpMessage,
  certificateMessage,
  dhcpMessage,
  dnsMessage,
  EXPIRED_CERTIFICATE,
  rtpPacket,
  serverHello,
  tlsRecord,
} from '../support/payload-fixtures';
import { describeWithTools, fitting, temporaryFolder } from './tools';

const times = (count: number, make: (index: number) => Timed | Timed[]) =>
  Array.from({ length: count }, (_, index) => make(index)).flat();
const connection = (server: string, clientPort: number, port: number) =>
  new Connection({ client: CLIENT, server }, { client: clientPort, server: port });

function icmp(type: number): Buffer {
  const inner = ipv4(UDP, udp(1, 2), { destination: '192.0.2.9' });
  const message = Buffer.concat([Buffer.from([type, 1, 0, 0, 10, 0, 0, 253]), inner]);
  return ethernet(0x0800, ipv4(1, message, { source: '10.0.0.254', destination: CLIENT }));
}

/** A query and its response. */
const asked = (id: number, name: string, code: number) => [
  datagram(id, CLIENT, SERVER, [4000, 53], dnsMessage(id, name)),
  datagram(id, SERVER, CLIENT, [53, 4000], dnsMessage(id, name, { code })),
];

/** Half of the packets are lost, or half of them come twice. */
function transfer(server: string, repeatAfterMs: number): Timed[] {
  const opened = connection(server, 7000, 445);
  opened.send(0, 'client', 'S').send(5, 'server', 'SA').send(6, 'client', 'A');
  for (let ms = 100; ms < 8000; ms += 100) {
    opened.send(ms, 'server', 'PA', 500).repeat(ms + repeatAfterMs, 'server', 500);
    opened.send(ms + 60, 'client', 'A');
  }
  return opened.frames;
}

const LOGINS: Array<[port: number, from: 'client' | 'server', content: string]> = [
  [21, 'client', 'PASS secret\r\n'],
  [23, 'server', 'Password: '],
  [25, 'client', 'AUTH LOGIN\r\n'],
  [110, 'client', 'PASS secret\r\n'],
  [143, 'client', 'a1 LOGIN u secret\r\n'],
  [80, 'client', 'GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic dTpw\r\n\r\n'],
  [3128, 'client', 'GET http://a/ HTTP/1.1\r\nProxy-Authorization: Basic dTpw\r\n\r\n'],
  [
    8080,
    'client',
    'POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n\r\npwd=1234',
  ],
];

const trouble = (): Timed[] => [
  ...times(25, (index) => connection(SERVER, 5000, 1000 + index).send(index, 'client', 'S').frames),
  ...times(
    8,
    (index) =>
      connection(SERVER, 6000 + index, 8443)
        .send(index * 10_000, 'client', 'S')
        .send(index * 10_000 + 1, 'server', 'SA').frames,
  ),
  ...times(25, (index) => asked(index, `${'x'.repeat(50)}.${index}.example.com`, 0)),
  ...times(40, (index) => asked(100 + index, `a${index}.example`, 3)),
  ...times(12, (index) => asked(200 + index, 'broken.example', 2)),
  ...LOGINS.flatMap(([port, from, content]) => stream([[from, content]], port)),
  datagram(0, '0.0.0.0', '255.255.255.255', [68, 67], dhcpMessage(1, 99)),
  ...[SERVER, '10.0.0.3'].map((server, ms) =>
    datagram(ms, server, '255.255.255.255', [67, 68], dhcpMessage(2, 99, server)),
  ),
  ...[1, 3].map((mac, ms) => ({
    ms,
    frame: ethernet(0x0806, arpMessage(2, mac, '10.0.0.7'), mac),
  })),
  ...times(12, (ms) => [3, 5, 11].map((type) => ({ ms, frame: icmp(type) }))),
  ...stream(
    [
      ['server', tlsRecord(serverHello(0x0303))],
      ['server', tlsRecord(certificateMessage(EXPIRED_CERTIFICATE))],
    ],
    443,
  ),
  ...transfer('10.0.0.9', 40),
  ...transfer('10.0.0.8', 0.01),
  ...times(200, (index) =>
    index % 4 === 0 ? [] : datagram(index * 20, CLIENT, SERVER, [8000, 9000], rtpPacket(index)),
  ),
];

/** One direction is missing; or packets between those that it acknowledges. */
const gaps = (): Timed[] => {
  const lossy = connection('10.0.0.9', 7002, 445);
  lossy.send(0, 'client', 'S').send(5, 'server', 'SA').send(6, 'client', 'A');
  const isThere = (index: number) => index < 3 || index % 2 === 0;
  for (let ms = 100; ms < 4000; ms += 100)
    lossy.send(ms, 'server', 'A', 500).send(ms + 10, 'client', 'A');
  return [
    ...lossy.frames.filter((_, index) => isThere(index)),
    ...times(3, (index) => stream([['client', 'hello']], 2000 + index)),
  ];
};

describeWithTools('every display filter of what stands out', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('is valid, and leaves packets', async () => {
    const found: Finding[] = [];
    for (const [name, frames] of Object.entries({ trouble: trouble(), gaps: gaps() })) {
      const inOrder = [...frames].sort((one, other) => one.ms - other.ms);
      const path = folder.path(`${name}.pcap`);
      writeFileSync(path, pcapAt(inOrder));
      const { findings } = analyse(inOrder);
      found.push(...findings);
      const filters = findings.map(({ displayFilter }) => displayFilter);
      const left = await fitting(path, filters);
      expect(filters.filter((_, index) => left[index]!.packets === 0)).toEqual([]);
    }
    const rules = new Set(found.map(({ rule }) => rule));
    expect(Object.keys(RULES).filter((rule) => !rules.has(rule as Finding['rule']))).toEqual([]);
    expect(found.filter(({ rule }) => rule === 'clearTextLogin')).toHaveLength(LOGINS.length);
  });
});
