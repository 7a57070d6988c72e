import type { Connection } from '../../statistics/connections';
import type { RtpStream } from '../../statistics/rtp-stream';
import { NAMES } from '../../traffic/hosts';
import { indexOf, intervalOf, ipOf, type Call } from '../call';
import { counterObject } from '../counter-object';
import { csvLines, csvOf } from '../csv';
import { HttpError } from '../http-error';
import type { Interval } from '../interval';
import type { Jobs } from '../jobs';
import { listReply, sortRows, type Row } from '../list';
import { readWhole } from '../query';
import type { Reply } from '../reply';
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
  return [
    { method: 'GET', path: `${IP}/globalConnections`, answer: (call) => announceAll(call, jobs) },
    { method: 'GET', path: `${IP}/globalConnections/csv`, answer: new SingleCsv().answer },
    { method: 'GET', path: `${IP}/ips/:ip/connections`, answer: connectionsOfIp },
    { method: 'GET', path: `${IP}/ips/:ip/ports`, answer: portsOfIp },
    { method: 'GET', path: `${IP}/ips/:ip/peers_ports`, answer: peersPorts },
    {
      method: 'GET',
      path: '/API/async/:id',
      answer: ({ parameters, query, device, slotNumber }) =>
        jobs.poll(parameters.id, query.uuid, `${device.id}:${slotNumber}`),
    },
  ];
}

async function announceAll(call: Call, jobs: Jobs): Promise<Reply> {
  const { query, device, slotNumber } = call;
  const rows = await rowsOf(call, query.mode === 'rtpStats');
  const all = sortRows(rows, NAMED_BY, intervalOf(call), query);
  const found = all.slice(0, LARGEST_LIST);
  // The script takes all rows of the result, so without a count there is one page of all of them.
  const count = readWhole(query, 'count');
  const page = readWhole(query, 'page') ?? 0;
  const itemsPerPage = count ?? Math.max(1, found.length);
  const result = {
    displayedItems: found.slice(page * itemsPerPage, (page + 1) * itemsPerPage),
    numberOfItems: call.switches.exactConnectionTotals ? all.length : found.length,
    numberOfPages: Math.ceil(found.length / itemsPerPage),
    itemsPerPage,
  };
  return jobs.announce(result, `${device.id}:${slotNumber}`);
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
    const connections = (await indexOf(call)).connections.all;
    this.isBusy = true;
    const finish = () => (this.isBusy = false);
    return {
      headers: { 'Content-Type': 'text/csv; charset=utf-8' },
      body: csvInPieces(connections, finish),
      mayCompress: true,
    };
  };
}

async function* csvInPieces(connections: Connection[], finish: () => void): AsyncIterable<Buffer> {
  try {
    yield Buffer.from(csvOf(CSV_COLUMNS, []));
    for (let start = 0; start < connections.length; start += 500) {
      yield Buffer.from(csvLines(connections.slice(start, start + 500).map(csvRow)));
    }
  } finally {
    finish();
  }
}

function csvRow(connection: Connection): string[] {
  const [, toServer, , toClient] = connection.series.allTime;
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
  const rows = await rowsOf(call, false);
  const found = rows.filter(({ clientIp, serverIp }) => clientIp === own || serverIp === own);
  const { countCap, listEnvelope: envelope } = call.switches;
  return listReply(found, NAMED_BY, intervalOf(call), call.query, { countCap, envelope });
}

async function rowsOf(call: Call, onlyRtp: boolean): Promise<Row[]> {
  const index = await indexOf(call);
  const interval = intervalOf(call);
  return index.connections.all
    .filter((connection) => isWithin(connection, interval))
    .filter(({ protocol }) => !onlyRtp || protocol === 'RTP')
    .map((connection) => toRow(call, connection, interval, onlyRtp));
}

function isWithin({ firstUs, lastUs }: Connection, { start, end, isSelected }: Interval): boolean {
  return !isSelected || (firstUs < end * 1e6 && lastUs >= start * 1e6);
}

function toRow(call: Call, connection: Connection, interval: Interval, withRtp: boolean): Row {
  const { clientIp, clientPort, serverIp, serverPort, layer4, protocol } = connection;
  // History of each connection would make the answer many times as long.
  const query = { ...call.query, skiphistorydata: 'true' };
  return {
    clientIp,
    clientPort,
    serverIp,
    serverPort,
    l4ProtocolShortName: layer4,
    dpiProtocol: protocol,
    connectionStart: milliseconds(connection.firstUs),
    lastActivity: milliseconds(connection.lastUs),
    ...(withRtp ? { rtpStats: [...connection.rtp.values()].map(rtpStats) } : {}),
    ...counterObject(connection.series, interval, call.slot.countedUntilUs(), query),
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
  };
}

/** In whole milliseconds, so what is below is lost: an end may be earlier than the last packet. */
function milliseconds(microseconds: number): number {
  return Math.floor(microseconds / 1000);
}

async function portsOfIp(call: Call): Promise<Reply> {
  const own = ipOf(call);
  const served = (await indexOf(call)).connections.all.filter(({ serverIp }) => serverIp === own);
  return {
    body: { ports: [...new Set(served.map(({ serverPort }) => serverPort))].sort((a, b) => a - b) },
  };
}

/** Column 1 is the port, column 6 the role of the peer. Source: "Server ports used". */
async function peersPorts(call: Call): Promise<Reply> {
  const own = ipOf(call);
  const index = await indexOf(call);
  if (!index.series('ip').has(own)) throw new HttpError(404, `The IP address ${own} was not seen.`);
  const totals = new Map<string, { head: string[]; bytes: number; role: string }>();
  for (const connection of index.connections.all) {
    const { clientIp, serverIp, serverPort, layer4, protocol } = connection;
    if (clientIp !== own && serverIp !== own) continue;
    const [peer, role] = serverIp === own ? [clientIp, 'client'] : [serverIp, 'server'];
    const head = [peer, String(serverPort), NAMES.get(peer) ?? '', layer4, protocol];
    const key = [...head, role].join(' ');
    const total = totals.get(key) ?? { head, bytes: 0, role };
    const [, rxBytes, , txBytes] = connection.series.allTime;
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
