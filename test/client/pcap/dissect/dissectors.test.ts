import fc from 'fast-check';
import {
  ethernet,
  ipv4,
  segmentFrame,
  TCP,
  tcp,
  UDP,
  udp,
  type Timed,
} from '../../../support/frame-fixtures';
import {
  arpMessage,
  certificateMessage,
  clientHello,
  dhcpMessage,
  dnsMessage,
  rtpPacket,
  serverHello,
  tlsRecord,
} from '../../../support/payload-fixtures';
import { analyse, CLIENT, datagram, SERVER } from './analyse';

describe('ICMP, ARP and DHCP', () => {
  const inner = ipv4(UDP, udp(1, 2), { source: CLIENT, destination: '192.0.2.9' });
  const icmp = (type: number, code: number) =>
    ethernet(
      0x0800,
      ipv4(1, Buffer.concat([Buffer.from([type, code, 0, 0, 0, 0, 0, 0]), inner]), {
        source: '10.0.0.254',
        destination: CLIENT,
      }),
    );

  it.each<[number, number, string, string]>([
    [3, 3, 'unreachable', 'port unreachable'],
    [3, 13, 'unreachable', 'prohibited'],
    [11, 0, 'timeExceeded', 'time exceeded'],
    [5, 1, 'redirect', 'redirect'],
  ])('type %d, code %d is %s', (type, code, kind, reason) => {
    const frames = Array.from({ length: 12 }, (_, ms) => ({ ms, frame: icmp(type, code) }));
    const { icmp: figures, findings } = analyse(frames);
    expect(figures.messages).toEqual([
      { kind, reason, from: '10.0.0.254', destination: '192.0.2.9', count: 12 },
    ]);
    expect(findings).toMatchObject([{ addresses: ['192.0.2.9', '10.0.0.254'], count: 12 }]);
  });

  it('reads ARP within a tunnel', () => {
    const inner = ethernet(0x0806, arpMessage(1, 3, '10.0.0.7'), 3);
    const vxlan = Buffer.concat([Buffer.from('0800000000000100', 'hex'), inner]);
    const { arp, conversations, protocols } = analyse([
      datagram(0, CLIENT, SERVER, [50_000, 4789], vxlan),
    ]);
    expect(arp.requests).toBe(1);
    expect(conversations[0]).toMatchObject({ a: '02:00:00:00:00:03', b: '02:00:00:00:00:02' });
    expect(protocols).toMatchObject([{ protocol: 'ARP', transport: null }]);
  });

  it('finds an address with two MAC addresses', () => {
    const frames = [1, 3, 1].map((mac, ms) => ({
      ms,
      frame: ethernet(0x0806, arpMessage(2, mac, '10.0.0.7'), mac),
    }));
    const { arp, findings } = analyse(frames);
    expect(arp).toEqual({
      requests: 0,
      replies: 3,
      conflicts: [{ address: '10.0.0.7', macs: ['02:00:00:00:00:01', '02:00:00:00:00:03'] }],
    });
    expect(findings).toMatchObject([{ rule: 'arp', addresses: ['10.0.0.7'] }]);
  });

  it.each([
    [['10.0.0.2'], 0, 0],
    [['10.0.0.2', '10.0.0.3'], 1, 1],
  ])('counts offers of %j', (servers, contested, found) => {
    const { dhcp, findings } = analyse([
      datagram(0, '0.0.0.0', '255.255.255.255', [68, 67], dhcpMessage(1, 99)),
      ...servers.map((server, index) =>
        datagram(index + 1, server, '255.255.255.255', [67, 68], dhcpMessage(2, 99, server)),
      ),
    ]);
    expect(dhcp).toMatchObject({ discovers: 1, contested });
    expect(dhcp.servers.map(({ server }) => server)).toEqual(servers);
    expect(findings.filter(({ rule }) => rule === 'dhcp')).toHaveLength(found);
  });

  it('names two DHCP servers of one network, however many others follow', () => {
    const offer = (ms: number, id: number, server: string) =>
      datagram(ms, server, '255.255.255.255', [67, 68], dhcpMessage(2, id, server));
    const others = Array.from({ length: 2000 }, (_, index) =>
      offer(10 + index, 1000 + index, `10.1.${(index >> 1) & 3}.${(index >> 3) & 255}`),
    );
    const { findings } = analyse([offer(0, 1, '10.0.0.2'), offer(1, 1, '10.0.0.3'), ...others]);
    expect(findings).toMatchObject([
      { rule: 'dhcp', count: 1, addresses: ['10.0.0.2', '10.0.0.3'], to: expect.any(String) },
    ]);
  });
});

describe('attempts', () => {
  const knock = (ms: number, port: number, clientPort: number): Timed => ({
    ms,
    frame: segmentFrame({ ms, from: 'client', flags: 'S', sequence: 1 }, port, clientPort),
  });
  const open = (ms: number, clientPort: number): Timed[] => [
    knock(ms, 8443, clientPort),
    {
      ms: ms + 1,
      frame: segmentFrame(
        { ms: 0, from: 'server', flags: 'SA', sequence: 1, acknowledgement: 2 },
        8443,
        clientPort,
      ),
    },
  ];

  it.each<[string, Timed[], string[]]>([
    [
      'a scan',
      Array.from({ length: 25 }, (_, index) => knock(index * 2, 1000 + index, 5000)).concat(
        knock(9000, 1, 1),
      ),
      ['scan'],
    ],
    [
      'few ports',
      Array.from({ length: 10 }, (_, index) => knock(index, 1000 + index, 5000)).concat(
        knock(9000, 1, 1),
      ),
      [],
    ],
    [
      'a beacon',
      Array.from({ length: 8 }, (_, index) =>
        open(index * 10_000 + (index % 2) * 300, 6000 + index),
      ).flat(),
      ['beacon'],
    ],
    [
      'calls at any time',
      Array.from({ length: 8 }, (_, index) => open(index * index * 2000, 6000 + index)).flat(),
      [],
    ],
  ])('%s', (_, frames, rules) => {
    expect(analyse(frames).findings.map(({ rule }) => rule)).toEqual(rules);
  });
});

describe('whatever comes', () => {
  const payloads = [
    tlsRecord(clientHello({ serverName: 'a.example', alpn: ['h2'], versions: [0x0304] })),
    Buffer.concat([
      tlsRecord(serverHello(0x0303)),
      tlsRecord(certificateMessage(Buffer.alloc(80, 0x30))),
    ]),
    dnsMessage(1, 'a.example', { address: '10.0.0.9' }),
    dhcpMessage(2, 1, '10.0.0.2'),
    Buffer.from('80000001000000a0abcd1234', 'hex'),
    Buffer.from('INVITE sip:a@b SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\na=rtpmap:96 x/8000'),
    Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic x\r\n\r\n'),
    Buffer.concat([Buffer.from('c00000000108', 'hex'), Buffer.alloc(1200, 5)]),
  ];
  const ports = [5060, 9000, 53, 67, 68, 80, 443, 21, 23, 4789, 6081];
  const frame = fc
    .record({
      payload: fc.oneof(
        fc.constantFrom(...payloads),
        fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b)),
      ),
      changes: fc.array(fc.record({ at: fc.nat(2000), byte: fc.nat(255) }), { maxLength: 5 }),
      cut: fc.nat(400),
      from: fc.constantFrom(...ports),
      to: fc.constantFrom(...ports),
      protocol: fc.constantFrom(TCP, UDP, 1, 4, 47, 58),
      etherType: fc.constantFrom(0x0800, 0x0800, 0x0806, 0x8847, 0x8864),
    })
    .map(({ payload, changes, cut, from, to, protocol, etherType }) => {
      const head =
        protocol === TCP
          ? tcp(from, to)
          : protocol === UDP
            ? udp(from, to, payload.length).subarray(0, 8)
            : Buffer.alloc(0);
      const body = Buffer.concat([head, payload]);
      const bytes = ethernet(etherType, etherType === 0x0800 ? ipv4(protocol, body) : body);
      for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
      return bytes.subarray(0, Math.max(1, bytes.length - (cut < 200 ? 0 : cut)));
    });

  it('nothing throws, and lists stay within their limit', () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 12 }), (frames) => {
        const traffic = analyse(frames.map((bytes, index) => ({ ms: index, frame: bytes })));
        expect(JSON.stringify(traffic)).toBeTruthy();
        expect(traffic.tls.serverNames.length).toBeLessThanOrEqual(10);
      }),
      { numRuns: 2000, interruptAfterTimeLimit: 15_000 },
    );
  });
});

describe('voice', () => {
  const stream = (count: number, delay: (index: number) => number, lost = (_: number) => false) =>
    Array.from({ length: count }, (_, index) => index)
      .filter((index) => !lost(index))
      .map((index) =>
        datagram(
          index * 20 + delay(index),
          CLIENT,
          SERVER,
          [8000, 9000],
          rtpPacket(65_500 + index),
        ),
      );

  it.each<[string, Timed[], Record<string, unknown>, string[]]>([
    ['on time', stream(200, () => 0), { packets: 200, lost: 0, meanJitterMs: 0, maxGapMs: 20 }, []],
    [
      'with loss',
      stream(
        200,
        () => 0,
        (index) => index % 10 === 5,
      ),
      { packets: 180, lost: 20, lostPercent: 10, maxGapMs: 40 },
      ['voice'],
    ],
    [
      'with jitter',
      stream(200, (index) => (index % 2) * 60),
      { lost: 0, maxJitterMs: expect.closeTo(60, 0) },
      ['voice'],
    ],
  ])('%s', (_, frames, figures, rules) => {
    const { rtp: found, findings } = analyse(frames);
    expect(found.streams).toBe(1);
    expect(found.list[0]).toMatchObject({ ssrc: 'abcd1234', from: `${CLIENT}:8000`, ...figures });
    expect(findings.map(({ rule }) => rule)).toEqual(rules);
  });

  it('is not taken for it when numbers do not go on', () => {
    const frames = Array.from({ length: 60 }, (_, index) =>
      datagram(index, CLIENT, SERVER, [8000, 9000], rtpPacket(index * 7919)),
    );
    expect(analyse(frames).rtp.streams).toBe(0);
  });

  it('of a call is told with its setup and duration', () => {
    const message = (first: string, method: string, body = '') =>
      Buffer.from(
        `${first}\r\nFrom: "A" <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: c1\r\nCSeq: 1 ${method}\r\n\r\n${body}`,
      );
    const [out, back]: Array<[number, number]> = [
      [5060, 5061],
      [5061, 5060],
    ];
    const { sip, rtp: found } = analyse([
      datagram(
        0,
        CLIENT,
        SERVER,
        out,
        message('INVITE sip:b@x SIP/2.0', 'INVITE', 'a=rtpmap:100 opus/48000/2'),
      ),
      datagram(40, SERVER, CLIENT, back, message('SIP/2.0 407 Login', 'INVITE')),
      datagram(300, SERVER, CLIENT, back, message('SIP/2.0 180 Ringing', 'INVITE')),
      datagram(900, SERVER, CLIENT, back, message('SIP/2.0 200 OK', 'INVITE')),
      ...Array.from({ length: 30 }, (_, index) =>
        datagram(
          1000 + index * 20,
          CLIENT,
          SERVER,
          [8000, 9000],
          rtpPacket(index, { payloadType: 100 }),
        ),
      ),
      datagram(5900, CLIENT, SERVER, out, message('BYE sip:b@x SIP/2.0', 'BYE')),
    ]);
    expect(sip).toEqual({
      calls: 1,
      answered: 1,
      failed: 0,
      list: [{ from: 'sip:a@x', to: 'sip:b@x', status: 200, setupMs: 300, durationSeconds: 5 }],
    });
    expect(found.list[0].meanJitterMs).not.toBeNull();
  });
});
