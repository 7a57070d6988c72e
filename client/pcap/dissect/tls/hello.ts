import { asciiText, Bytes } from '../bytes';

/** A ClientHello (RFC 8446, 4.1.2), as far as it names things. */
export interface ClientHello {
  /** The highest that is offered, e.g. 0x0304 for TLS 1.3. */
  version: number;
  ciphers: number[];
  extensions: number[];
  signatureAlgorithms: number[];
  serverName?: string;
  /** Protocols that the client speaks, e.g. `h2`. */
  alpn: string[];
}

/** A ServerHello: what was chosen. */
export interface ServerHello {
  version: number;
  alpn?: string;
}

const SERVER_NAME = 0;
const SIGNATURE_ALGORITHMS = 13;
const ALPN = 16;
const SUPPORTED_VERSIONS = 43;

/** Values that clients send to keep servers tolerant (RFC 8701). */
export const isGrease = (value: number) =>
  (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);

/** @param body of the handshake message; undefined when it is not one */
export function readClientHello(body: Uint8Array): ClientHello | undefined {
  const reader = new Bytes(body);
  const hello: ClientHello = {
    version: reader.number(2),
    ciphers: [],
    extensions: [],
    signatureAlgorithms: [],
    alpn: [],
  };
  reader.take(32);
  reader.part(1);
  hello.ciphers = numbers(reader.part(2));
  reader.part(1);
  if (reader.failed) return undefined;
  eachExtension(reader, (type, data) => {
    hello.extensions.push(type);
    if (type === SERVER_NAME) {
      data.take(3);
      hello.serverName = asciiText(data.part(2).bytes, 255).toLowerCase() || undefined;
    } else if (type === ALPN) hello.alpn = protocols(data);
    else if (type === SIGNATURE_ALGORITHMS) hello.signatureAlgorithms = numbers(data.part(2));
    else if (type === SUPPORTED_VERSIONS) {
      const offered = numbers(data.part(1)).filter((version) => !isGrease(version));
      hello.version = Math.max(...offered, 0) || hello.version;
    }
  });
  return hello;
}

export function readServerHello(body: Uint8Array): ServerHello | undefined {
  const reader = new Bytes(body);
  const hello: ServerHello = { version: reader.number(2) };
  reader.take(32);
  reader.part(1);
  reader.take(3);
  if (reader.failed) return undefined;
  eachExtension(reader, (type, data) => {
    if (type === SUPPORTED_VERSIONS) hello.version = data.number(2);
    else if (type === ALPN) [hello.alpn] = protocols(data);
  });
  return hello;
}

function eachExtension(reader: Bytes, look: (type: number, data: Bytes) => void): void {
  if (reader.left < 2) return;
  const all = reader.part(2);
  while (all.left >= 4) {
    const type = all.number(2);
    const data = all.part(2);
    if (!all.failed) look(type, data);
  }
}

function numbers(reader: Bytes): number[] {
  const found: number[] = [];
  while (reader.left >= 2) found.push(reader.number(2));
  return found;
}

function protocols(data: Bytes): string[] {
  const list = data.part(2);
  const found: string[] = [];
  while (list.left > 1 && found.length < 20) found.push(asciiText(list.part(1).bytes, 40));
  return found;
}

const VERSIONS = new Map([
  [0x0300, 'SSL 3.0'],
  [0x0301, 'TLS 1.0'],
  [0x0302, 'TLS 1.1'],
  [0x0303, 'TLS 1.2'],
  [0x0304, 'TLS 1.3'],
]);

export const versionName = (version: number) =>
  VERSIONS.get(version) ?? `0x${version.toString(16).padStart(4, '0')}`;
