import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** An HTTP proxy on the loopback that makes tunnels for those who sign in. */
export class ConnectProxy {
  /** Where tunnels were asked for, as `host:port`. */
  readonly targets: string[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(login: { user: string; password: string }): Promise<ConnectProxy> {
    const server = createServer((_request, response) => {
      response.writeHead(405).end('Only CONNECT');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const proxy = new ConnectProxy(server, `http://127.0.0.1:${port}`);
    const basic = Buffer.from(`${login.user}:${login.password}`).toString('base64');
    server.on('connect', (request, client: Socket, head) => {
      proxy.watch(client);
      proxy.targets.push(request.url ?? '');
      if (request.headers['proxy-authorization'] !== `Basic ${basic}`) {
        client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      const [host, targetPort] = (request.url ?? '').split(':');
      const target = connect(Number(targetPort), host, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        target.write(head);
        target.pipe(client).pipe(target);
      });
      proxy.watch(target);
      target.on('close', () => client.destroy());
      client.on('close', () => target.destroy());
    });
    return proxy;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private watch(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
}
