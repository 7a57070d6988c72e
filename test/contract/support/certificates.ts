import { generate } from 'selfsigned';

const HOUR = 3_600_000;

/** PEM. */
export interface Pair {
  key: string;
  cert: string;
}

interface CertificateOptions {
  ca?: Pair;
  /** Whether it may issue others; without `ca` it always may. */
  isAuthority?: boolean;
  /** The name that it is issued for; the default is this machine. */
  altNames?: Array<{ type: 2; value: string } | { type: 7; ip: string }>;
  isExpired?: boolean;
}

/** A certificate for tests, self-signed unless an authority is given. */
export async function certificate(name: string, options: CertificateOptions = {}): Promise<Pair> {
  const {
    ca,
    isAuthority = !ca,
    isExpired,
    altNames = [{ type: 7 as const, ip: '127.0.0.1' }],
  } = options;
  const end = Date.now() + (isExpired ? -HOUR : 24 * HOUR);
  const made = await generate([{ name: 'commonName', value: name }], {
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate: new Date(end - 48 * HOUR),
    notAfterDate: new Date(end),
    ...(ca ? { ca } : {}),
    extensions: [
      { name: 'basicConstraints', cA: isAuthority },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { key: made.private, cert: made.cert };
}
