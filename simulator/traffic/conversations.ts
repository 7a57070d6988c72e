import type { Packet } from '../packets/packet';
import {
  dnsAnswer,
  dnsQuery,
  httpGet,
  httpOk,
  ntp,
  RtpPayload,
  sip,
  tlsClientHello,
  tlsRecord,
  tlsServerHello,
} from './payloads';
import {
  CLIENTS,
  DNS_SERVER,
  FILE_SERVER,
  NTP_SERVER,
  PHONES,
  SIP_SERVER,
  V6_CLIENTS,
  V6_SERVER,
  WEB_SERVERS,
  type Host,
} from './hosts';
import { Line, TcpConnection } from './line';
import type { ConversationRandom, Random } from './random';

/** No conversation lasts longer, in seconds: so far back a second has to look for packets. */
export const LONGEST_CONVERSATION = 16;

/** Writes one conversation that begins at `startUs`. */
type Conversation = (random: ConversationRandom, startUs: number) => Packet[];

/** The steady host fetches something over TLS, all within its second. */
export const steady: Conversation = (random, startUs) => {
  const [client] = CLIENTS;
  return tls(
    random,
    new Line(startUs + random.between(0, 500_000)),
    client,
    random.pick(WEB_SERVERS),
    {
      exchanges: 2,
      largest: 6000,
      pauseUs: 20_000,
    },
  );
};

/** What else happens, and how often a second it begins. */
export const CONVERSATIONS: ReadonlyArray<{ perSecond: number; write: Conversation }> = [
  { perSecond: 1.2, write: lookup },
  { perSecond: 1, write: browse },
  { perSecond: 0.4, write: plainHttp },
  { perSecond: 0.25, write: browseV6 },
  { perSecond: 0.15, write: fileTransfer },
  { perSecond: 0.2, write: echo },
  { perSecond: 0.2, write: whoHas },
  { perSecond: 0.1, write: timeSync },
  {
    perSecond: 0.06,
    write: (random, startUs) =>
      call(random, startUs, { lossPercent: random.pick([0, 0, 0, 1, 4]), waitUs: [9000, 11_000] })
        .packets,
  },
];

function lookup(random: Random, startUs: number): Packet[] {
  const client = random.pick(CLIENTS);
  const server = random.pick(WEB_SERVERS);
  const id = random.between(0, 0xffff);
  const port = random.between(49152, 65535);
  return new Line(startUs)
    .datagram(client, DNS_SERVER, { from: port, to: 53 }, dnsQuery(id, server.name))
    .wait(random.between(300, 20_000))
    .datagram(DNS_SERVER, client, { from: 53, to: port }, dnsAnswer(id, server.name, server.ip))
    .packets;
}

function browse(random: ConversationRandom, startUs: number): Packet[] {
  const shape = { exchanges: random.between(1, 5), largest: 24_000, pauseUs: 1_200_000 };
  return tls(random, new Line(startUs), random.pick(CLIENTS), random.pick(WEB_SERVERS), shape);
}

function browseV6(random: ConversationRandom, startUs: number): Packet[] {
  const shape = { exchanges: random.between(1, 3), largest: 12_000, pauseUs: 800_000 };
  return tls(random, new Line(startUs), random.pick(V6_CLIENTS), V6_SERVER, shape);
}

interface TlsShape {
  exchanges: number;
  /** Bytes of the largest answer. */
  largest: number;
  /** The longest pause between two exchanges. */
  pauseUs: number;
}

function tls(
  random: ConversationRandom,
  line: Line,
  client: Host,
  server: Host,
  shape: TlsShape,
): Packet[] {
  const connection = connect(random, line, client, server, 443).open();
  connection
    .send('client', tlsClientHello(random.bytes(32), server.name))
    .send('server', tlsServerHello(random.bytes(32)))
    .send('client', tlsRecord(random.bytes(random.between(80, 400))));
  for (let exchange = 0; exchange < shape.exchanges; exchange++) {
    connection
      .send('client', tlsRecord(random.bytes(random.between(100, 900))))
      .send('server', tlsRecord(random.bytes(random.between(500, shape.largest))))
      .pause(random.between(1000, shape.pauseUs));
  }
  connection.close();
  return line.packets;
}

function plainHttp(random: ConversationRandom, startUs: number): Packet[] {
  const line = new Line(startUs);
  const server = random.pick(WEB_SERVERS);
  const connection = connect(random, line, random.pick(CLIENTS), server, 80).open();
  connection
    .send('client', httpGet(server.name, `/page/${random.between(1, 500)}`))
    .send('server', httpOk(random.bytes(random.between(200, 9000))))
    .close();
  return line.packets;
}

/** A backup on a port without a protocol of its own. */
function fileTransfer(random: ConversationRandom, startUs: number): Packet[] {
  const line = new Line(startUs);
  const connection = connect(random, line, random.pick(CLIENTS), FILE_SERVER, 8730).open();
  connection.send('client', random.bytes(random.between(10_000, 60_000)));
  connection.send('server', random.bytes(32)).close();
  return line.packets;
}

export function connect(
  random: ConversationRandom,
  line: Line,
  client: Host,
  server: Host,
  port: number,
  roundTripUs?: number,
): TcpConnection {
  const ports = { client: random.clientPort, server: port };
  const initial = { client: random.between(1, 2 ** 31), server: random.between(1, 2 ** 31) };
  const usual = random.between(300, 30_000);
  return new TcpConnection(line, client, server, ports, initial, roundTripUs ?? usual);
}

function echo(random: Random, startUs: number): Packet[] {
  const line = new Line(startUs);
  const [client, server] = [random.pick(CLIENTS), random.pick(WEB_SERVERS)];
  const identifier = random.between(1, 0xffff);
  for (let sequence = 1; sequence <= 3; sequence++) {
    line.ping(client, server, identifier, sequence).wait(1_000_000);
  }
  return line.packets;
}

function whoHas(random: Random, startUs: number): Packet[] {
  return new Line(startUs).whoHas(random.pick(CLIENTS), FILE_SERVER).packets;
}

function timeSync(random: Random, startUs: number): Packet[] {
  const client = random.pick(CLIENTS);
  const ports = { from: 123, to: 123 };
  return new Line(startUs)
    .datagram(client, NTP_SERVER, ports, ntp(false, startUs))
    .wait(900)
    .datagram(NTP_SERVER, client, ports, ntp(true, startUs + 450)).packets;
}

/**
 * A call: SIP over the exchange, voice in both directions between the phones, some of it lost.
 * `waitUs` is the shortest and the longest time between two packets.
 */
export function call(
  random: Random,
  startUs: number,
  { lossPercent, waitUs }: { lossPercent: number; waitUs: [number, number] },
): { packets: Packet[]; caller: Host; callee: Host; lost: number } {
  const line = new Line(startUs);
  const caller = random.pick(PHONES);
  const callee = random.pick(PHONES.filter((phone) => phone !== caller));
  const id = `${random.between(1e6, 9e6)}@${caller.ip}`;
  const sipPorts = { from: 5060, to: 5060 };
  const toServer = (text: Buffer) => line.datagram(caller, SIP_SERVER, sipPorts, text);
  const fromServer = (text: Buffer) => line.datagram(SIP_SERVER, caller, sipPorts, text);
  const media = { from: random.between(8000, 15000) * 2, to: random.between(8000, 15000) * 2 };
  const parties = { caller: caller.ip, callee: callee.ip, id };

  toServer(sip('INVITE', parties, 1, media.from)).wait(2000);
  fromServer(sip('100 Trying', parties, 1)).wait(300_000);
  fromServer(sip('200 OK', parties, 1, media.to)).wait(1000);
  toServer(sip('ACK', parties, 1)).wait(1000);
  const streams = [
    { from: caller, to: callee, ports: media, ssrc: random.between(1, 2 ** 31) },
    {
      from: callee,
      to: caller,
      ports: { from: media.to, to: media.from },
      ssrc: random.between(1, 2 ** 31),
    },
  ];
  const packets = random.between(150, 500);
  let lost = 0;
  for (let index = 0; index < packets; index++) {
    for (const { from, to, ports, ssrc } of streams) {
      line.wait(random.between(...waitUs));
      // The first and the last ones arrive, so that a reader can tell how many are missing.
      const mayBeLost = index > 0 && index < packets - 1;
      if (mayBeLost && random.next() * 100 < lossPercent) {
        lost++;
        continue;
      }
      line.datagram(from, to, ports, new RtpPayload(ssrc, index, random.bytes(160)));
    }
  }
  line.wait(20_000);
  toServer(sip('BYE', parties, 2)).wait(2000);
  fromServer(sip('200 OK', parties, 2));
  return { packets: line.packets, caller, callee, lost };
}
