import { countText } from '../../values/amount-text';
import { BoundedTable } from '../content/bounded-table';
import { addressOf, endText, type Direction, type Flow, type FlowReader } from '../content/flows';
import type { Packet } from '../content/packet';
import { asciiText } from './bytes';
import { finding, ipFilter, Sightings, type Finding } from './finding';

const IMAP_MARKS = [' LOGIN ', ' AUTHENTICATE PLAIN', ' AUTHENTICATE LOGIN'];
/** How a password begins, in what a client sends, in capital letters. Nothing of it is kept. */
const PROTOCOLS = new Map<number, { protocol: string; marks: readonly string[]; filter: string }>([
  [21, { protocol: 'FTP', marks: ['PASS '], filter: 'ftp' }],
  [23, { protocol: 'Telnet', marks: [], filter: 'telnet' }],
  [25, { protocol: 'SMTP', marks: ['AUTH LOGIN', 'AUTH PLAIN'], filter: 'smtp' }],
  [110, { protocol: 'POP3', marks: ['PASS ', 'AUTH PLAIN', 'AUTH LOGIN'], filter: 'pop' }],
  [143, { protocol: 'IMAP', marks: IMAP_MARKS, filter: 'imap' }],
  [587, { protocol: 'SMTP', marks: ['AUTH LOGIN', 'AUTH PLAIN'], filter: 'smtp' }],
]);
/** What an FTP client sends whose password is no secret (RFC 1635); the line's end is full stops. */
const ANONYMOUS = /^USER (?:ANONYMOUS|FTP) *\.*$/;
/** Telnet has no command: its prompt tells. */
const PROMPT = 'PASSWORD:';

interface Login {
  protocol: string;
  client: string;
  server: string;
  serverEnd: string;
  filter: string;
  seen: Sightings;
}

/** Finds passwords in clear text. */
export class Logins {
  private readonly table = new BoundedTable<string, Login>(500, ({ seen }) => seen.count);

  open(packet: Packet, flow: Flow): FlowReader | undefined {
    if (packet.ipProtocol !== 6) return undefined;
    const server = flow.ends.findIndex(({ port }) => PROTOCOLS.has(port));
    return server < 0 ? undefined : new LoginReader(this, server === 0 ? 0 : 1);
  }

  /**
   * @param direction that of the client
   * @param filter a display filter of Wireshark for what was sent
   */
  add(protocol: string, flow: Flow, direction: Direction, timeUs: number, filter: string): void {
    const client = addressOf(flow.ends[direction]);
    const end = flow.ends[direction === 0 ? 1 : 0];
    const key = `${protocol} ${client} ${endText(end)}`;
    const made = { protocol, client, server: addressOf(end), serverEnd: endText(end), filter };
    const login = this.table.get(key) ?? this.table.add(key, { ...made, seen: new Sightings() });
    login.seen.add(timeUs);
  }

  tables() {
    return { logins: this.table };
  }

  findings(): Finding[] {
    return this.table
      .top(Infinity)
      .map(([, { protocol, client, server, serverEnd, filter, seen }]) =>
        finding(
          'clearTextLogin',
          seen,
          [client, server],
          `${client} logged in to ${serverEnd} in clear text (${protocol}, ${countText(seen.count, 'time')}).`,
          `${filter} && ${ipFilter(client)} && ${ipFilter(server)}`,
        ),
      );
  }
}

class LoginReader implements FlowReader {
  constructor(
    private readonly owner: Logins,
    private readonly server: Direction,
  ) {}

  read(packet: Packet, flow: Flow, direction: Direction): void {
    const known = PROTOCOLS.get(flow.ends[this.server].port);
    if (!known) return;
    const { protocol, marks, filter } = known;
    const text = asciiText(packet.content(), 200).toUpperCase();
    const isClient = direction !== this.server;
    const isLogin = isClient
      ? marks.some((mark) => (mark[0] === ' ' ? text.includes(mark) : text.startsWith(mark)))
      : marks.length === 0 && text.includes(PROMPT);
    const isOpen = ANONYMOUS.test(text) && protocol === 'FTP';
    if (isClient && (isOpen || text.includes('STARTTLS'))) flow.reader = null;
    if (!isLogin) return;
    this.owner.add(protocol, flow, this.server === 0 ? 1 : 0, packet.timeUs, filter);
    flow.reader = null;
  }
}
