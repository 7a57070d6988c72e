import type { Sentence } from '../values/sentence';
import { asText } from '../values/text';

/**
 * The only access to the network. A host brings one implementation: axios in Node-RED and in scripts,
 * n8n's own request helper in n8n. Everything above this line is shared and tested once.
 */

/** Bytes as they arrive, chunk by chunk. Every host's readable stream satisfies it. */
export type ByteStream = AsyncIterable<Uint8Array>;

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'HEAD';

/** What is sent along with a request. */
export type RequestBody =
  | { kind: 'text'; text: string; contentType: string }
  /** `length` is the exact number of bytes that `stream` yields; it becomes Content-Length. */
  | { kind: 'stream'; stream: ByteStream; length: number; contentType: string };

export interface TransportRequest {
  method: HttpMethod;
  /**
   * Path and query, already percent-encoded, beginning with `/API`. The transport puts the
   * appliance's base URL before it and changes nothing in it.
   */
  path: string;
  /** Without credentials: the transport adds those. */
  headers: Record<string, string>;
  body?: RequestBody;
  /** Ends the request wherever it stands: the socket is closed and the body stream fails. */
  signal: AbortSignal;
}

export interface TransportResponse {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /**
   * The body as it comes from the wire: not decoded, not held. A connection that breaks before the
   * promised end makes the iteration throw. Stopping the iteration early closes the connection.
   */
  body: ByteStream;
}

/**
 * Sends one request and returns as soon as the response's headers are there.
 *
 * Contract for implementations: any status is an answer, not an error; redirects are not followed;
 * nothing is retried and no time limit is set (the client owns those); the credentials go only to
 * the base URL; `Accept-Encoding` is sent as given. Failures below HTTP are thrown as
 * {@link TransportError}.
 */
export interface Transport {
  /** Scheme, host and port, without a slash at the end, for messages: `https://allegro-mm-1a2b`. */
  readonly baseUrl: string;
  /** Takes the login out of a text of the other side, which may repeat what it was sent. */
  mask(text: string): string;
  send(request: TransportRequest): Promise<TransportResponse>;
}

/** Why a request never got an answer, as far as the host can tell. */
export type TransportFailure =
  | 'unreachable'
  | 'dns'
  | 'certificate'
  | 'reset'
  | 'aborted'
  /** Something answers, yet not in HTTP. */
  | 'malformed'
  /** HTTPS was spoken to a port that does not speak it. */
  | 'notHttps'
  /** HTTP was spoken to a port that speaks HTTPS. */
  | 'notHttp'
  | 'unknown';

/** A failure below HTTP: no connection, no certificate that is trusted, a connection that broke. */
export class TransportError extends Error {
  override readonly name = 'TransportError';

  constructor(
    readonly failure: TransportFailure,
    message: string,
    /** The system's own code, such as `ECONNREFUSED` or `DEPTH_ZERO_SELF_SIGNED_CERT`. */
    readonly systemCode?: string,
    options?: { cause?: unknown; advice?: Sentence },
  ) {
    super(message, options);
    this.advice = options?.advice;
  }

  /** What to do, where the host knows more than the code tells. */
  readonly advice: Sentence | undefined;
}

const CERTIFICATE_CODES = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'HOSTNAME_MISMATCH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const RESET_CODES = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE']);
const ABORT_CODES = new Set(['ERR_CANCELED', 'ABORT_ERR']);
const DNS_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);
const UNREACHABLE_CODES = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ETIMEDOUT',
  'EADDRNOTAVAIL',
]);

/** Finds the system's error code in an error or in what caused it, wherever a library put it. */
export function systemCodeOf(error: unknown): string | undefined {
  return causesOf(error)
    .map(({ code }) => code)
    .find((code): code is string => {
      // Libraries use codes of their own for "bad request" and the like; those say nothing here.
      return typeof code === 'string' && !code.startsWith('ERR_BAD_');
    });
}

/** What an error, or one that caused it, may say of a connection. */
export interface Cause {
  code?: unknown;
  message?: unknown;
  /** Of the other side of the connection that failed. */
  hostname?: unknown;
  address?: unknown;
  port?: unknown;
  /** What came instead of HTTP. */
  rawPacket?: unknown;
}

/** The error and what caused it, the outermost first. */
export function causesOf(error: unknown): Cause[] {
  const causes: Cause[] = [];
  let current = error;
  while (typeof current === 'object' && current !== null && causes.length < 6) {
    causes.push(current);
    const { cause, errors } = current as { cause?: unknown; errors?: unknown[] };
    current = cause ?? errors?.[0];
  }
  return causes;
}

/** Puts whatever an HTTP library threw into the one form that the client reads. */
export function toTransportError(error: unknown): TransportError {
  if (error instanceof TransportError) return error;
  const code = systemCodeOf(error);
  const message = error instanceof Error ? error.message : asText(error);
  const failure = failureOf(code, error);
  // A parser's error holds what came, which may repeat the login.
  const cause = code?.startsWith('HPE_') ? undefined : error;
  return new TransportError(failure, message, code, { cause });
}

function failureOf(code: string | undefined, error: unknown): TransportFailure {
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'CanceledError')) {
    return 'aborted';
  }
  if (code === undefined) return 'unknown';
  if (code.startsWith('HPE_')) return isTlsAlert(error) ? 'notHttp' : 'malformed';
  if (isTlsCode(code) && causesOf(error).some(({ message }) => NO_TLS.test(asText(message)))) {
    return 'notHttps';
  }
  if (CERTIFICATE_CODES.has(code) || isTlsCode(code)) {
    return 'certificate';
  }
  if (ABORT_CODES.has(code)) return 'aborted';
  if (DNS_CODES.has(code)) return 'dns';
  if (UNREACHABLE_CODES.has(code)) return 'unreachable';
  if (RESET_CODES.has(code)) return 'reset';
  return 'unknown';
}

function isTlsCode(code: string): boolean {
  return code.startsWith('ERR_SSL') || code === 'EPROTO';
}

/** The words of OpenSSL for a first record that is none of TLS. */
const NO_TLS = /wrong version number|packet length too long|unknown protocol/i;

/** An alert of TLS is what a server says to whom it did not understand: 21, then version 3.x. */
function isTlsAlert(error: unknown): boolean {
  return causesOf(error).some(
    ({ rawPacket }) => rawPacket instanceof Uint8Array && rawPacket[0] === 21 && rawPacket[1] === 3,
  );
}
