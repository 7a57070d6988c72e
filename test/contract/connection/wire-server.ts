import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { certificate } from '../support/certificates';

/** An HTTPS server on the loopback whose answers are a test's own, byte by byte. */
export class WireServer {
  private constructor(
    private readonly server: Server,
    /** PEM of its self-signed certificate. */
    readonly certificate: string,
    readonly requests: IncomingMessage[],
  ) {}

  static async start(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<WireServer> {
    const { cert, key } = await certificate('localhost');
    const requests: IncomingMessage[] = [];
    const server = createServer({ cert, key }, (request, response) => {
      requests.push(request);
      answer(request, response);
    });
    // An idle connection that is just being closed could be used once more.
    server.keepAliveTimeout = 0;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new WireServer(server, cert, requests);
  }

  get baseUrl(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
