import type { Packet } from '../packets/packet';
import { TCP_FLAG } from '../packets/frames';
import { Made } from '../packets/payload';
import { call, connect } from './conversations';
import { dhcpDiscover, dhcpOffer } from './dhcp';
import {
  CLIENTS,
  CONTROL_SERVER,
  DNS_SERVER,
  FILE_SERVER,
  INTRUDER,
  SIP_SERVER,
  WEB_SERVERS,
  type Host,
} from './hosts';
import { Line, type TcpConnection } from './line';
import { dnsNoSuchName, dnsQuery, httpGet, httpOk } from './payloads';
import type { ConversationRandom, Random } from './random';

/** What is wrong in one conversation: who had it, and the figures that an analysis should find. */
export interface TroubleTruth {
  kind: TroubleKind;
  /** When it begins, in microseconds. */
  startUs: number;
  clientIp: string;
  serverIp: string;
  /** By their name: numbers of packets, or milliseconds where the name says so. */
  figures: Record<string, number>;
}

type Written = { packets: Packet[]; client: Host; server: Host; figures: Record<string, number> };

interface Trouble {
  /** Begins in every second that this number divides. */
  everySeconds: number;
  write(random: ConversationRandom, startUs: number): Written;
}

const DHCP_SERVER: Host = {
  ip: '10.1.0.67',
  mac: '02:00:0a:01:00:43',
  name: 'dhcp.example',
  vlans: [],
};
const ROGUE_DHCP_SERVER: Host = { ...INTRUDER, ip: '10.1.2.67', mac: '02:00:0a:01:02:43' };

/** A part of a response. By chance, other bytes may look like the head of something broken. */
const TEXT = new Made(Buffer.alloc(1200, 'data '));

/** Every kind of trouble that generated traffic can have. */
export const TROUBLES = {
  retransmissions: {
    everySeconds: 2,
    write: (random, startUs) => {
      const resent = random.between(2, 6);
      const written = http(random, startUs, {}, (connection) => {
        for (let index = 0; index < resent; index++) {
          connection.segment('server', TCP_FLAG.ack | TCP_FLAG.psh, TEXT).pause(220_000);
          connection.retransmit('server', TEXT).pause(1000);
        }
      });
      return { ...written, figures: { retransmissions: resent } };
    },
  },
  loss: {
    everySeconds: 2,
    write: (random, startUs) => {
      const lost = random.between(2, 6);
      const written = http(random, startUs, {}, (connection) => {
        for (let index = 0; index < lost; index++) {
          connection.lose('server', TEXT, [TEXT, TEXT, TEXT], 220_000).pause(1000);
        }
      });
      return { ...written, figures: { lost } };
    },
  },
  resets: {
    everySeconds: 3,
    write: (random, startUs) => ({
      ...http(random, startUs, {}, (connection) => connection.reset('server'), false),
      figures: { resets: 1 },
    }),
  },
  'slow-server': {
    everySeconds: 3,
    write: (random, startUs) => {
      const responseMs = random.between(2000, 4000);
      const pauseUs = responseMs * 1000;
      // In turn: of any few minutes, each server has its share, not only most likely.
      const server = WEB_SERVERS[Math.floor(startUs / 3e6) % WEB_SERVERS.length];
      return { ...http(random, startUs, { pauseUs, server }), figures: { responseMs } };
    },
  },
  'slow-network': {
    everySeconds: 3,
    write: (random, startUs) => {
      const roundTripMs = random.between(300, 600);
      const roundTripUs = roundTripMs * 1000;
      return { ...http(random, startUs, { roundTripUs }), figures: { roundTripMs } };
    },
  },
  refused: { everySeconds: 2, write: refused },
  nxdomain: { everySeconds: 2, write: nxdomain },
  scan: { everySeconds: 10, write: scan },
  beacon: { everySeconds: 10, write: beacon },
  'rogue-dhcp': { everySeconds: 5, write: rogueDhcp },
  'bad-voice': {
    everySeconds: 10,
    write: (random, startUs) => {
      const { packets, caller, callee, lost } = call(random, startUs, {
        lossPercent: 12,
        waitUs: [1000, 19_000],
      });
      return { packets, client: caller, server: callee, figures: { lost } };
    },
  },
} satisfies Record<string, Trouble>;

export type TroubleKind = keyof typeof TROUBLES;

/** A request and its answer; `then` happens in between. */
function http(
  random: ConversationRandom,
  startUs: number,
  {
    pauseUs = 1000,
    roundTripUs,
    server = random.pick(WEB_SERVERS),
  }: { pauseUs?: number; roundTripUs?: number; server?: Host },
  then: (connection: TcpConnection) => void = () => undefined,
  goesOn = true,
): Omit<Written, 'figures'> {
  const line = new Line(startUs);
  const client = random.pick(CLIENTS);
  const connection = connect(random, line, client, server, 80, roundTripUs).open();
  connection.send('client', httpGet(server.name, '/report')).pause(pauseUs);
  then(connection);
  if (goesOn) connection.send('server', httpOk(random.bytes(900))).close();
  return { packets: line.packets, client, server };
}

/** Three times in a row nobody listens. */
function refused(random: ConversationRandom, startUs: number): Written {
  const line = new Line(startUs);
  const client = random.pick(CLIENTS);
  const attempts = 3;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const clientPort = random.clientPort + attempt;
    connect({ ...random, clientPort }, line, client, FILE_SERVER, 8731)
      .segment('client', TCP_FLAG.syn)
      .reset('server');
    line.wait(200_000);
  }
  return { packets: line.packets, client, server: FILE_SERVER, figures: { refused: attempts } };
}

/** Names that a generator made up, none of which exist. */
function nxdomain(random: Random, startUs: number): Written {
  const line = new Line(startUs);
  const names = 20;
  for (let index = 0; index < names; index++) {
    const id = random.between(0, 0xffff);
    const port = random.between(49152, 65535);
    const name = `${random.between(1e9, 4e9).toString(36)}.example.info`;
    line
      .datagram(INTRUDER, DNS_SERVER, { from: port, to: 53 }, dnsQuery(id, name))
      .wait(2000)
      .datagram(DNS_SERVER, INTRUDER, { from: 53, to: port }, dnsNoSuchName(id, name))
      .wait(10_000);
  }
  return { packets: line.packets, client: INTRUDER, server: DNS_SERVER, figures: { names } };
}

/** A hundred ports of one host: most of them refuse, some say nothing. */
function scan(random: ConversationRandom, startUs: number): Written {
  const line = new Line(startUs);
  const first = random.between(1, 900);
  const ports = 100;
  let unanswered = 0;
  for (let port = first; port < first + ports; port++) {
    const connection = connect(random, line, INTRUDER, SIP_SERVER, port);
    if (random.next() < 0.2) {
      connection.knock();
      unanswered++;
    } else {
      connection.segment('client', TCP_FLAG.syn).reset('server');
    }
    line.wait(5000);
  }
  const figures = { ports, refused: ports - unanswered, unanswered };
  return { packets: line.packets, client: INTRUDER, server: SIP_SERVER, figures };
}

/** The same small exchange, to the second. */
function beacon(random: ConversationRandom, startUs: number): Written {
  const line = new Line(Math.floor(startUs / 1e6) * 1e6 + 500_000);
  connect(random, line, INTRUDER, CONTROL_SERVER, 8443)
    .open()
    .send('client', random.bytes(120))
    .send('server', random.bytes(60))
    .close();
  const figures = { intervalMs: 10_000 };
  return { packets: line.packets, client: INTRUDER, server: CONTROL_SERVER, figures };
}

/** Two servers offer an address; one of them has no business to. */
function rogueDhcp(random: Random, startUs: number): Written {
  const line = new Line(startUs);
  const client = random.pick(CLIENTS);
  const id = random.between(1, 2 ** 31);
  const nobody: Host = { ...client, ip: '0.0.0.0' };
  const everybody: Host = { ...client, ip: '255.255.255.255', mac: 'ff:ff:ff:ff:ff:ff' };
  line.datagram(nobody, everybody, { from: 68, to: 67 }, dhcpDiscover(id, client));
  for (const server of [ROGUE_DHCP_SERVER, DHCP_SERVER]) {
    const offer = dhcpOffer(id, client, server);
    line.wait(3000).datagram(server, everybody, { from: 67, to: 68 }, offer);
  }
  return { packets: line.packets, client, server: ROGUE_DHCP_SERVER, figures: { servers: 2 } };
}
