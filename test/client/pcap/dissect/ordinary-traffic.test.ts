/** Traffic in which nothing is wrong must not stand out; what looks almost like it must. */
import { Connection, exchange } from '../../../support/connection-fixtures';
import type { Timed } from '../../../support/frame-fixtures';
import { dhcpMessage, dnsMessage, rtpPacket } from '../../../support/payload-fixtures';
import { analyse, CLIENT, datagram, SERVER } from './analyse';

const inOrder = (frames: Timed[]) => [...frames].sort((one, other) => one.ms - other.ms);
const times = <T>(count: number, make: (index: number) => T | T[]) =>
  Array.from({ length: count }, (_, index) => make(index)).flat() as T[];

/** A query and its response, each with a port of its own. */
function lookUp(ms: number, name: string, answer: { address?: string; code?: number }): Timed[] {
  const id = Math.round(ms) % 60_000;
  return [
    datagram(ms, CLIENT, SERVER, [id + 1024, 53], dnsMessage(id, name)),
    datagram(ms + 4, SERVER, CLIENT, [53, id + 1024], dnsMessage(id, name, answer)),
  ];
}

/** Without an order that anybody would notice; from 0 to 100,002. */
const mixed = (index: number) => (index * index * 7919 + index * 104_729) % 100_003;

/** Some thousand packets between 20 clients and 30 servers; every 16th server is far away. */
function office(): Timed[] {
  const far = (index: number) => index % 16 === 0;
  return inOrder(
    times(320, (index) =>
      exchange({
        client: `10.0.0.${10 + (mixed(index) % 20)}`,
        server: far(index) ? `198.51.100.${index % 7}` : `203.0.113.${mixed(index) % 30}`,
        clientPort: 20_000 + index,
        ms: mixed(index) * 0.9,
        roundTrip: far(index) ? 180 : 8 + (index % 20),
        responses: times(1 + (index % 4), (request) => 5 + ((index * 31 + request * 17) % 150)),
        // Browsers, phones and load balancers end what is idle by a reset.
        end: index % 6 === 0 ? 'RST' : index % 10 === 1 ? 'none' : 'FIN',
        keepAlives: index % 10 === 1 ? 10 : 0,
      }),
    ),
  );
}

function backup(): Timed[] {
  const ends = { client: CLIENT, server: SERVER };
  const backup = new Connection(ends, { client: 50_000, server: 445 });
  let ms = 2;
  backup.send(0, 'client', 'S').send(1, 'server', 'SA').send(1.1, 'client', 'A');
  for (let index = 1; index <= 6000; index++) {
    backup.send((ms += 0.1), 'client', 'A', 1448);
    if (index % 2 === 0) backup.send((ms += 0.05), 'server', 'A');
    if (index % 64 === 0) backup.send((ms += 3), 'server', 'PA', 80);
    // The disk is slower than the network, now and then.
    if (index % 1500 === 0) backup.send(ms, 'server', 'A', 0, 0).send((ms += 5), 'server', 'A');
    // A packet of 150 is lost behind the capture.
    if (index % 150 === 0) backup.repeat((ms += 30), 'client', 1448);
  }
  return backup.frames;
}

/** Connections that a load balancer opens to see whether the server does. */
const healthChecks = () =>
  times(
    20,
    (index) =>
      new Connection(
        { client: '10.0.0.250', server: SERVER },
        { client: 30_000 + index, server: 8080 },
      )
        // Not regular, so that no beacon hides the rest.
        .send(index * index * 900, 'client', 'S')
        .send(index * index * 900 + 1, 'server', 'SA')
        .send(index * index * 900 + 1.1, 'client', 'A')
        .send(index * index * 900 + 1.2, 'client', 'RA').frames,
  );

/** Feedback of WebRTC (RFC 4585) on the ports of the media, of 6 to 10 words. */
function feedback(index: number): Buffer {
  const packet = Buffer.alloc(4 * (7 + (index % 5)));
  packet[0] = 0x8f;
  packet[1] = 205;
  packet.writeUInt16BE(6 + (index % 5), 2);
  packet.writeUInt32BE(0x1111, 8);
  return packet;
}

const VIDEO: [number, number] = [50_004, 3478];
const videoCall = () =>
  inOrder([
    ...times(1800, (index) =>
      datagram(
        Math.floor(index / 6) * 33 + (index % 6) * 1.5,
        SERVER,
        CLIENT,
        [3478, 50_004],
        rtpPacket(index, {
          payloadType: 107,
          timestamp: Math.floor(index / 6) * 3000,
          ssrc: 0x1111,
        }),
      ),
    ),
    ...times(500, (index) =>
      datagram(
        index * 20,
        CLIENT,
        SERVER,
        VIDEO,
        rtpPacket(index, { payloadType: 111, timestamp: index * 960, ssrc: 0x2222 }),
      ),
    ),
    ...times(200, (index) => datagram(index * 50 + 7, CLIENT, SERVER, VIDEO, feedback(index))),
  ]);

/** Two calls that use one payload type for different codecs. */
function twoCalls(): Timed[] {
  const invite = (call: string, codec: string) =>
    Buffer.from(
      `INVITE sip:b@x SIP/2.0\r\nCall-ID: ${call}\r\nCSeq: 1 INVITE\r\n\r\na=rtpmap:96 ${codec}`,
    );
  return [
    datagram(0, CLIENT, SERVER, [5060, 5060], invite('one', 'opus/48000/2')),
    datagram(1, CLIENT, SERVER, [5060, 5060], invite('two', 'telephone-event/8000')),
    ...times(200, (index) =>
      datagram(
        10 + index * 20,
        CLIENT,
        SERVER,
        [8000, 9000],
        rtpPacket(index, { payloadType: 96, timestamp: index * 960, ssrc: 7 }),
      ),
    ),
  ];
}

const hex = (index: number) =>
  times(32, (digit) => ((index + digit) % 16).toString(16)).join('.') + '.ip6.arpa';
const names = () =>
  times(60, (index) => [
    ...lookUp(index * 900, '_ldap._tcp.default-first-site-name._sites.dc._msdcs.corp.example', {}),
    ...lookUp(index * 900 + 100, 'ec2-203-0-113-9.ap-southeast-2.compute-1.cloud.example.net', {}),
    ...lookUp(index * 900 + 200, hex(index), { code: 3 }),
    ...lookUp(index * 900 + 300, `${index}.2.168.192.in-addr.arpa`, { code: 3 }),
  ]);

/** Each in a network of its own, on one mirror port. */
const twoDhcpServers = () =>
  times(20, (index) => {
    const server = `10.${index % 2}.0.1`;
    return [
      datagram(index * 100, '0.0.0.0', '255.255.255.255', [68, 67], dhcpMessage(1, index)),
      datagram(index * 100 + 3, server, '255.255.255.255', [67, 68], dhcpMessage(2, index, server)),
    ];
  });

describe('ordinary traffic', () => {
  it.each<[string, () => Timed[], string]>([
    ['of an office', office, 'none'],
    ['of a backup at night', backup, 'none'],
    ['of health checks', healthChecks, 'none'],
    ['of a video call', videoCall, 'unknown'],
    ['of calls whose codecs differ', twoCalls, 'unknown'],
    ['of names in a Windows network and a cloud', names, 'unknown'],
    ['of two DHCP servers of two networks', twoDhcpServers, 'unknown'],
  ])('%s does not stand out', (_, frames, cause) => {
    const { findings, verdict } = analyse(frames());
    expect(findings).toEqual([]);
    expect(verdict.causes).toEqual([cause]);
  });

  it('of a video call has its streams, and no feedback among them', () => {
    const { rtp: found } = analyse(videoCall());
    expect(found.list.map(({ payloadType, lost }) => [payloadType, lost])).toEqual(
      expect.arrayContaining([
        [107, 0],
        [111, 0],
      ]),
    );
    expect(found.streams).toBe(2);
  });

  it.each<[string, () => Timed[], number, number]>([
    ['at once', office, 0.004, 0],
    ['behind the next packets', backup, 0.45, 40],
  ])('that a mirror port sends twice, %s, is not sent again', (_, frames, delay, lost) => {
    const copies = frames().map(({ ms, frame }) => ({ ms: ms + delay, frame }));
    const { findings, verdict, tcp } = analyse(inOrder([...frames(), ...copies]));
    expect(verdict.causes).toEqual(['none']);
    expect(findings.map(({ rule }) => rule)).toEqual(['copies']);
    expect(tcp.resent).toEqual({ client: lost, server: 0 });
    expect(tcp.outOfOrder).toEqual({ client: 0, server: 0 });
    // All but those of keep-alives.
    const sent = (tcp.dataPackets.client + tcp.dataPackets.server) / 2;
    expect(tcp.copies / sent).toBeGreaterThan(0.9);
  });
});

describe('what is almost ordinary', () => {
  it('stands out as an outage, with a share of what there is', () => {
    const connect = (index: number) =>
      new Connection(
        { client: CLIENT, server: `203.0.113.${index}` },
        { client: 30_000 + index, server: 443 },
      );
    const { verdict, findings } = analyse(
      inOrder(
        times(30, (index) =>
          [0, 1000, 3000].flatMap(
            (wait) => connect(index).send(index * 500 + wait, 'client', 'S').frames,
          ),
        ),
      ),
    );
    expect(verdict).toEqual({
      causes: ['unreachable'],
      reasons: ['Server down, or a firewall drops: 30 of 30 connections got no answer at all.'],
    });
    expect(findings[0].text).toBe(
      '10.0.0.1 tried 30 hosts at port 443 that refused or did not answer: a scan, or an outage.',
    );
  });

  it.each<[string, number, number | undefined, string]>([
    [
      'responses',
      0,
      undefined,
      'DNS server 10.0.0.2 answered none of 20 queries: it is down, or the capture misses its direction.',
    ],
    [
      'queries, whose names do not exist',
      1,
      3,
      '10.0.0.1 asked for names that do not exist 20 times (100 % of its queries), e.g. www0.example.',
    ],
    [
      'queries at which the server fails',
      1,
      2,
      'DNS server 10.0.0.2 failed or did not answer 20 of 20 queries.',
    ],
  ])('is DNS of which the capture misses the %s', (_, direction, code, text) => {
    const frames = times(20, (id) => lookUp(id * 100, `www${id}.example`, { code })[direction]!);
    expect(analyse(frames).findings.map((found) => found.text)).toEqual([text]);
  });

  it('is a client that does not wait for the response', () => {
    const { verdict } = analyse(
      times(
        5,
        (index) =>
          new Connection({ client: CLIENT, server: SERVER }, { client: 4000 + index, server: 80 })
            .send(index * 100, 'client', 'S')
            .send(index * 100 + 1, 'server', 'SA')
            .send(index * 100 + 2, 'client', 'A')
            .send(index * 100 + 3, 'client', 'PA', 300)
            .send(index * 100 + 4, 'server', 'A')
            .send(index * 100 + 50, 'client', 'RA').frames,
      ),
    );
    expect(verdict.causes).toEqual(['client']);
    expect(verdict.reasons).toEqual(['Client: reset 5 of 5 connections before the response came.']);
  });

  it('is a network to far away that loses packets', () => {
    const frames = office();
    const lossy = new Connection(
      { client: '10.0.0.10', server: '198.51.100.9' },
      { client: 45_000, server: 443 },
    );
    lossy.send(0, 'client', 'S').send(180, 'server', 'SA').send(181, 'client', 'A');
    for (let index = 0; index < 400; index++) {
      lossy.send(200 + index * 20, 'server', 'A', 1200);
      if (index % 10 === 0) lossy.repeat(210 + index * 20, 'server', 1200);
    }
    const { findings, worst } = analyse(inOrder([...frames, ...lossy.frames]));
    expect(findings.map(({ rule, count }) => [rule, count])).toEqual([['loss', 40]]);
    expect(worst).toMatchObject({ b: '198.51.100.9', verdict: { causes: ['network'] } });
  });
});

it('names the worst of two bad streams first, not the longest', () => {
  const lossy = (port: number, count: number, kept: (index: number) => boolean) =>
    times(count, (index) =>
      kept(index)
        ? datagram(index * 20, CLIENT, SERVER, [port, 9000], rtpPacket(index, { ssrc: port }))
        : [],
    );
  const long = lossy(8000, 1000, (index) => index % 20 !== 1);
  const short = lossy(8002, 200, (index) => index % 5 !== 1);
  const { findings } = analyse(inOrder([...long, ...short]));
  expect(findings.map(({ rule, text }) => [rule, /\((.*?)\)/.exec(text)![1]])).toEqual([
    ['voice', '20 %'],
    ['voice', '5 %'],
  ]);
});
