import { createHash } from 'node:crypto';

/**
 * JA4 from tshark's columns of a ClientHello, computed anew because older versions of tshark have no
 * field for it. Source: FoxIO, "JA4: TLS Client Fingerprinting".
 */
export const HELLO_FIELDS = [
  'tls.handshake.type',
  'tls.handshake.version',
  'tls.handshake.ciphersuite',
  'tls.handshake.extension.type',
  'tls.handshake.extensions.supported_version',
  'tls.handshake.extensions_alpn_str',
  'tls.handshake.sig_hash_alg',
] as const;

const VERSIONS = ['0300', '0301', '0302', '0303', '0304'];
const MARKS = ['s3', '10', '11', '12', '13'];

const listOf = (text: string) => (text === '' ? [] : text.split(','));
const hex = (text: string) => Number(text).toString(16).padStart(4, '0');
const isGrease = (value: string) => /^(.)a\1a$/.test(value);
const digest = (text: string) =>
  text === '' ? '000000000000' : createHash('sha256').update(text).digest('hex').slice(0, 12);

export function ja4OfColumns(row: Record<string, string>): string {
  const numbers = (field: string) =>
    listOf(row[field])
      .map(hex)
      .filter((value) => !isGrease(value));
  const offered = numbers('tls.handshake.extensions.supported_version').sort();
  const version = offered.at(-1) ?? numbers('tls.handshake.version')[0];
  const [ciphers, extensions] = [
    numbers('tls.handshake.ciphersuite'),
    numbers('tls.handshake.extension.type'),
  ];
  const [alpn = ''] = listOf(row['tls.handshake.extensions_alpn_str']);
  const count = (list: string[]) => String(Math.min(99, list.length)).padStart(2, '0');
  const first = [
    row['frame.protocols'].includes('quic') ? 'q' : 't',
    MARKS[VERSIONS.indexOf(version)] ?? '00',
    extensions.includes('0000') ? 'd' : 'i',
    count(ciphers) + count(extensions),
    alpn === '' ? '00' : alpn[0] + alpn.at(-1)!,
  ].join('');
  const kept = extensions.filter((type) => type !== '0000' && type !== '0010').sort();
  const algorithms = numbers('tls.handshake.sig_hash_alg');
  const third =
    kept.length === 0
      ? ''
      : [kept.join(), ...(algorithms.length > 0 ? [algorithms.join()] : [])].join('_');
  return `${first}_${digest([...ciphers].sort().join())}_${digest(third)}`;
}
