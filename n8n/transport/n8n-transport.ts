import type {
  IExecuteFunctions,
  IHttpRequestMethods,
  IHttpRequestOptions,
  ILoadOptionsFunctions,
  IPollFunctions,
} from 'n8n-workflow';
import {
  AllegroError,
  causesOf,
  toTransportError,
  TransportError,
  type ByteStream,
  type Cause,
  type RequestBody,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from '../../client';
import { explainIssuer } from '../../nodes/definitions/sign-in/credentials';
import type { ApplianceCredentials } from '../../nodes/definitions/sign-in/fields';
import { loginMask } from '../../nodes/definitions/sign-in/login-mask';
import { tlsOptions, type TlsOptions } from './credentials';
import { useUpYoungMemory } from './young-memory';
import { toReadable, type HostStream } from './node-streams';
import { say } from '../../client/values/sentence';
import { asText } from '../../client/values/text';
import { countText } from '../../client/values/amount-text';

/** The n8n contexts in which a node may send requests. */
export type RequestContext = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/**
 * Sends requests with n8n's own helper, so that the proxy, the restrictions and the credential
 * handling of the n8n instance hold.
 *
 * What the helper does by itself, and how the contract of {@link Transport} is kept all the same:
 * - it replaces the abort signal by the execution's: see {@link withSignal};
 * - it times out after 5 minutes of silence by default: `timeout: 0`;
 * - it decodes compressed answers and takes the header away, yet leaves the Content-Length of what
 *   was compressed: see {@link UNKNOWN_LENGTH}. Node.js itself notices a body that is too short.
 */
export class N8nTransport implements Transport {
  readonly baseUrl: string;
  readonly mask: (text: string) => string;
  private readonly tls: TlsOptions;

  /** @throws AllegroError `input` when the CA certificate cannot be read */
  constructor(
    private readonly host: RequestContext,
    private readonly credentialType: string,
    private readonly credentials: ApplianceCredentials,
  ) {
    this.baseUrl = credentials.baseUrl;
    this.tls = tlsOptions(credentials);
    this.mask = loginMask(credentials);
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const connection = new AbortController();
    const signal = AbortSignal.any([request.signal, connection.signal]);
    const upload = request.body && openBody(request.body);
    const send = this.host.helpers.httpRequestWithAuthentication;
    try {
      const response = (await send.call(
        withSignal(this.host, signal),
        this.credentialType,
        this.options(request, upload, signal),
      )) as { statusCode: number; headers: Record<string, unknown>; body: HostStream };
      return {
        status: response.statusCode,
        headers: plainHeaders(response.headers),
        body: readBody(response.body, () => {
          connection.abort();
          upload?.destroy();
        }),
      };
    } catch (error) {
      upload?.destroy();
      throw failureOf(error, this.credentials);
    }
  }

  private options(
    { method, path, headers, body }: TransportRequest,
    upload: Upload | undefined,
    abortSignal: AbortSignal,
  ): IHttpRequestOptions {
    const { agentOptions, ignore } = this.tls;
    return {
      // The type knows no OPTIONS; the helper does.
      method: method as IHttpRequestMethods,
      url: this.baseUrl + path,
      headers: {
        ...headers,
        ...(body && {
          'Content-Type': body.contentType,
          'Content-Length': String(upload?.length),
        }),
      },
      body: upload?.data as IHttpRequestOptions['body'],
      encoding: 'stream',
      json: false,
      returnFullResponse: true,
      ignoreHttpStatusErrors: true,
      disableFollowRedirect: true,
      timeout: 0,
      abortSignal,
      skipSslCertificateValidation: ignore,
      agentOptions,
    };
  }
}

/**
 * The host's context with another abort signal. The helper takes the signal of the execution from
 * the context that it is called on, and ignores the one in its options; without this, neither a time
 * limit nor a limit of size could close a connection.
 */
function withSignal<Context extends RequestContext>(host: Context, signal: AbortSignal): Context {
  return Object.create(host, { getExecutionCancelSignal: { value: () => signal } }) as Context;
}

interface Upload {
  data: HostStream | Buffer;
  length: number;
  destroy(): void;
}

function openBody(body: RequestBody): Upload {
  if (body.kind === 'text') {
    // As bytes: the helper parses and rewrites a text that looks like JSON.
    const data = Buffer.from(body.text);
    return { data, length: data.length, destroy: () => undefined };
  }
  const data = toReadable(exactly(body.length, body.stream));
  // A failure reaches the caller through the request; unheard, it would end the process.
  data.on('error', () => undefined);
  return { data, length: body.length, destroy: () => data.destroy() };
}

/** Passes a stream on, and fails when it yields other than the length that was announced. */
async function* exactly(length: number, stream: ByteStream): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of stream) {
    sent += chunk.length;
    if (sent > length) break;
    yield chunk;
    useUpYoungMemory(chunk.length);
  }
  if (sent !== length) {
    const what = sent > length ? 'more' : 'less';
    throw new TransportError(
      'unknown',
      `The file has ${what} than the ${countText(length, 'byte')} announced.`,
    );
  }
}

/**
 * Reads a body chunk by chunk and closes the connection when the reader has enough. The order
 * matters: the stream itself closes only after its next chunk, which on a quiet network never comes.
 */
export async function* readBody(body: HostStream, close: () => void): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  try {
    for (;;) {
      const { done, value } = await nextChunk(chunks);
      if (done) return;
      yield value;
      useUpYoungMemory(value.length);
    }
  } finally {
    // An abort becomes an error of the stream, which nobody handles any more.
    body.on('error', () => undefined);
    close();
    body.destroy();
  }
}

async function nextChunk(
  chunks: AsyncIterator<Uint8Array>,
): Promise<IteratorResult<Uint8Array, undefined>> {
  try {
    return await chunks.next();
  } catch (error) {
    throw withoutSecrets(error);
  }
}

/** Why a request got no answer: the proxy of n8n, or what {@link withoutSecrets} tells. */
export function failureOf(
  error: unknown,
  { baseUrl, caCertificate }: ApplianceCredentials,
): AllegroError | TransportError {
  return proxyFailure(error, baseUrl) ?? explainIssuer(withoutSecrets(error), caCertificate);
}

/** The error where a connection to somebody else than the appliance failed. */
function proxyFailure(error: unknown, baseUrl: string): AllegroError | undefined {
  const own = new URL(baseUrl);
  const ownPort = Number(own.port) || (own.protocol === 'https:' ? 443 : 80);
  const isProxy = ({ code, hostname, port }: Cause) =>
    typeof code === 'string' &&
    ((typeof port === 'number' && port !== ownPort) ||
      (typeof hostname === 'string' && hostname !== own.hostname));
  const failed = causesOf(error).find(isProxy);
  if (!failed) return undefined;
  const { code, hostname, address, port } = failed;
  const proxy = [hostname ?? address, port].filter(Boolean).join(':');
  return new AllegroError({
    kind: 'unreachable',
    device: baseUrl,
    what: say`The proxy ${proxy}, through which n8n reaches the appliance, cannot be reached (${asText(code)}).`,
    advice: say`Check whether it is running, and the variables HTTPS_PROXY, HTTP_PROXY and ALL_PROXY of n8n. NO_PROXY names hosts that are reached without it.`,
    canRetry: true,
  });
}

/** The helper's errors hold the request with its Authorization header; only the facts go on. */
function withoutSecrets(error: unknown): TransportError {
  const { failure, systemCode } = toTransportError(error);
  return new TransportError(failure, innermostMessage(error), systemCode);
}

/** The helper wraps errors and replaces their messages; the innermost one is the most specific. */
function innermostMessage(error: unknown): string {
  let current = error;
  let message = asText(error);
  for (let depth = 0; depth < 6 && current instanceof Error; depth++) {
    if (current.message) message = current.message;
    current = current.cause;
  }
  return message;
}

/**
 * Replaces the value of Content-Length, which may differ from the length of the decoded body. That
 * the header is there still means that Node.js notices a truncated body.
 */
const UNKNOWN_LENGTH = 'unknown';

export function plainHeaders(headers: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(headers)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name.toLowerCase(), asText(value)] as const)
    .map(([name, value]) => [name, name === 'content-length' ? UNKNOWN_LENGTH : value]);
  return Object.fromEntries(entries);
}
