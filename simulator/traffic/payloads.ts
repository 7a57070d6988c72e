import { Joined, Made, Piece, type Payload } from '../packets/payload';

/** What the conversations say: payloads that an analyser recognises as what they are. */

export function dnsQuery(id: number, name: string): Buffer {
  return Buffer.concat([dnsHeader(id, 0x0100, 0), question(name)]);
}

/** Says that there is no such name. */
export function dnsNoSuchName(id: number, name: string): Buffer {
  return Buffer.concat([dnsHeader(id, 0x8183, 0), question(name)]);
}

/** Answers with one address record. */
export function dnsAnswer(id: number, name: string, ipv4: string): Buffer {
  const record = Buffer.alloc(16);
  // The name is the one at offset 12, where the question has it.
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(1, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(300, 6);
  record.writeUInt16BE(4, 10);
  ipv4.split('.').forEach((octet, index) => (record[12 + index] = Number(octet)));
  return Buffer.concat([dnsHeader(id, 0x8180, 1), question(name), record]);
}

function dnsHeader(id: number, flags: number, answers: number): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(flags, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers, 6);
  return header;
}

function question(name: string): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`));
  return Buffer.concat([...labels, Buffer.from([0, 0, 1, 0, 1])]);
}

export function httpGet(host: string, path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: browser\r\n\r\n`);
}

export function httpOk(body: Payload): Payload {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${body.length}\r\n\r\n`;
  return new Joined([new Made(Buffer.from(head)), body]);
}

/** TLS 1.2 with a server name, so that the connection's purpose can be told. */
export function tlsClientHello(random: Payload, serverName: string): Buffer {
  const name = Buffer.from(serverName);
  const extension = Buffer.concat([
    uint16(0),
    uint16(name.length + 5),
    uint16(name.length + 3),
    Buffer.from([0]),
    uint16(name.length),
    name,
  ]);
  const ciphers = Buffer.from([0xc0, 0x2f, 0xc0, 0x30]);
  return handshake(
    1,
    Buffer.concat([
      Buffer.from([3, 3]),
      random.bytes(),
      Buffer.from([0]),
      uint16(ciphers.length),
      ciphers,
      Buffer.from([1, 0]),
      uint16(extension.length),
      extension,
    ]),
  );
}

export function tlsServerHello(random: Payload): Buffer {
  return handshake(
    2,
    Buffer.concat([
      Buffer.from([3, 3]),
      random.bytes(),
      Buffer.from([0, 0xc0, 0x2f, 0]),
      uint16(0),
    ]),
  );
}

function handshake(type: number, body: Buffer): Buffer {
  const head = Buffer.from([type, 0, body.length >> 8, body.length & 0xff]);
  return record(22, Buffer.concat([head, body]));
}

const LARGEST_TLS_RECORD = 16384;

/** Application data, in as many records as it takes. */
export function tlsRecord(data: Payload): Payload {
  const parts: Payload[] = [];
  for (let offset = 0; offset < data.length; offset += LARGEST_TLS_RECORD) {
    const part = new Piece(data, offset, offset + LARGEST_TLS_RECORD);
    parts.push(new TlsRecordHead(23, part.length), part);
  }
  return new Joined(parts);
}

function record(type: number, body: Buffer): Buffer {
  return Buffer.concat([new TlsRecordHead(type, body.length).bytes(), body]);
}

class TlsRecordHead implements Payload {
  readonly length = 5;

  constructor(
    private readonly type: number,
    private readonly bodyLength: number,
  ) {}

  bytes(): Buffer {
    return Buffer.concat([Buffer.from([this.type, 3, 3]), uint16(this.bodyLength)]);
  }
}

/** Seconds from 1900, where NTP begins, to 1970. */
const NTP_EPOCH = 2_208_988_800;

export function ntp(isServer: boolean, timeUs: number): Buffer {
  const message = Buffer.alloc(48);
  message[0] = isServer ? 0x24 : 0x23;
  message[1] = isServer ? 2 : 0;
  message[2] = 6;
  // Its 32 bits begin anew in 2036.
  message.writeUInt32BE((Math.floor(timeUs / 1e6) + NTP_EPOCH) % 2 ** 32, 40);
  message.writeUInt32BE(Math.floor(((timeUs % 1e6) / 1e6) * 2 ** 32) >>> 0, 44);
  return message;
}

/** G.711 µ-law, 20 ms a packet. */
export class RtpPayload implements Payload {
  readonly length: number;

  constructor(
    private readonly ssrc: number,
    private readonly index: number,
    private readonly voice: Payload,
  ) {
    this.length = 12 + voice.length;
  }

  bytes(): Buffer {
    const packet = Buffer.allocUnsafe(this.length);
    packet[0] = 0x80;
    packet[1] = this.index === 0 ? 0x80 : 0;
    packet.writeUInt16BE(this.index & 0xffff, 2);
    packet.writeUInt32BE((this.index * 160) >>> 0, 4);
    packet.writeUInt32BE(this.ssrc >>> 0, 8);
    this.voice.bytes().copy(packet, 12);
    return packet;
  }
}

interface Parties {
  caller: string;
  callee: string;
  id: string;
}

/** A request (`INVITE`) or a response (`200 OK`); `mediaPort` adds the offer of a stream. */
export function sip(
  what: string,
  { caller, callee, id }: Parties,
  sequence: number,
  mediaPort?: number,
): Buffer {
  const isResponse = /^\d/.test(what);
  const method = isResponse ? (sequence === 1 ? 'INVITE' : 'BYE') : what;
  const body =
    mediaPort === undefined
      ? ''
      : `v=0\r\no=- 1 1 IN IP4 ${caller}\r\ns=call\r\nc=IN IP4 ${caller}\r\nt=0 0\r\nm=audio ${mediaPort} RTP/AVP 0\r\n`;
  const lines = [
    isResponse ? `SIP/2.0 ${what}` : `${what} sip:${callee} SIP/2.0`,
    `Via: SIP/2.0/UDP ${caller}:5060;branch=z9hG4bK${id.slice(0, 7)}`,
    `From: <sip:${caller}>;tag=a`,
    `To: <sip:${callee}>;tag=b`,
    `Call-ID: ${id}`,
    `CSeq: ${sequence} ${method}`,
    ...(body ? ['Content-Type: application/sdp'] : []),
    `Content-Length: ${body.length}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}
