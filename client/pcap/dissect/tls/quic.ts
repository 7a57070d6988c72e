import { createCipheriv, createDecipheriv, createHmac } from 'crypto';
import type { Direction, Flow, FlowReader } from '../../content/flows';
import type { Packet } from '../../content/packet';
import { Bytes } from '../bytes';
import type { TlsDissector } from './tls';
import { readClientHello } from './hello';

/**
 * The client's first packets of QUIC, whose keys follow from the packet itself. Sources: RFC 9000,
 * 9001 (5.2 and appendix A) and 9369 (version 2).
 */

interface Version {
  salt: Buffer;
  label: string;
  /** The two bits that mark an Initial packet. */
  initialType: number;
}

const VERSIONS = new Map<number, Version>([
  [
    1,
    {
      salt: Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex'),
      label: 'quic',
      initialType: 0,
    },
  ],
  [
    0x6b3343cf,
    {
      salt: Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex'),
      label: 'quicv2',
      initialType: 1,
    },
  ],
]);

/** A ClientHello longer than this, or in more packets, is left alone. */
const MAX_HELLO = 8192;
const MAX_PACKETS = 6;
const TAG_LENGTH = 16;

export class QuicDissector {
  /** @param tls counts what is found */
  constructor(readonly tls: TlsDissector) {}

  open(packet: Packet): FlowReader | undefined {
    if (packet.ipProtocol !== 17 || packet.end - packet.at < 100 || this.tls.isFull)
      return undefined;
    return versionOf(packet.content()) ? new QuicReader(this.tls) : undefined;
  }
}

function versionOf(bytes: Uint8Array): Version | undefined {
  if ((bytes[0] & 0xc0) !== 0xc0) return undefined;
  const version = VERSIONS.get(new Bytes(bytes.subarray(1)).number(4));
  return version && ((bytes[0] >> 4) & 3) === version.initialType ? version : undefined;
}

class QuicReader implements FlowReader {
  private readonly crypto: Array<{ offset: number; bytes: Uint8Array }> = [];
  private packets = 0;
  /** The first packet's destination ID makes the keys of all of them. */
  private id?: Uint8Array;

  constructor(private readonly tls: TlsDissector) {}

  read(packet: Packet, flow: Flow, direction: Direction): void {
    if (direction !== 0) return;
    const content = packet.content();
    const version = versionOf(content);
    this.packets++;
    const plain = version && this.decrypt(content, version);
    if (plain) this.takeFrames(new Bytes(plain));
    const hello = this.crypto.length > 0 ? this.hello() : undefined;
    if (hello) this.tls.countClient(hello, flow, 'QUIC');
    if (!hello && this.packets < MAX_PACKETS) return;
    this.close();
    flow.reader = null;
  }

  close(): void {
    for (const { bytes } of this.crypto.splice(0)) this.tls.kept -= bytes.length;
  }

  private decrypt(content: Uint8Array, version: Version): Buffer | undefined {
    const reader = new Bytes(content);
    reader.take(5);
    const id = reader.part(1).bytes;
    reader.part(1);
    reader.take(variable(reader));
    const length = variable(reader);
    const numberAt = reader.at;
    if (reader.failed || length > reader.left || length < 4 + TAG_LENGTH) return undefined;
    this.id ??= new Uint8Array(id);
    const { key, iv, mask: maskKey } = keysOf(this.id, version);
    const sample = content.subarray(numberAt + 4, numberAt + 20);
    const mask = createCipheriv('aes-128-ecb', maskKey, null).update(sample);
    const numberLength = ((content[0] ^ mask[0]) & 3) + 1;
    const header = Buffer.from(content.subarray(0, numberAt + numberLength));
    header[0] ^= mask[0] & 0x0f;
    const nonce = Buffer.from(iv);
    for (let index = 0; index < numberLength; index++) {
      header[numberAt + index] ^= mask[1 + index];
      nonce[12 - numberLength + index] ^= header[numberAt + index];
    }
    const body = content.subarray(numberAt + numberLength, numberAt + length);
    return open(key, nonce, header, body);
  }

  /** CRYPTO frames, in whatever order; other frames of a first packet are passed over. */
  private takeFrames(reader: Bytes): void {
    let kept = this.crypto.reduce((sum, { bytes }) => sum + bytes.length, 0);
    while (reader.left > 0 && !reader.failed && this.crypto.length < 64) {
      const type = reader.number(1);
      if (type === 0 || type === 1) continue;
      if (type === 2 || type === 3) passAcknowledgement(reader, type);
      else if (type === 6) {
        const offset = variable(reader);
        const bytes = reader.take(variable(reader));
        if ((kept += bytes.length) > MAX_HELLO || offset > MAX_HELLO) return;
        this.tls.kept += bytes.length;
        // A copy, so that the rest of the packet can go.
        this.crypto.push({ offset, bytes: new Uint8Array(bytes) });
      } else return;
    }
  }

  private hello() {
    const bytes = new Uint8Array(MAX_HELLO * 2);
    let end = 0;
    for (const part of [...this.crypto].sort((one, other) => one.offset - other.offset)) {
      if (part.offset > end) break;
      bytes.set(part.bytes, part.offset);
      end = Math.max(end, part.offset + part.bytes.length);
    }
    const message = new Bytes(bytes.subarray(0, end));
    if (message.number(1) !== 1) return undefined;
    const body = message.part(3);
    return message.failed ? undefined : readClientHello(body.bytes);
  }
}

function passAcknowledgement(reader: Bytes, type: number): void {
  variable(reader);
  variable(reader);
  const ranges = variable(reader);
  variable(reader);
  for (let index = 0; index < ranges * 2 && !reader.failed; index++) variable(reader);
  if (type === 3) for (let index = 0; index < 3; index++) variable(reader);
}

/** A number whose first two bits tell its length (RFC 9000, 16). */
function variable(reader: Bytes): number {
  const first = reader.number(1);
  const length = 2 ** (first >> 6) - 1;
  return (first & 0x3f) * 256 ** length + reader.number(length);
}

function keysOf(id: Uint8Array, { salt, label }: Version) {
  const initial = createHmac('sha256', salt).update(id).digest();
  const secret = expand(initial, 'client in', 32);
  return {
    key: expand(secret, `${label} key`, 16),
    iv: expand(secret, `${label} iv`, 12),
    mask: expand(secret, `${label} hp`, 16),
  };
}

/** HKDF-Expand-Label of RFC 8446, 7.1, for up to 32 bytes. */
function expand(secret: Buffer, label: string, length: number): Buffer {
  const text = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, text.length]), text, Buffer.from([0, 1])]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}

/** @returns undefined where the packet is not what it seemed */
function open(key: Buffer, nonce: Buffer, header: Buffer, body: Uint8Array): Buffer | undefined {
  try {
    const decipher = createDecipheriv('aes-128-gcm', key, nonce);
    decipher.setAAD(header);
    decipher.setAuthTag(body.subarray(body.length - TAG_LENGTH));
    const plain = decipher.update(body.subarray(0, body.length - TAG_LENGTH));
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined;
  }
}
