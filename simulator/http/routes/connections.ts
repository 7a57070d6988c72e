import { NO_SERIES, type Series } from '../../statistics/counters';
import type { Connection } from '../../statistics/flows';
import type { RtpStream } from '../../statistics/rtp-stream';
import type { TrafficView } from '../../statistics/traffic-index';
import { NAMES } from '../../traffic/hosts';
import { trafficOf, intervalOf, ipOf, type Call } from '../request/call';
import { csvLines, csvOf } from '../reply/csv';
import type { Permission } from '../request/access';
import { HttpError } from '../reply/http-error';
import type { Interval } from '../request/interval';
import type { Jobs } from '../jobs';
import { listReply, rowOf, sortItems, type Item } from '../reply/list';
import { readWhole, type Query } from '../request/query';
import type { Reply } from '../reply/reply';
import type { Route } from '../route';

const IP = '/API/stats/modules/ip';

/** The list of all connections holds the highest ones only. Source: the vendor's manual. */
const LARGEST_LIST = 1000;

const NAMED_BY = [
  'clientIp',
  'clientPort',
  'serverIp',
  'serverPort',
  'connectionStart',
  'lastActivity',
];

const CSV_COLUMNS = [
  'clientIp',
  'clientPort',
  'serverIp',
  'serverPort',
  'l4Protocol',
  'dpiProtocol',
  'connectionStart',
  'lastActivity',
  'clientBytes',
  'serverBytes',
];

export function connectionRoutes(jobs: Jobs): Route[] {
  const addressOf = ({ device, slotNumber }: Call) => `${device.id}:${slotNumber}`;
  const announceAll = (call: Call) => {
    // A query that is wrong is answered at once.
    sortItems(call, [], NAMED_BY);
    return jobs.announce(() => allConnections(call), addressOf(call));
  };
  return [
    {
      method: 'GET',
      path: `${IP}/globalConnections`,
      permission: rtpPermission,
      answer: announceAll,
    },
    { method: 'GET', path: `${IP}/globalConnections/csv`, answer: new SingleCsv().answer },
    { method: 'GET', path: `${IP}/ips/:ip/connections`, answer: connectionsOfIp },
    { method: 'GET', path: `${IP}/ips/:ip/ports`, answer: portsOfIp },
    { method: 'GET', path: `${IP}/ips/:ip/peers_ports`, answer: peersPorts },
    {
      method: 'GET',
      path: '/API/async/:id',
      // Who was allowed to ask may fetch the result.
      permission: 'any',
      answer: (call) => jobs.poll(call.parameters.id, call.query.uuid, addressOf(call)),
    },
  ];
}

/** RTP statistics need a permission of their own. Source: the vendor's "User Management". */
function rtpPermission({ mode }: Query): Permission {
  return mode === 'rtpStats' ? 'voip' : 'other';
}

/** The highest connections. Source: "Retrieval of global connections"; the limit: the manual. */
async function allConnections(call: Call): Promise<object> {
  const { query, switches } = call;
  const withRtp = query.mode === 'rtpStats';
  const items = await itemsOf(call, ({ protocol }) => !withRtp || protocol === 'RTP', withRtp);
  const found = sortItems(call, items, NAMED_BY).slice(0, LARGEST_LIST);
  // The script takes all rows of the result, so without a count there is one page of all of them.
  const itemsPerPage = readWhole(query, 'count') ?? Math.max(1, found.length);
  const page = readWhole(query, 'page') ?? 0;
  return {
    displayedItems: found
      .slice(page * itemsPerPage, (page + 1) * itemsPerPage)
      .map((item) => rowOf(call, item, withoutHistory(call))),
    numberOfItems: switches.exactConnectionTotals ? items.length : found.length,
    numberOfPages: Math.ceil(found.length / itemsPerPage),
    itemsPerPage,
  };
}

/** The appliance makes one such file at a time. Source: the vendor's page on connections. */
class SingleCsv {
  private isBusy = false;

  readonly answer = async (call: Call): Promise<Reply> => {
    if (this.isBusy && call.switches.csvSingleFlight) {
      throw new HttpError(503, 'Another CSV of all connections is being made.', {
        'Retry-After': '1',
      });
    }
    const traffic = await trafficOf(call);
    this.isBusy = true;
    const finish = () => (this.isBusy = false);
    return {
      headers: { 'Content-Type': 'text/csv; charset=utf-8' },
      body: csvInPieces(traffic, finish),
      mayCompress: true,
    };
  };
}

async function* csvInPieces(traffic: TrafficView, finish: () => void): AsyncIterable<Buffer> {
  try {
    const connections = traffic.connections();
    const series = traffic.series('connection');
    yield Buffer.from(csvOf(CSV_COLUMNS, []));
    for (let start = 0; start < connections.length; start += 500) {
      const rows = connections
        .slice(start, start + 500)
        .map((connection) => csvRow(connection, series.get(connection.id) ?? NO_SERIES));
      yield Buffer.from(csvLines(rows));
    }
  } finally {
    finish();
  }
}

function csvRow(connection: Connection, { allTime }: Series): string[] {
  const [, toServer, , toClient] = allTime;
  return [
    connection.clientIp,
    connection.clientPort,
    connection.serverIp,
    connection.serverPort,
    connection.layer4,
    connection.protocol,
    milliseconds(connection.firstUs),
    milliseconds(connection.lastUs),
    toServer,
    toClient,
  ].map(String);
}

async function connectionsOfIp(call: Call): Promise<Reply> {
  const own = ipOf(call);
  const items = await itemsOf(call, (connection) => isEnd(own, connection));
  return listReply(call, items, NAMED_BY, withoutHistory(call));
}

/** History of each connection would make the answer many times as long. */
function withoutHistory({ query }: Call): Query {
  return { ...query, skiphistorydata: 'true' };
}

/** The connections of the selected time that `isWanted` takes. */
async function itemsOf(
  call: Call,
  isWanted: (connection: Connection) => boolean,
  withRtp = false,
): Promise<Item[]> {
  const traffic = await trafficOf(call);
  const interval = intervalOf(call);
  const series = traffic.series('connection');
  return traffic
    .connections()
    .filter((connection) => isWithin(connection, interval) && isWanted(connection))
    .map((connection) => ({
      names: describe(connection, withRtp),
      series: series.get(connection.id) ?? NO_SERIES,
    }));
}

function isEnd(ip: string, { clientIp, serverIp }: Connection): boolean {
  return clientIp === ip || serverIp === ip;
}

function rtpStreams({ flows }: Connection): RtpStream[] {
  return flows.flatMap(({ rtp }) => [...(rtp?.values() ?? [])]);
}

function isWithin({ firstUs, lastUs }: Connection, { start, end, isSelected }: Interval): boolean {
  return !isSelected || (firstUs < end * 1e6 && lastUs >= start * 1e6);
}

function describe(connection: Connection, withRtp: boolean): Record<string, unknown> {
  const { clientIp, clientPort, serverIp, serverPort, layer4, protocol } = connection;
  return {
    clientIp,
    clientPort,
    serverIp,
    serverPort,
    l4ProtocolShortName: layer4,
    dpiProtocol: protocol,
    connectionStart: milliseconds(connection.firstUs),
    lastActivity: milliseconds(connection.lastUs),
    ...(withRtp ? { rtpStats: rtpStreams(connection).map(rtpStats) } : {}),
  };
}

/** Field names are the simulator's own: the vendor documents none. */
function rtpStats({ sourceIp, ssrc, payloadType, packets, lost, expected, jitter }: RtpStream) {
  return {
    sourceIp,
    ssrc,
    payloadType,
    packets,
    lostPackets: lost,
    lossPercent: Math.round((lost / expected) * 10_000) / 100,
    jitterMs: Math.round(jitter * 1000) / 1000,
    mos: mosOf((lost / expected) * 100, jitter),
  };
}

/** The E-model of G.107 for G.711, as far as loss and jitter go. */
function mosOf(lossPercent: number, jitterMs: number): number {
  const factor = Math.max(0, 93.2 - jitterMs / 20 - (95 * lossPercent) / (lossPercent + 25.1));
  const mos = 1 + 0.035 * factor + factor * (factor - 60) * (100 - factor) * 7e-6;
  return Math.round(Math.max(1, mos) * 100) / 100;
}

/** In whole milliseconds, so what is below is lost: an end may be earlier than the last packet. */
function milliseconds(microseconds: number): number {
  return Math.floor(microseconds / 1000);
}

async function portsOfIp(call: Call): Promise<Reply> {
  const own = ipOf(call);
  const served = (await trafficOf(call)).connections().filter(({ serverIp }) => serverIp === own);
  return {
    body: { ports: [...new Set(served.map(({ serverPort }) => serverPort))].sort((a, b) => a - b) },
  };
}

/** Column 1 is the port, column 6 the role of the peer. Source: "Server ports used". */
async function peersPorts(call: Call): Promise<Reply> {
  const own = ipOf(call);
  const traffic = await trafficOf(call);
  if (!traffic.series('ip').has(own))
    throw new HttpError(404, `The IP address ${own} was not seen.`);
  const totals = new Map<string, { head: string[]; bytes: number; role: string }>();
  const series = traffic.series('connection');
  for (const connection of traffic.connections()) {
    if (!isEnd(own, connection)) continue;
    const { clientIp, serverIp, serverPort, layer4, protocol } = connection;
    const [peer, role] = serverIp === own ? [clientIp, 'client'] : [serverIp, 'server'];
    const head = [peer, String(serverPort), NAMES.get(peer) ?? '', layer4, protocol];
    const key = [...head, role].join(' ');
    const total = totals.get(key) ?? { head, bytes: 0, role };
    const [, rxBytes, , txBytes] = (series.get(connection.id) ?? NO_SERIES).allTime;
    total.bytes += rxBytes + txBytes;
    totals.set(key, total);
  }
  const columns = ['peer', 'port', 'peer name', 'l4 protocol', 'protocol', 'bytes', 'peer role'];
  const rows = [...totals.values()].map(({ head, bytes, role }) => [...head, bytes, role]);
  return {
    headers: { 'Content-Type': 'text/csv; charset=utf-8' },
    body: csvOf(columns, rows),
    mayCompress: true,
  };
}
