/** Payloads of protocols for the tests, sharing no code with what reads them. */

const u8 = (value: number) => Buffer.from([value]);
const u16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const u24 = (value: number) => Buffer.from([value >> 16, (value >> 8) & 0xff, value & 0xff]);
const with16 = (body: Buffer) => Buffer.concat([u16(body.length), body]);
const with8 = (body: Buffer) => Buffer.concat([u8(body.length), body]);
const words = (values: number[]) => Buffer.concat(values.map(u16));

const nameOf = (name: string) =>
  Buffer.concat([...name.split('.').map((label) => with8(Buffer.from(label))), u8(0)]);

/** A DNS message with one question; as a response with one address record, or none. */
export function dnsMessage(
  id: number,
  name: string,
  response?: { code?: number; address?: string },
): Buffer {
  const { address } = response ?? {};
  const flags = response ? 0x8180 | (response.code ?? 0) : 0x0100;
  const question = Buffer.concat([nameOf(name), u16(1), u16(1)]);
  const answer = address
    ? Buffer.concat([
        Buffer.from('c00c00010001000000ff0004', 'hex'),
        Buffer.from(address.split('.').map(Number)),
      ])
    : Buffer.alloc(0);
  return Buffer.concat([words([id, flags, 1, address ? 1 : 0, 0, 0]), question, answer]);
}

interface Hello {
  serverName?: string;
  alpn?: string[];
  ciphers?: number[];
  versions?: number[];
  algorithms?: number[];
  /** Further extensions, empty ones. */
  extensions?: number[];
}

const extension = (type: number, body: Buffer) => Buffer.concat([u16(type), with16(body)]);

/** The body of a ClientHello with its handshake header. */
export function clientHello(hello: Hello): Buffer {
  const { serverName, alpn, ciphers = [0x1301], versions, algorithms, extensions = [] } = hello;
  const list = [
    ...(serverName
      ? [extension(0, with16(Buffer.concat([u8(0), with16(Buffer.from(serverName))])))]
      : []),
    ...(alpn
      ? [extension(16, with16(Buffer.concat(alpn.map((name) => with8(Buffer.from(name))))))]
      : []),
    ...(versions ? [extension(43, with8(words(versions)))] : []),
    ...(algorithms ? [extension(13, with16(words(algorithms)))] : []),
    ...extensions.map((type) => extension(type, Buffer.alloc(0))),
  ];
  return handshake(
    1,
    Buffer.concat([
      u16(0x0303),
      Buffer.alloc(32, 7),
      with8(Buffer.alloc(0)),
      with16(words(ciphers)),
      with8(Buffer.from([0])),
      with16(Buffer.concat(list)),
    ]),
  );
}

export const serverHello = (version: number, alpn?: string) =>
  handshake(
    2,
    Buffer.concat([
      u16(Math.min(version, 0x0303)),
      Buffer.alloc(32, 8),
      with8(Buffer.alloc(0)),
      u16(0xc02f),
      u8(0),
      with16(
        Buffer.concat([
          ...(version > 0x0303 ? [extension(43, u16(version))] : []),
          ...(alpn ? [extension(16, with16(with8(Buffer.from(alpn))))] : []),
        ]),
      ),
    ]),
  );

export function certificateMessage(der: Buffer): Buffer {
  const entry = Buffer.concat([u24(der.length), der]);
  return handshake(11, Buffer.concat([u24(entry.length), entry]));
}

/** In DER: CN=old.example, valid on 2020-01-01 alone. */
export const EXPIRED_CERTIFICATE = Buffer.from(
  [
    'MIIBEjCBugIBATAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAtvbGQuZXhhbXBsZTAeFw0yMDAxMDEwMDAw',
    'MDBaFw0yMDAxMDIwMDAwMDBaMBYxFDASBgNVBAMMC29sZC5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZI',
    'zj0DAQcDQgAE6u15IwidMDKULngwc/0YNZLFzKvGNvJmshP3aWB90eR2Gn7T6k1TeFgdFCXJh9TK9qmA',
    'Cj17oI7hqXGxpuHpHDAKBggqhkjOPQQDAgNHADBEAiA+bhqkmBRlDxfNT6A4YpiCOyHDytkxM++FNEg7',
    'srv1BwIgQ0SmOgSks2P3opQPgKq8dzMsxfjZixPxR0PNv2aWG64=',
  ].join(''),
  'base64',
);

function handshake(type: number, body: Buffer): Buffer {
  return Buffer.concat([u8(type), u24(body.length), body]);
}

export const tlsRecord = (content: Buffer, type = 22) =>
  Buffer.concat([u8(type), u16(0x0303), with16(content)]);

/** RTP (RFC 3550); the timestamp is that of G.711 with 20 ms a packet. */
export function rtpPacket(
  sequence: number,
  { payloadType = 0, timestamp = sequence * 160, ssrc = 0xabcd1234, length = 172 } = {},
): Buffer {
  const packet = Buffer.alloc(length);
  packet[0] = 0x80;
  packet[1] = payloadType;
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(timestamp % 2 ** 32, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

/** DHCP: 1 discover, 2 offer, 5 acknowledgement. */
export function dhcpMessage(type: number, transaction: number, server?: string): Buffer {
  const head = Buffer.alloc(236);
  head[0] = type === 1 ? 1 : 2;
  head.writeUInt32BE(transaction, 4);
  const id = server ? Buffer.from([54, 4, ...server.split('.').map(Number)]) : Buffer.alloc(0);
  return Buffer.concat([
    head,
    Buffer.from('63825363', 'hex'),
    Buffer.from([53, 1, type]),
    id,
    u8(255),
  ]);
}

/** ARP over Ethernet: who has (1), or is at (2). */
export function arpMessage(operation: number, senderMac: number, sender: string): Buffer {
  return Buffer.concat([
    words([1, 0x0800, 0x0604, operation]),
    Buffer.from([2, 0, 0, 0, 0, senderMac]),
    Buffer.from(sender.split('.').map(Number)),
    Buffer.alloc(10),
  ]);
}
