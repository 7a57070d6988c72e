import axios from 'axios';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import {
  AllegroError,
  toTransportError,
  type RequestBody,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from '../../client';
import type { ApplianceCredentials } from '../../nodes/definitions/sign-in/fields';
import type { BaseUrl } from '../../nodes/definitions/sign-in/base-url';
import {
  authorizationOf,
  explainIssuer,
  readBaseUrl,
} from '../../nodes/definitions/sign-in/credentials';
import { loginMask } from '../../nodes/definitions/sign-in/login-mask';
import { explainTlsNode, tlsChoice } from './tls-choice';
import {
  createAgents,
  proxyFailure,
  proxyFor,
  type Agents,
  type ProxyChoice,
  type TunnelOptions,
} from './proxy';
import { responseBody, withoutRequest } from './response-body';

export interface AxiosTransportOptions {
  /** Replaces the certificate settings of the credentials. */
  tls?: ConnectionOptions;
  /** The default is none: proxies of the environment are not used. */
  proxy?: ProxyChoice;
}

/** A transport that holds connections and therefore has an end. */
export interface ClosableTransport extends Transport {
  /** Closes all connections, those in use too. */
  destroy(): void;
}

/** So many bytes of an upload are read from the disk while others are on their way. */
const UPLOAD_STREAM = { objectMode: false, highWaterMark: 1024 * 1024 };

/**
 * A transport over axios. Its connections, certificates and login are its own: nothing of it
 * touches other nodes of the same process.
 *
 * @throws AllegroError `input` when the URL, the certificate or the proxy cannot be used
 */
export function createAxiosTransport(
  credentials: ApplianceCredentials,
  options: AxiosTransportOptions = {},
): ClosableTransport {
  return new AxiosTransport(credentials, options);
}

class AxiosTransport implements ClosableTransport {
  readonly mask: (text: string) => string;
  private readonly base: BaseUrl;
  private readonly proxy: URL | undefined;
  private readonly authorization: string | undefined;
  private readonly caCertificate: string | undefined;
  private readonly hasTlsNode: boolean;
  /** For requests that may be repeated. No limit: the client has one, which its time limits know of. */
  private readonly kept: Agents;
  /** A POST is never repeated, so it gets a connection that the appliance cannot just be closing. */
  private readonly fresh: Agents;

  constructor(credentials: ApplianceCredentials, options: AxiosTransportOptions) {
    this.base = readBaseUrl(credentials.baseUrl);
    const { caCertificate, ignoreCertificateErrors } = credentials;
    this.caCertificate = caCertificate;
    this.hasTlsNode = options.tls !== undefined;
    const tls = options.tls ?? tlsChoice(caCertificate, ignoreCertificateErrors);
    this.proxy = proxyFor(new URL(this.base.href), options.proxy);
    this.kept = createAgents({ keepAlive: true }, tls, this.proxy);
    this.fresh = createAgents({ keepAlive: false }, tls, this.proxy);
    this.authorization = authorizationOf(credentials);
    this.mask = loginMask(credentials);
  }

  get baseUrl(): string {
    return this.base.href;
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const { path, body } = request;
    if (!path.startsWith('/')) throw new TypeError(`Not a path: ${path}`);
    const upload = body?.kind === 'stream' ? Readable.from(body.stream, UPLOAD_STREAM) : undefined;
    let sourceError: unknown;
    // Also keeps an error that comes after the response from ending the process.
    upload?.on('error', (error) => (sourceError = error));
    try {
      const data = body?.kind === 'text' ? Buffer.from(body.text) : upload;
      const response = await this.request(request, data);
      return {
        status: response.status,
        headers: lowerCaseHeaders(response.data),
        body: responseBody(response.data, upload),
      };
    } catch (error) {
      upload?.destroy();
      // An error of the body's source is the cause; the broken connection only follows from it.
      if (sourceError instanceof AllegroError) throw sourceError;
      const failure = toTransportError(withoutRequest(error));
      throw (
        (this.proxy && proxyFailure(error, this.proxy)) ??
        (this.hasTlsNode ? explainTlsNode(failure) : explainIssuer(failure, this.caCertificate))
      );
    }
  }

  destroy(): void {
    for (const agents of [this.kept, this.fresh]) {
      agents.http.destroy();
      agents.https.destroy();
    }
  }

  private request(request: TransportRequest, data: Buffer | Readable | undefined) {
    const { method, path, signal } = request;
    const agents = REPEATABLE.has(method) ? this.kept : this.fresh;
    return CLIENT.request<IncomingMessage>({
      method,
      url: this.base.href + path,
      headers: {
        ...headersFor(request),
        ...(this.authorization && { Authorization: this.authorization }),
      },
      data,
      httpAgent: agents.http,
      httpsAgent: agents.https,
      signal,
      transport: exactPath(this.base, path, { tunnelSignal: signal }),
    });
  }
}

const REPEATABLE = new Set(['GET', 'OPTIONS', 'HEAD']);

/** Bodies and headers pass as they are; statuses and redirects are for the shared client. */
const CLIENT = axios.create({
  adapter: 'http',
  responseType: 'stream',
  decompress: false,
  maxRedirects: 0,
  maxBodyLength: Infinity,
  maxContentLength: -1,
  validateStatus: () => true,
  transformRequest: [(data: unknown) => data],
  transformResponse: [],
  // A proxy is in the agents; those of the environment are not for appliances in one's own network.
  proxy: false,
});

/** False takes away what axios would send by default. */
function headersFor({ headers, body }: TransportRequest): Record<string, string | false> {
  const given = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return {
    'accept-encoding': false,
    'user-agent': 'allegro-multimeter-nodes',
    'content-type': body?.contentType ?? false,
    ...given,
    ...(body && { 'content-length': String(lengthOf(body)) }),
  };
}

function lengthOf(body: RequestBody): number {
  return body.kind === 'text' ? Buffer.byteLength(body.text) : body.length;
}

/** Sends the path as it was encoded: the URL parsers on the way would rewrite some characters. */
function exactPath({ isHttps, prefix }: BaseUrl, path: string, more: TunnelOptions) {
  const { request } = isHttps ? https : http;
  return {
    request: (options: https.RequestOptions, onResponse: (message: IncomingMessage) => void) =>
      request({ ...options, ...more, path: prefix + path }, onResponse),
  };
}

function lowerCaseHeaders(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
  );
}
