/** Writes whole TCP connections for the tests, segment by segment, without clock or chance. */
import { ethernet, ipv4, TCP, tcp, tcpFlags, type Timed } from './frame-fixtures';

type Side = 'client' | 'server';

/** One connection: numbers its segments by itself. */
export class Connection {
  readonly frames: Timed[] = [];
  private readonly next = { client: 1000, server: 5000 };

  /** @param ports by the side that has them */
  constructor(
    private readonly ends: Record<Side, string>,
    private readonly ports: Record<Side, number>,
  ) {}

  /** @param flags letters of S, A, F, R, P */
  send(ms: number, from: Side, flags: string, length = 0, window = 1000): this {
    this.sendAt(ms, from, flags, this.next[from], length, window);
    this.next[from] += length + (/[SF]/.test(flags) ? 1 : 0);
    return this;
  }

  /** Sends the last bytes again. */
  repeat(ms: number, from: Side, length: number): this {
    this.sendAt(ms, from, 'PA', this.next[from] - length, length);
    return this;
  }

  /** A byte that the other end already has. */
  keepAlive(ms: number, from: Side): this {
    this.sendAt(ms, from, 'A', this.next[from] - 1, 1);
    return this;
  }

  private sendAt(
    ms: number,
    from: Side,
    flags: string,
    sequence: number,
    length: number,
    window = 1000,
  ): void {
    const to = from === 'client' ? 'server' : 'client';
    const segment = tcp(this.ports[from], this.ports[to], length);
    segment.writeUInt32BE(sequence, 4);
    if (flags.includes('A')) segment.writeUInt32BE(this.next[to], 8);
    segment[13] = tcpFlags(flags);
    segment.writeUInt16BE(window, 14);
    const ends = { source: this.ends[from], destination: this.ends[to] };
    this.frames.push({ ms, frame: ethernet(0x0800, ipv4(TCP, segment, ends)) });
  }
}

/** Requests and their responses; times in milliseconds. */
export interface Exchange {
  client: string;
  server: string;
  port?: number;
  clientPort: number;
  /** When the connection opens. */
  ms: number;
  roundTrip?: number;
  /** How long the server takes for each response. */
  responses?: number[];
  /** How the client ends the connection, if it does. */
  end?: 'FIN' | 'RST' | 'none';
  /** How many follow the last response, one a second. */
  keepAlives?: number;
}

export function exchange({
  port = 443,
  roundTrip = 20,
  responses = [30],
  end = 'FIN',
  keepAlives = 0,
  ...what
}: Exchange): Timed[] {
  const { client, server, clientPort } = what;
  const connection = new Connection({ client, server }, { client: clientPort, server: port });
  let { ms } = what;
  connection.send(ms, 'client', 'S');
  connection.send((ms += roundTrip), 'server', 'SA');
  connection.send((ms += 0.1), 'client', 'A');
  for (const response of responses) {
    connection.send((ms += 50), 'client', 'PA', 300);
    ms += roundTrip + response;
    for (let index = 0; index < 4; index++) connection.send((ms += 0.1), 'server', 'PA', 1200);
    connection.send((ms += 0.1), 'client', 'A');
  }
  for (let index = 0; index < keepAlives; index++) {
    connection.keepAlive((ms += 1000), 'client');
    connection.send(ms + roundTrip, 'server', 'A');
  }
  if (end === 'RST') connection.send((ms += 1), 'client', 'RA');
  if (end === 'FIN') {
    connection.send((ms += 1), 'client', 'FA');
    connection.send((ms += roundTrip), 'server', 'FA');
    connection.send((ms += 0.1), 'client', 'A');
  }
  return connection.frames;
}
