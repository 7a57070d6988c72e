import { createHash } from 'crypto';
import { isGrease, type ClientHello } from './hello';

const VERSIONS: Record<number, string | undefined> = {
  0x0304: '13',
  0x0303: '12',
  0x0302: '11',
  0x0301: '10',
  0x0300: 's3',
};
const SERVER_NAME = 0;
const ALPN = 16;

/** Fingerprint of a TLS client: JA4, as FoxIO describes it ("JA4: TLS Client Fingerprinting"). */
export function ja4(hello: ClientHello, over: 'TCP' | 'QUIC'): string {
  const ciphers = hello.ciphers.filter((cipher) => !isGrease(cipher)).map(hex);
  const extensions = hello.extensions.filter((extension) => !isGrease(extension));
  const named = extensions.filter((type) => type !== SERVER_NAME && type !== ALPN).map(hex);
  const algorithms = hello.signatureAlgorithms.filter((value) => !isGrease(value)).map(hex);
  const first = [
    over === 'QUIC' ? 'q' : 't',
    VERSIONS[hello.version] ?? '00',
    hello.extensions.includes(SERVER_NAME) ? 'd' : 'i',
    count(ciphers.length),
    count(extensions.length),
    alpnMark(hello.alpn[0]),
  ].join('');
  const second = hash([...ciphers].sort().join());
  const third = [[...named].sort().join(), ...(algorithms.length > 0 ? [algorithms.join()] : [])];
  return `${first}_${second}_${named.length > 0 ? hash(third.join('_')) : hash('')}`;
}

const hex = (value: number) => value.toString(16).padStart(4, '0');
const count = (number: number) => String(Math.min(number, 99)).padStart(2, '0');

/** First and last character, or hexadecimal digits where these are no letters or digits. */
function alpnMark(protocol: string | undefined): string {
  if (!protocol) return '00';
  const ends = protocol[0] + protocol[protocol.length - 1];
  if (/^[0-9A-Za-z]{2}$/.test(ends)) return ends;
  const codes = hexOfText(protocol);
  return codes[0] + codes[codes.length - 1];
}

const hexOfText = (text: string) =>
  [...text].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join('');

function hash(text: string): string {
  if (text === '') return '000000000000';
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
