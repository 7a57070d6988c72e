import { createCipheriv } from 'node:crypto';
import { ja4 } from '../../../../client/pcap/dissect/tls/ja4';
import {
  certificateMessage,
  clientHello,
  EXPIRED_CERTIFICATE,
  serverHello,
  tlsRecord,
} from '../../../support/payload-fixtures';
import type { Timed } from '../../../support/frame-fixtures';
import { analyse, CLIENT, datagram, SERVER, stream } from './analyse';

describe('TLS', () => {
  const hello = clientHello({
    serverName: 'WWW.example.com',
    alpn: ['h2'],
    versions: [0x0a0a, 0x0304, 0x0303],
  });

  it.each<[string, Timed[]]>([
    [
      'in one packet',
      stream([
        ['client', tlsRecord(hello)],
        ['server', tlsRecord(serverHello(0x0304))],
      ]),
    ],
    [
      'in pieces, one of them sent twice',
      (() => {
        const record = tlsRecord(hello);
        const frames = stream([
          ['client', record.subarray(0, 50)],
          ['client', record.subarray(50, 90)],
          ['client', record.subarray(90)],
          ['server', tlsRecord(serverHello(0x0304))],
        ]);
        return [...frames.slice(0, 2), frames[1], ...frames.slice(2)];
      })(),
    ],
    [
      'in several records',
      stream([
        [
          'client',
          Buffer.concat([tlsRecord(hello.subarray(0, 60)), tlsRecord(hello.subarray(60))]),
        ],
        ['server', tlsRecord(serverHello(0x0304))],
      ]),
    ],
  ])('reads the handshake %s', (_, frames) => {
    const { tls, conversations } = analyse(frames);
    expect(tls).toMatchObject({
      connections: 1,
      serverNames: [{ name: 'www.example.com', count: 1 }],
      versions: { 'TLS 1.3': 1 },
      ja4: [{ name: expect.stringMatching(/^t13d0103h2_/), count: 1 }],
    });
    expect(conversations[0].name).toBe('www.example.com');
  });

  it('counts what a server of TLS 1.2 chose, and fatal alerts', () => {
    const { tls } = analyse(
      stream([
        ['client', tlsRecord(clientHello({}))],
        [
          'server',
          Buffer.concat([
            tlsRecord(serverHello(0x0303, 'h2')),
            tlsRecord(Buffer.from([2, 40]), 21),
          ]),
        ],
      ]),
    );
    expect(tls).toMatchObject({ versions: { 'TLS 1.2': 1 }, alpn: { h2: 1 }, alerts: 1 });
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'counts the protocol %s as any other',
    (alpn) => {
      const { tls } = analyse(stream([['server', tlsRecord(serverHello(0x0303, alpn))]]));
      expect(Object.entries(tls.alpn)).toEqual([[alpn, 1]]);
    },
  );

  it.each<[string, Buffer]>([
    ['records', Buffer.concat([...Array<Buffer>(100).fill(tlsRecord(Buffer.alloc(0)))])],
    ['messages', tlsRecord(Buffer.alloc(4 * 100))],
  ])('leaves a handshake alone that is made of a hundred empty %s', (_, empty) => {
    const start = tlsRecord(serverHello(0x0303));
    const rest = [empty, tlsRecord(certificateMessage(EXPIRED_CERTIFICATE))];
    const { tls } = analyse(stream([start, ...rest].map((part) => ['server', part])));
    expect(tls.certificates).toEqual([]);
  });

  it('tells when a certificate has expired', () => {
    const { tls, findings } = analyse(
      stream([
        ['client', tlsRecord(clientHello({ serverName: 'old.example' }))],
        [
          'server',
          Buffer.concat([
            tlsRecord(serverHello(0x0303)),
            tlsRecord(certificateMessage(EXPIRED_CERTIFICATE)),
          ]),
        ],
      ]),
    );
    expect(tls.certificates).toMatchObject([
      { subject: 'CN=old.example', validTo: '2020-01-02T00:00:00.000Z', count: 1 },
    ]);
    expect(findings).toMatchObject([{ rule: 'certificate', addresses: [SERVER] }]);
    expect(findings[0].text).toMatch(/old\.example \(CN=old\.example\) expired at 2020-01-02/);
  });

  it('has the fingerprint of the example that JA4 describes', () => {
    // github.com/FoxIO-LLC/ja4, technical_details/JA4.md
    const numbers = (text: string) => text.split(',').map((digits) => parseInt(digits, 16));
    const extensions =
      '001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015';
    expect(
      ja4(
        {
          version: 0x0304,
          ciphers: [
            0x1a1a,
            ...numbers(
              '1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035',
            ),
          ],
          extensions: [0x3a3a, ...numbers(extensions), 0xcaca],
          signatureAlgorithms: numbers('0403,0804,0401,0503,0805,0501,0806,0601'),
          alpn: ['h2', 'http/1.1'],
        },
        'TCP',
      ),
    ).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1');
  });
});

describe('QUIC', () => {
  /** The example of RFC 9001, appendix A: its keys are given there, so nothing of ours is needed. */
  const [key, iv, mask] = [
    '1f369613dd76d5467730efcbe3b1a22d',
    'fa044b2f42a3fd3b46fb255c',
    '9f50449e04a0e810283a1e9933adedd2',
  ].map((hex) => Buffer.from(hex, 'hex'));

  function initial(crypto: Buffer): Buffer {
    const header = Buffer.from('c300000001088394c8f03e5157080000449e00000002', 'hex');
    const nonce = Buffer.from(iv);
    nonce[11] ^= 2;
    const cipher = createCipheriv('aes-128-gcm', key, nonce);
    cipher.setAAD(header);
    const plain = Buffer.alloc(1162);
    crypto.copy(plain);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    const bits = createCipheriv('aes-128-ecb', mask, null).update(sealed.subarray(0, 16));
    header[0] ^= bits[0] & 0x0f;
    for (let index = 0; index < 4; index++) header[18 + index] ^= bits[1 + index];
    return Buffer.concat([header, sealed]);
  }

  it('reads the server name of the first packet', () => {
    const hello = clientHello({ serverName: 'quic.example', alpn: ['h3'], versions: [0x0304] });
    const frame = Buffer.concat([
      Buffer.from([6, 0, 0x40 | (hello.length >> 8), hello.length & 0xff]),
      hello,
    ]);
    const { tls, conversations } = analyse([
      datagram(0, CLIENT, SERVER, [50_000, 443], initial(frame)),
    ]);
    expect(tls).toMatchObject({
      quicConnections: 1,
      serverNames: [{ name: 'quic.example', count: 1 }],
      ja4: [{ name: expect.stringMatching(/^q13d0103h3_/) }],
    });
    expect(conversations[0].name).toBe('quic.example');
  });

  it('leaves a packet alone that is not what it seems', () => {
    const broken = initial(Buffer.alloc(10));
    broken[500] ^= 1;
    expect(analyse([datagram(0, CLIENT, SERVER, [1, 443], broken)]).tls.connections).toBe(0);
  });
});
