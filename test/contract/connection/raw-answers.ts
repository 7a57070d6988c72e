import { createServer, type AddressInfo, type Socket } from 'node:net';

const TIME = '{"currentTime":1795448940000}';
const IN_HEX = TIME.length.toString(16);

/** What a port says to a request, byte for byte; each of it is tried once. */
export const RAW_ANSWERS = {
  'HTTP/1.0, to the end of the connection': `HTTP/1.0 200 OK\r\n\r\n${TIME}`,
  'interim responses before it': `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: ${TIME.length}\r\n\r\n${TIME}`,
  'chunks with extensions and a trailer': `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n${IN_HEX};a="b c"\r\n${TIME}\r\n0;last\r\nX-Sum: 1\r\n\r\n`,
  'a part': `HTTP/1.1 206 Partial Content\r\nContent-Length: ${TIME.length}\r\n\r\n${TIME}`,
  'a length and chunks':
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
  'bare line feeds': 'HTTP/1.1 200 OK\nContent-Length: 2\n\n{}',
  'a header of 20 kB': `HTTP/1.1 200 OK\r\nX-Long: ${'a'.repeat(20_000)}\r\nContent-Length: 2\r\n\r\n{}`,
  'an SSH banner': 'SSH-2.0-OpenSSH_9.6\r\n',
  'an alert of TLS': Buffer.from([21, 3, 1, 0, 2, 2, 70]),
  'a page for HTTP at an HTTPS port':
    'HTTP/1.1 400 Bad Request\r\nContent-Length: 51\r\n\r\nThe plain HTTP request was sent to HTTPS port, sir.',
  "a proxy's 407": 'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n',
};

/** Takes connections; says nothing unless told what. */
export async function listen(
  onConnection?: (socket: Socket) => void,
): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection?.(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
