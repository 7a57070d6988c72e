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
import { authorizationOf, readBaseUrl } from '../../nodes/definitions/sign-in/credentials';
import { tlsChoice } from './tls-choice';
import { createAgents, proxyFailure, proxyFor, type ProxyChoice } from './proxy';
import { responseBody, withoutRequest } from './response-body';

export interface AxiosTransportOptions {
  /** Instead of what the credentials say about certificates. */
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
  const base = readBaseUrl(credentials.baseUrl);
  const tls =
    options.tls ?? tlsChoice(credentials.caCertificate, credentials.ignoreCertificateErrors);
  const proxy = proxyFor(new URL(base.href), options.proxy);
  // No limit here: the client's own is the one that a person sets, and that its time limits know of.
  const kept = createAgents({ keepAlive: true }, tls, proxy);
  // A POST is never repeated, so it gets a connection that the appliance cannot just be closing.
  const fresh = createAgents({ keepAlive: false }, tls, proxy);
  const authorization = authorizationOf(credentials);
  const client = axios.create({
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

  async function send(request: TransportRequest): Promise<TransportResponse> {
    const { method, path, body, signal } = request;
    if (!path.startsWith('/')) throw new TypeError(`Not a path: ${path}`);
    const agents = method === 'GET' || method === 'OPTIONS' || method === 'HEAD' ? kept : fresh;
    const upload = body?.kind === 'stream' ? Readable.from(body.stream, UPLOAD_STREAM) : undefined;
    let sourceError: unknown;
    // Also keeps an error that comes after the answer from ending the process.
    upload?.on('error', (error) => (sourceError = error));
    try {
      const response = await client.request<IncomingMessage>({
        method,
        url: base.href + path,
        headers: { ...headersFor(request), ...(authorization && { Authorization: authorization }) },
        data: body?.kind === 'text' ? Buffer.from(body.text) : upload,
        httpAgent: agents.http,
        httpsAgent: agents.https,
        signal,
        transport: exactPath(base, path),
      });
      return {
        status: response.status,
        headers: lowerCaseHeaders(response.data),
        body: responseBody(response.data, upload),
      };
    } catch (error) {
      upload?.destroy();
      // What the source of the body says, says more than the connection that it broke.
      if (sourceError instanceof AllegroError) throw sourceError;
      const failure = withoutRequest(error);
      throw (proxy && proxyFailure(error, proxy)) ?? toTransportError(failure);
    }
  }

  return {
    baseUrl: base.href,
    send,
    destroy() {
      for (const agent of [kept.http, kept.https, fresh.http, fresh.https]) agent.destroy();
    },
  };
}

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
function exactPath({ isHttps, prefix }: BaseUrl, path: string) {
  const { request } = isHttps ? https : http;
  return {
    request: (options: https.RequestOptions, onResponse: (message: IncomingMessage) => void) =>
      request({ ...options, path: prefix + path }, onResponse),
  };
}

function lowerCaseHeaders(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
  );
}
