import { ipBytes, macBytes } from '../packets/frames';
import type { Host } from './hosts';

const COOKIE = Buffer.from([0x63, 0x82, 0x53, 0x63]);
const MESSAGE_TYPE = { discover: 1, offer: 2 } as const;

/** A client asks who gives it an address. */
export function dhcpDiscover(id: number, client: Host): Buffer {
  return message(1, id, client, '0.0.0.0', [53, 1, MESSAGE_TYPE.discover]);
}

/** A server offers `client` its address, and itself as the router. */
export function dhcpOffer(id: number, client: Host, server: Host): Buffer {
  const address = [...ipBytes(server.ip)];
  const options = [53, 1, MESSAGE_TYPE.offer, 54, 4, ...address, 3, 4, ...address];
  return message(2, id, client, client.ip, options);
}

function message(
  operation: number,
  id: number,
  client: Host,
  offered: string,
  options: number[],
): Buffer {
  const head = Buffer.alloc(236);
  head[0] = operation;
  head[1] = 1;
  head[2] = 6;
  head.writeUInt32BE(id, 4);
  ipBytes(offered).copy(head, 16);
  macBytes(client.mac).copy(head, 28);
  return Buffer.concat([head, COOKIE, Buffer.from([...options, 255])]);
}
