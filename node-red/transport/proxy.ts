import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import http from 'node:http';
import https from 'node:https';
import { AllegroError, causesOf, inputError } from '../../client';
import { say } from '../../client/values/sentence';
import { asText } from '../../client/values/text';

/** An HTTP proxy on the way to the appliance. */
export interface ProxyChoice {
  /** Scheme, host and port, perhaps with a login; `user` takes precedence. */
  url: string;
  user?: string;
  password?: string;
  /** Hosts that are reached without it: `host`, `host:port`, `.domain`, `*.domain` or `*`. */
  exceptions: readonly string[];
}

export interface Agents {
  http: http.Agent;
  https: https.Agent;
}

/**
 * Tells which proxy an appliance is reached through, if any.
 *
 * @throws AllegroError `input` when the URL of the proxy cannot be used
 */
export function proxyFor(appliance: URL, choice: ProxyChoice | undefined): URL | undefined {
  if (!choice || isException(appliance, choice.exceptions)) return undefined;
  const text = choice.url.trim();
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (!proxy || !['http:', 'https:'].includes(proxy.protocol)) {
    throw inputError(
      'proxy',
      say`The URL of the http proxy node is not the URL of a proxy.`,
      say`Open that node and enter it with http:// and port, such as http://proxy.example:3128.`,
    );
  }
  // As plain text: the setters of URL encode what is needed.
  if (choice.user) {
    proxy.username = encodeURIComponent(choice.user);
    proxy.password = encodeURIComponent(choice.password ?? '');
  }
  return proxy;
}

/** As Node-RED's own HTTP Request node reads the list. */
function isException({ hostname, port, protocol }: URL, exceptions: readonly string[]): boolean {
  const ownPort = port || (protocol === 'https:' ? '443' : '80');
  return exceptions.some((entry) => {
    const [, host, wantedPort] = /^(.*?)(?::(\d+))?$/.exec(entry.trim().toLowerCase())!;
    if (!host || (wantedPort && wantedPort !== ownPort)) return false;
    if (host.startsWith('*')) return hostname.endsWith(host.slice(1));
    return host.startsWith('.') ? hostname.endsWith(host) : hostname === host;
  });
}

/** Agents that go straight to the appliance, or through the tunnel of a proxy. */
export function createAgents(
  options: http.AgentOptions,
  tls: https.AgentOptions,
  proxy: URL | undefined,
): Agents {
  if (!proxy) {
    return { http: new http.Agent(options), https: new https.Agent({ ...options, ...tls }) };
  }
  return {
    http: endingTunnels(new HttpProxyAgent({ ...options, proxy })),
    https: endingTunnels(new HttpsProxyAgent({ ...options, ...tls, proxy })),
  };
}

/** What a request passes to its agent in addition to the options of Node.js. */
export interface TunnelOptions {
  /** Ends the wait for the tunnel of a proxy. */
  tunnelSignal: AbortSignal;
}

/** The inside of an agent of hpagent: the options with which it asks the proxy for a tunnel. */
interface TunnelAgent {
  proxyRequestOptions: { signal?: AbortSignal };
  createConnection(options: Partial<TunnelOptions>, callback: () => void): unknown;
}

/**
 * The same agent, which gives up a tunnel with the request that it is for. By itself it waits for a
 * silent proxy for as long as the proxy keeps the connection open.
 */
function endingTunnels<Agent extends http.Agent>(agent: Agent): Agent {
  const inner = agent as unknown as TunnelAgent;
  const create = inner.createConnection.bind(agent);
  inner.createConnection = (options, callback) => {
    // Read at once, before another request comes.
    inner.proxyRequestOptions = { signal: options.tunnelSignal };
    return create(options, callback);
  };
  return agent;
}

/** The error where it was the proxy that failed; undefined where it has nothing to do with it. */
export function proxyFailure(error: unknown, proxy: URL): AllegroError | undefined {
  const proxyPort = Number(proxy.port) || (proxy.protocol === 'https:' ? 443 : 80);
  for (const one of causesOf(error)) {
    // The words of the agent for any answer to CONNECT but 200.
    const refused = /^Bad response: (\d+)$/.exec(asText(one.message));
    if (refused) return refusedError(proxy, Number(refused[1]));
    const { port, hostname, code } = one;
    if (typeof code === 'string' && (hostname === proxy.hostname || port === proxyPort)) {
      return new AllegroError({
        kind: 'unreachable',
        what: say`The proxy ${proxy.host} cannot be reached (${code}).`,
        advice: say`Check the URL in the http proxy node, and whether the proxy is running.`,
        canRetry: true,
      });
    }
  }
  return undefined;
}

function refusedError(proxy: URL, status: number): AllegroError {
  return new AllegroError({
    kind: 'unreachable',
    what: say`The proxy ${proxy.host} refused the connection to the appliance with status ${status}.`,
    advice:
      status === 407
        ? say`Check user and password in the http proxy node.`
        : say`Check that the proxy may connect to the address and port of the appliance, or exclude the appliance in the http proxy node.`,
    canRetry: status >= 500,
  });
}
