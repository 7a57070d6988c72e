import {
  AllegroError,
  type AllegroClient,
  type CallOptions,
  type ErrorKind,
} from '../../../../client';
import {
  ipConnectionsPath,
  ipMacsPath,
  ipPath,
  ipPeersPath,
  ipProtocolsPath,
} from '../../../../client/api/paths';
import type { Row, RowRequest } from '../../../../client/api/rows';
import type { Query } from '../../../../client/http/query';
import { toCounters, type Counters } from '../../../../client/values/counters';
import type { RunContext } from '../../model/run-context';
import { toConnection } from '../connections/connections';
import type { Interval } from '../interval';
import { noCountersError } from '../no-counters';
import { unlessUnseen } from '../not-seen';
import { displayName } from '../lists/ranking';
import { trafficColumns } from '../lists/traffic-columns';
import type { Sentence } from '../../../../client/values/sentence';

/** What is read about an address; each part may fail by itself. */
type Part = 'traffic' | 'macs' | 'peers' | 'protocols' | 'serverPorts' | 'connections';

/** What the appliance's statistics tell about one IP address. */
export interface HostProfile extends Record<string, unknown> {
  ip: string;
  /**
   * False where the appliance does not know the address, null where that could not be read. Then
   * there is nothing else.
   */
  seen: boolean | null;
  name: string | null;
  macs: string[];
  macVendor: string | null;
  /** Of the interval, or of all time; null where the appliance does not report them. */
  traffic: Record<string, number> | null;
  peers: Peer[];
  protocols: Array<{ protocol: unknown; totalBytes: number; sharePercent: number }>;
  /** Ports that the address offers to others, and ports that it uses at others. */
  offersPorts: number[];
  usesPorts: number[];
  connections: Array<Record<string, unknown>>;
  /** Parts that could not be read, and why. */
  failed: Failure[];
}

interface Peer {
  ip: unknown;
  name?: string;
  totalBytes: number;
  /** ISO times of the first and the latest of its connections, null where none was listed. */
  since: string | null;
  lastActivity: string | null;
}

interface Failure {
  part: Part;
  kind: ErrorKind;
  message: Sentence;
}

export interface ProfileRequest {
  interval: Interval | undefined;
  /** How many peers, protocols and connections at most. */
  top: number;
  options: CallOptions;
  onFailure(error: AllegroError): void;
}

/** Connections that are read to tell since when peers talk, largest first; what is listed is less. */
const MAX_CONNECTIONS = 1000;

/** What is read of an address that the appliance has seen. */
interface Lookup extends Omit<ProfileRequest, 'onFailure'> {
  client: AllegroClient;
  ip: string;
  query: Query;
}

/** Reads one part; `talks` is for the peers. */
type ReadPart = (lookup: Lookup) => Promise<Partial<HostProfile> & { talks?: Map<unknown, Talk> }>;

const PARTS: Record<Exclude<Part, 'traffic'>, ReadPart> = {
  macs: async ({ client, ip, options }) => ({
    macs: macsWithin(await client.get(ipMacsPath(ip), {}, options)),
  }),
  peers: async (lookup) => ({
    peers: (await highest(lookup, ipPeersPath(lookup.ip), lookup.top))
      .filter((peer) => typeof peer.ip === 'string')
      .map((peer) => ({
        ip: peer.ip,
        ...displayName(peer, 'ip'),
        totalBytes: countersIn(peer, lookup)?.totalBytes ?? 0,
        ...{ since: null, lastActivity: null },
      })),
  }),
  // Seen as an object keyed by name, in no order: all of them, to find the highest.
  protocols: async (lookup) => {
    const request = { path: ipProtocolsPath(lookup.ip), query: lookup.query };
    return { protocols: toShares(await countedRows(lookup, request), lookup) };
  },
  serverPorts: async ({ client, ip, interval, options }) => {
    const services = { ...options, servicesOnly: true };
    const ports = await client.serverPorts(ip, { ...interval?.query }, services);
    return { offersPorts: ports.asServer, usesPorts: ports.asClient };
  },
  connections: async (lookup) => {
    const { ip, interval, top } = lookup;
    const found = await highest(lookup, ipConnectionsPath(ip), MAX_CONNECTIONS);
    const connections = found.map((one) => toConnection(one, interval !== undefined, true));
    return {
      connections: connections.slice(0, top).map(briefly),
      talks: talksOf(ip, connections),
    };
  },
};

/**
 * Reads all parts of a profile at once; the client's own limit decides how many run.
 *
 * @param onFailure gets the error of each part that is missing
 * @throws AllegroError for what would be the same for every part
 */
export async function readProfile(
  context: RunContext,
  ip: string,
  { onFailure, ...request }: ProfileRequest,
): Promise<HostProfile> {
  const query = { skiphistorydata: true, ...request.interval?.query };
  const lookup: Lookup = { client: context.client, ip, query, ...request };
  const profile: HostProfile = {
    ...{ ip, seen: null, name: null, macs: [], macVendor: null, traffic: null },
    ...{ peers: [], protocols: [], offersPorts: [], usesPorts: [], connections: [], failed: [] },
  };
  const attempt = (part: Part, read: ReturnType<ReadPart>) =>
    read.catch((error: unknown): Awaited<typeof read> => {
      if (!(error instanceof AllegroError) || endsAll(error)) throw error;
      profile.failed.push({ part, kind: error.kind, message: error.sentences.message });
      onFailure(error);
      return {};
    });
  Object.assign(profile, await attempt('traffic', readOwn(context, lookup)));
  if (!profile.seen) return profile;
  const parts = await Promise.all(
    Object.entries(PARTS).map(([part, read]) => attempt(part as Part, read(lookup))),
  );
  const { talks, ...found } = Object.assign({}, ...parts) as Awaited<ReturnType<ReadPart>>;
  Object.assign(profile, found);
  for (const peer of profile.peers) Object.assign(peer, talks?.get(peer.ip));
  return profile;
}

/** Whether the address was seen, and if so what it is called and its traffic. */
async function readOwn(context: RunContext, lookup: Lookup): Promise<Partial<HostProfile>> {
  const { client, ip, interval, query, options } = lookup;
  const own = await unlessUnseen(context, { kind: 'ip', value: ip }, options, () =>
    client.get(ipPath(ip), query, options),
  );
  const row = (own ?? {}) as Row;
  return {
    seen: own !== undefined,
    name: displayName({ ...row, macVendor: '' }, 'ip').name ?? null,
    macVendor: typeof row.macVendor === 'string' ? row.macVendor : null,
    traffic: withRates(countersIn(row, lookup), interval),
  };
}

function countersIn(row: Row, { interval }: Lookup): Counters | undefined {
  return toCounters(interval ? row.interval : row.allTime);
}

async function highest(lookup: Lookup, path: string, limit: number): Promise<Row[]> {
  const query = { sort: 'bytes', reverse: true, ...lookup.query };
  return countedRows(lookup, { path, query, limit });
}

/** @throws AllegroError `badAnswer` where none of the rows has counters, which would all be 0 B */
async function countedRows(lookup: Lookup, request: RowRequest): Promise<Row[]> {
  const { rows } = await lookup.client.rows(request, lookup.options);
  if (rows.length === 0 || rows.some((row) => countersIn(row, lookup))) return rows;
  throw noCountersError(lookup.client.baseUrl, request.path);
}

type Talk = Pick<Peer, 'since' | 'lastActivity'>;

/** When the connections with each peer began, and when the latest was active. */
function talksOf(ip: string, connections: Array<Record<string, unknown>>): Map<unknown, Talk> {
  const talks = new Map<unknown, Talk>();
  for (const { clientIp, serverIp, connectionStartIso, lastActivityIso } of connections) {
    if (typeof connectionStartIso !== 'string') continue;
    const peer = clientIp === ip ? serverIp : clientIp;
    const latest = typeof lastActivityIso === 'string' ? lastActivityIso : connectionStartIso;
    const known = talks.get(peer);
    // ISO times of one form have the order of their texts.
    const since = [known?.since ?? connectionStartIso, connectionStartIso].sort()[0];
    const lastActivity = [known?.lastActivity ?? latest, latest].sort()[1];
    talks.set(peer, { since, lastActivity });
  }
  return talks;
}

/** What would be the same for every part. */
function endsAll({ kind }: AllegroError): boolean {
  return ['cancelled', 'login', 'certificate', 'input'].includes(kind);
}

function withRates(counters: Counters | undefined, interval: Interval | undefined) {
  if (!counters) return null;
  return trafficColumns(counters, interval?.seconds, 'bytes');
}

function toShares(rows: Row[], lookup: Lookup) {
  const counted = rows.map((row) => ({
    protocol: row.protocol ?? row.name ?? null,
    totalBytes: countersIn(row, lookup)?.totalBytes ?? 0,
  }));
  const sum = counted.reduce((bytes, { totalBytes }) => bytes + totalBytes, 0);
  return counted
    .filter(({ totalBytes }) => totalBytes > 0)
    .sort((a, b) => b.totalBytes - a.totalBytes)
    .slice(0, lookup.top)
    .map((one) => ({ ...one, sharePercent: Math.round((one.totalBytes / sum) * 1000) / 10 }));
}

/** The shape is not documented: whatever looks like a MAC address, anywhere near the surface. */
function macsWithin(answer: unknown): string[] {
  const found = new Set<string>();
  const look = (value: unknown, depth: number) => {
    if (typeof value === 'string' && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(value)) {
      found.add(value.toLowerCase());
    } else if (typeof value === 'object' && value !== null && depth < 4) {
      for (const [key, inner] of Object.entries(value)) {
        look(key, depth + 1);
        look(inner, depth + 1);
      }
    }
  };
  look(answer, 0);
  return [...found];
}

/** As much of a connection as a person reads, and as Capture Connection needs. */
function briefly(connection: Record<string, unknown>): Record<string, unknown> {
  const names = ['clientIp', 'clientPort', 'serverIp', 'serverPort', 'l4Protocol', 'protocol'];
  const times = ['connectionStart', 'lastActivity', 'durationSeconds', 'totalBytes'];
  return Object.fromEntries([...names, ...times].map((name) => [name, connection[name] ?? null]));
}
