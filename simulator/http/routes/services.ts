import { NO_SERIES, seriesOf, type Counters, type Series } from '../../statistics/counters';
import { byServer, groupBy, responseTimesOf, scoresOf } from '../../statistics/response-times';
import type { DhcpMessage, Exchange, Services } from '../../statistics/service-log';
import { NAMES } from '../../traffic/hosts';
import { HttpError } from '../reply/http-error';
import { listReply, type Item } from '../reply/list';
import type { Reply } from '../reply/reply';
import { intervalOf, ipOf, trafficOf, type Call } from '../request/call';
import type { Route } from '../route';

/**
 * Modules of services and of the quality of TCP. Their paths, sort keys and the fields that a client
 * of 2018 read are known; every other field is an assumption, and so are the bounds of the scores.
 */
const MODULES = '/API/stats/modules';
const TIME_KEYS = ['requests', 'avg', 'stddev', 'min', 'max', 'score'];
const DATA_KEYS = ['txpayload', 'txretrans', 'txratio', 'rxpayload', 'rxretrans', 'rxratio'];

export const serviceRoutes: Route[] = [
  get('/ip/ipsTCP', ipsTcp),
  get('/ip/ipsTCPData', ipsTcpData),
  get('/ip/ips/:ip/tcpStats', tcpStatsOfIp),
  get('/dns', dns),
  get('/dns/ips_paged', dnsClients),
  get('/dns/servers_paged', dnsServers),
  get('/dhcp', dhcp),
  get('/dhcp/ips_paged', dhcpClients),
  get('/dhcp/servers', dhcpServers),
  get('/ssl', ssl),
  get('/ssl/ips_paged', sslServers),
  // Known to be there, and nothing else: a workflow must not rest on what it says.
  get('/quality', () => ({ body: {} })),
];

function get(path: string, answer: Route['answer']): Route {
  return { method: 'GET', path: MODULES + path, answer };
}

/** Of the time that was asked for, else of all time. */
async function servicesOf(call: Call): Promise<Services> {
  const { start, end, isSelected } = intervalOf(call);
  const traffic = await trafficOf(call);
  return isSelected ? traffic.services(start, end) : traffic.services(-Infinity, Infinity);
}

async function tcpDataOf(call: Call) {
  const { start, end, isSelected } = intervalOf(call);
  const traffic = await trafficOf(call);
  return isSelected ? traffic.tcpData(start, end) : traffic.tcpData(-Infinity, Infinity);
}

/** What the root of the IP module says of TCP. */
export async function tcpStats(call: Call): Promise<object> {
  const { syns } = await servicesOf(call);
  // Which of the two is which is not known: here, of the servers and of the clients.
  const turned = syns.map((one) => ({ ...one, serverIp: one.clientIp }));
  return { scoreSynDetails: scoresOf(syns), scoreSynAckDetails: scoresOf(turned) };
}

async function ipsTcp(call: Call): Promise<Reply> {
  const items = await timed(call, (await servicesOf(call)).syns, 'tcpSynResponseTimes');
  return listReply(sortedBy('requests', call), items, ['ip', ...TIME_KEYS]);
}

async function ipsTcpData(call: Call): Promise<Reply> {
  const series = (await trafficOf(call)).series('ip');
  const items = [...(await tcpDataOf(call))].map(([ip, data]): Item => {
    const txratio = ratio(data.txretrans, data.txpayload);
    const rxratio = ratio(data.rxretrans, data.rxpayload);
    const names = { ip, ...nameOf(ip), ...data, txratio, rxratio };
    return { names, series: series.get(ip) ?? NO_SERIES };
  });
  return listReply(sortedBy('txratio', call), items, ['ip', 'dnsName', ...DATA_KEYS]);
}

async function tcpStatsOfIp(call: Call): Promise<Reply> {
  const ip = ipOf(call);
  if (!(await trafficOf(call)).series('ip').has(ip)) {
    throw new HttpError(404, `The IP address ${ip} was not seen.`);
  }
  const { syns } = await servicesOf(call);
  const none = { txpayload: 0, txretrans: 0, rxpayload: 0, rxretrans: 0 };
  const data = (await tcpDataOf(call)).get(ip) ?? none;
  return {
    body: {
      ...data,
      txratio: ratio(data.txretrans, data.txpayload),
      rxratio: ratio(data.rxretrans, data.rxpayload),
      tcpSynResponseTimes: responseTimesOf(syns.filter(({ serverIp }) => serverIp === ip)),
    },
  };
}

async function dns(call: Call): Promise<Reply> {
  const exchanges = (await servicesOf(call)).dns;
  const withCode = (code: number) => exchanges.filter((one) => one.code === code).length;
  return {
    body: {
      globalResponseTimes: responseTimesOf(exchanges),
      // As HTTP has them; for DNS it is an assumption.
      globalResponseCodes: { noError: withCode(0), servFail: withCode(2), nxDomain: withCode(3) },
      unanswered: exchanges.filter(({ ms }) => ms === undefined).length,
    },
  };
}

async function dnsClients(call: Call): Promise<Reply> {
  const groups = groupBy((await servicesOf(call)).dns, ({ clientIp }) => clientIp);
  const items = [...groups].map(([ip, exchanges]): Item => ({
    names: { ip, ...(NAMES.has(ip) ? { name: NAMES.get(ip) } : {}), requests: exchanges.length },
    series: answersOf(exchanges),
  }));
  return listReply(sortedBy('requests', call), items, ['ip', 'name', 'requests']);
}

async function dnsServers(call: Call): Promise<Reply> {
  const items = [...byServer((await servicesOf(call)).dns)].map(([ip, exchanges]): Item => ({
    names: { ip, dns_server: ip, ...nameOf(ip), responseTimes: responseTimesOf(exchanges) },
    values: { requests: exchanges.length },
    series: answersOf(exchanges),
  }));
  const names = ['ip', 'dns_server', 'dnsName', 'requests'];
  return listReply(sortedBy('requests', call), items, names);
}

const MESSAGE_TYPES = [
  'discover',
  'offer',
  'request',
  'decline',
  'ack',
  'nak',
  'release',
  'inform',
];

async function dhcp(call: Call): Promise<Reply> {
  const messages = (await servicesOf(call)).dhcp;
  const messageTypes = MESSAGE_TYPES.map((name, index) => ({
    name,
    count: messages.filter(({ type }) => type === index + 1).length,
  }));
  const answers = messages.flatMap((one) =>
    one.serverIp === undefined ? [] : [{ ...one, serverIp: one.serverIp, clientIp: '' }],
  );
  return { body: { messageTypes, globalResponseTimes: responseTimesOf(answers) } };
}

async function dhcpServers(call: Call): Promise<Reply> {
  const answers = (await servicesOf(call)).dhcp.filter(({ serverIp }) => serverIp !== undefined);
  return dhcpList(
    call,
    groupBy(answers, ({ serverIp }) => serverIp!),
  );
}

/** Those that were offered or given an address. */
async function dhcpClients(call: Call): Promise<Reply> {
  const answers = (await servicesOf(call)).dhcp.filter(({ ip }) => ip !== undefined);
  return dhcpList(
    call,
    groupBy(answers, ({ ip }) => ip!),
  );
}

function dhcpList(call: Call, groups: Map<string, DhcpMessage[]>): Reply {
  const items = [...groups].map(([ip, messages]): Item => {
    const last = messages[messages.length - 1];
    const isServer = last.serverIp === ip;
    const mac = isServer ? last.headers.sourceMac : last.clientMac;
    const name = NAMES.get(ip);
    const named = name === undefined ? {} : { hostName: name };
    return {
      names: { ip, mac, ...named, issueTime: last.second * 1000 },
      values: { requests: messages.length },
      series: NO_SERIES,
    };
  });
  const names = ['ip', 'mac', 'hostName', 'name', 'issueTime'];
  return listReply(sortedBy('issueTime', call), items, names);
}

async function ssl(call: Call): Promise<Reply> {
  const { hellos } = await servicesOf(call);
  const scores = scoresOf(hellos);
  // The times of data are not measured here: their scores are those of the handshake.
  const both = ({ greenScores, yellowScores, redScores }: (typeof scores)['local']) => ({
    ...{ helloGreenScores: greenScores, helloYellowScores: yellowScores },
    ...{ helloRedScores: redScores, dataGreenScores: greenScores },
    ...{ dataYellowScores: yellowScores, dataRedScores: redScores },
  });
  return {
    body: {
      globalHelloResponseTimes: responseTimesOf(hellos),
      scoreDetails: { localServers: both(scores.local), globalServers: both(scores.global) },
    },
  };
}

async function sslServers(call: Call): Promise<Reply> {
  const items = await timed(call, (await servicesOf(call)).hellos, 'sslHelloResponseTimes');
  return listReply(sortedBy('requests', call), items, ['ip', ...TIME_KEYS]);
}

/** Servers with how long their answers took. */
async function timed(call: Call, exchanges: Exchange[], name: string): Promise<Item[]> {
  const series = (await trafficOf(call)).series('ip');
  return [...byServer(exchanges)].map(([ip, own]) => {
    const times = responseTimesOf(own);
    return {
      names: { ip, ...nameOf(ip), [name]: times },
      values: { ...times },
      series: series.get(ip) ?? NO_SERIES,
    };
  });
}

/** Received: answers. Transmitted: questions. The first counter is that of answers: seen. */
function answersOf(exchanges: Exchange[]): Series {
  const sum = (start: number, end: number) => {
    const counters: Counters = [0, 0, 0, 0];
    for (const { second, ms } of exchanges) {
      if (second < start || second >= end) continue;
      counters[2]++;
      if (ms !== undefined) counters[0]++;
    }
    return new Map([['', counters]]);
  };
  return seriesOf(sum).get('') ?? NO_SERIES;
}

/** These lists have no bytes to sort by. */
const sortedBy = (sort: string, call: Call): Call => ({ ...call, query: { sort, ...call.query } });

const ratio = (part: number, whole: number) => (whole > 0 ? (part / whole) * 100 : 0);

function nameOf(ip: string): { dnsName?: string } {
  const name = NAMES.get(ip);
  return name === undefined ? {} : { dnsName: name };
}
