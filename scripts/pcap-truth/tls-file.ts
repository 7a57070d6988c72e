import { createCipheriv, createHmac } from 'node:crypto';
import { generate } from 'selfsigned';
import { ethernet, ipv4, pcapAt, segmentFrame, UDP, udp } from '../../test/support/frame-fixtures';
import {
  certificateMessage,
  clientHello,
  serverHello,
  tlsRecord,
} from '../../test/support/payload-fixtures';

const HANDSHAKES = 40;
const CERTIFICATES = 3;
const GREASE = 0x2a2a;

type Random = (limit: number) => number;
type Timed = { ms: number; frame: Buffer };

/**
 * A capture of handshakes: TLS 1.2 with certificates, and QUIC, with server names, ciphers and
 * extensions by chance, as many different clients send them.
 */
export async function tlsFile(seed: number): Promise<Buffer> {
  let state = seed + 1;
  const random: Random = (limit) => (state = (state * 48271) % 2147483647) % limit;
  const certificates: Buffer[] = [];
  for (let index = 0; index < CERTIFICATES; index++) {
    const notAfterDate = new Date(Date.UTC(2020 + random(20), random(12), 1 + random(28)));
    certificates.push(await certificate(`host-${index}.example`, notAfterDate));
  }
  const frames: Timed[] = [];
  for (let index = 0; index < HANDSHAKES; index++) {
    const ms = index * 50;
    if (index % 3 === 0) frames.push({ ms, frame: quicFrame(hello(random, true), index, random) });
    else {
      const rows = tlsRows(hello(random, false), certificates[random(CERTIFICATES)]);
      rows.forEach((row, step) => {
        const frame = segmentFrame({ ms: 0, ...row }, 443, 20_000 + index);
        frames.push({ ms: ms + step, frame });
      });
    }
  }
  return pcapAt(frames);
}

async function certificate(name: string, notAfterDate: Date): Promise<Buffer> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    notBeforeDate: new Date(Date.UTC(2019, 0, 1)),
    notAfterDate,
    algorithm: 'sha256',
  });
  return Buffer.from(made.cert.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

function hello(random: Random, isQuic: boolean): Buffer {
  const some = (from: number[]) => from.filter(() => random(3) > 0);
  return clientHello({
    ...(random(5) > 0 ? { serverName: `host-${random(12)}.example` } : {}),
    ...(random(4) > 0 ? { alpn: isQuic ? ['h3'] : ['h2', 'http/1.1'].slice(random(2)) } : {}),
    ...(isQuic || random(2) > 0 ? { versions: [GREASE, 0x0304, 0x0303] } : {}),
    ciphers: [GREASE, 0x1301, ...some([0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030])],
    algorithms: [0x0403, ...some([0x0804, 0x0401, 0x0503, 0x0805])],
    extensions: [...(random(2) > 0 ? [GREASE] : []), ...some([23, 18, 22])],
  });
}

function tlsRows(client: Buffer, der: Buffer) {
  const [request, answer] = [
    tlsRecord(client),
    Buffer.concat([tlsRecord(serverHello(0x0303, 'h2')), tlsRecord(certificateMessage(der))]),
  ];
  const [one, other] = ['client', 'server'] as const;
  const at = 101 + request.length;
  return [
    { from: one, flags: 'S', sequence: 100 },
    { from: other, flags: 'SA', sequence: 500, acknowledgement: 101 },
    { from: one, flags: 'A', sequence: 101, acknowledgement: 501 },
    { from: one, flags: 'PA', sequence: 101, acknowledgement: 501, data: request },
    { from: other, flags: 'PA', sequence: 501, acknowledgement: at, data: answer },
  ];
}

/** RFC 9001, 5.2. */
const SALT = Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex');

/** An Initial packet of QUIC version 1 with a ClientHello, encrypted as RFC 9001 says. */
function quicFrame(client: Buffer, index: number, random: Random): Buffer {
  const id = Buffer.from(Array.from({ length: 8 }, () => random(256)));
  const secret = expand(createHmac('sha256', SALT).update(id).digest(), 'client in', 32);
  const [key, nonce, mask] = [
    expand(secret, 'quic key', 16),
    expand(secret, 'quic iv', 12),
    expand(secret, 'quic hp', 16),
  ];
  const plain = Buffer.alloc(1162);
  Buffer.concat([
    Buffer.from([6, 0, 0x40 | (client.length >> 8), client.length & 0xff]),
    client,
  ]).copy(plain);
  // Packet number 0, of four bytes; the length counts it and the tag.
  const header = Buffer.concat([
    Buffer.from('c30000000108', 'hex'),
    id,
    Buffer.from('0000449e00000000', 'hex'),
  ]);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  cipher.setAAD(header);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  const bits = createCipheriv('aes-128-ecb', mask, null).update(sealed.subarray(0, 16));
  header[0] ^= bits[0] & 0x0f;
  for (let byte = 0; byte < 4; byte++) header[header.length - 4 + byte] ^= bits[1 + byte];
  const content = Buffer.concat([header, sealed]);
  const datagram = udp(30_000 + index, 443, content.length);
  content.copy(datagram, 8);
  return ethernet(0x0800, ipv4(UDP, datagram));
}

/** HKDF-Expand-Label of RFC 8446, 7.1. */
function expand(secret: Buffer, label: string, length: number): Buffer {
  const text = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, text.length]), text, Buffer.from([0, 1])]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}
