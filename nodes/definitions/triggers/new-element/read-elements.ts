import { AllegroError, inputError, isNotFound, type CallOptions } from '../../../../client';
import { DHCP_SERVERS, DNS_SERVERS } from '../../../../client/api/paths';
import { nameOfRow, type Row, type Rows } from '../../../../client/api/rows';
import { toCounters } from '../../../../client/values/counters';
import { isServicePort } from '../../../../client/values/service-port';
import { mapInOrder } from '../../model/map-in-order';
import type { RunContext } from '../../model/run-context';
import { addressesOf, readAddresses } from '../../statistics/address-list';
import { bracketed } from '../../statistics/element-expression';
import { isReadable } from '../../statistics/not-seen';
import { RANKING_PATHS } from '../../statistics/lists/ranking';
import { windowQuery, type Window } from '../window';
import type { NewElementValues } from './fields';
import { say, type SentenceValue } from '../../../../client/values/sentence';
import { toNumber } from '../../../../client/values/loose-value';

/** An element that a list of the appliance has. */
export interface FoundElement {
  element: string;
  row: Row;
}

export interface ElementRequest {
  window: Window;
  /** At the baseline, all that is listed; else what had traffic in the window. */
  isBaseline: boolean;
  /** How many at most. */
  limit: number;
  options: CallOptions;
}

/** How many are asked for when only a few are shown. */
export const PREVIEWED = 3;
/** Each is a request in every poll. */
const MAX_HOSTS = 256;
const PARALLEL_HOSTS = 8;

/** Lists without counters of traffic: all that they hold counts, in every window. */
const SERVER_LISTS = {
  dnsServer: { path: DNS_SERVERS, sort: 'requests' },
  dhcpServer: { path: DHCP_SERVERS, sort: 'ip' },
};

/**
 * Reads the elements that matter in a window.
 *
 * @throws AllegroError `input`, and what a request throws
 */
export async function readElements(
  context: RunContext,
  values: NewElementValues,
  request: ElementRequest,
): Promise<FoundElement[]> {
  const { elementKind: kind } = values;
  switch (kind) {
    case 'hostPort':
      return readHostPorts(context, values, request);
    case 'dnsServer':
    case 'dhcpServer':
      return readServers(context, SERVER_LISTS[kind], request);
    default: {
      const rows = await readRows(context, RANKING_PATHS[kind], request);
      const found = rows.map((row) => ({ element: elementOf(row), row }));
      const layer4 = { tcpPort: 'TCP', udpPort: 'UDP' }[kind as string];
      if (!layer4 || values.portFilter === 'all') return found;
      return found.filter(({ element }) => isServicePort(toNumber(element) ?? NaN, { layer4 }));
    }
  }
}

/**
 * What had traffic in a window; at the baseline everything that is listed. Elements without traffic
 * in the window may be listed too, and come last.
 */
async function readRows(
  context: RunContext,
  path: string,
  { window, isBaseline, limit, options }: ElementRequest,
): Promise<Row[]> {
  const { client } = context;
  const query = { sort: 'bytes', reverse: true, skiphistorydata: true, ...windowQuery(window) };
  for (let asked = isBaseline ? limit : Math.min(100, limit); ; asked *= 4) {
    const most = Math.min(asked, limit);
    const found = await client.rows({ path, query, limit: most }, options);
    const { rows, total, warnings } = found;
    const isAll = rows.length < most && warnings.length === 0;
    const isBehindTraffic = rows.length > 0 && !hadTraffic(rows.at(-1)!);
    if (isAll || isBaseline || isBehindTraffic || most >= limit) {
      if (most >= limit && !isBehindTraffic) warnOfMore(context, path, total, limit);
      const listed = namedRows(context, path, found, isBaseline);
      return isBaseline ? listed : listed.filter(hadTraffic);
    }
  }
}

async function readServers(
  context: RunContext,
  { path, sort }: { path: string; sort: string },
  { isBaseline, limit, options }: ElementRequest,
): Promise<FoundElement[]> {
  const { client } = context;
  const query = { sort, reverse: true, skiphistorydata: true };
  const found = await client.rows({ path, query, limit }, options).catch(async (error: unknown) => {
    // A firmware may answer so for an empty list; then its module is there.
    const module = path.slice(0, path.lastIndexOf('/'));
    const isEmpty =
      isNotFound(error) && (await isReadable(client, module, { skiphistorydata: true }, options));
    return isEmpty ? { rows: [], total: 0, warnings: [] } : Promise.reject(error);
  });
  warnOfMore(context, path, found.total, limit);
  const listed = namedRows(context, path, found, isBaseline);
  return listed.map((row) => ({ element: elementOf(row), row }));
}

/**
 * The rows that name an element. Of a baseline it is logged what the list lacks: that would be new
 * when it is listed later.
 *
 * @throws AllegroError `badAnswer` where no row names one
 */
function namedRows(
  { client, log }: RunContext,
  path: string,
  { rows, warnings }: Rows,
  isBaseline: boolean,
): Row[] {
  const named = rows.filter((row) => elementOf(row) !== '');
  if (rows.length > 0 && named.length === 0) {
    throw new AllegroError({
      ...{ kind: 'badAnswer', device: client.baseUrl, method: 'GET', path },
      what: say`The response lists ${rows.length} [entry|entries], but none with the name of an element.`,
      advice: say`Check the response with Get Stats.`,
    });
  }
  if (isBaseline) {
    for (const warning of warnings) log.warn(warning);
    const nameless = rows.length - named.length;
    if (nameless > 0) log.warn(say`Entries of ${path} without a name, left out: ${nameless}.`);
  }
  return named;
}

/**
 * All ports that the appliance remembers: that a time range applies to these tables is not
 * documented. A host that is gone offers nothing; one that cannot be read ends the poll, which is tried
 * again.
 */
async function readHostPorts(
  context: RunContext,
  { addresses, portFilter }: NewElementValues,
  { limit, options }: ElementRequest,
): Promise<FoundElement[]> {
  const { client, signal, log } = context;
  const ips = await addressesOf(context, readAddresses(addresses), options);
  if (ips.length > MAX_HOSTS) throw tooManyError(ips.length);
  const servicesOnly = portFilter === 'services';
  const read = (ip: string, ownSignal: AbortSignal) =>
    client
      .serverPorts(ip, {}, { ...options, signal: ownSignal, servicesOnly })
      .then(({ asServer }) => asServer.map((port) => toHostPort(ip, port)))
      .catch((error: unknown) => (isNotFound(error) ? [] : Promise.reject(error)));
  const found: FoundElement[] = [];
  for await (const ports of mapInOrder(ips, PARALLEL_HOSTS, signal, read)) {
    found.push(...ports);
    if (limit <= PREVIEWED && found.length >= limit) break;
  }
  warnOfMore({ log }, say`the tables of server ports`, found.length, limit);
  return found;
}

function toHostPort(ip: string, port: number): FoundElement {
  return { element: `${bracketed(ip)}:${port}`, row: { ip, port } };
}

function warnOfMore(
  { log }: Pick<RunContext, 'log'>,
  path: SentenceValue,
  total: number | undefined,
  limit: number,
): void {
  if (limit <= PREVIEWED || (total ?? 0) <= limit) return;
  log.warn(
    say`The appliance lists ${total ?? 0} [element|elements] in ${path}, but only ${limit} are remembered. Some may be reported though they are not new.`,
  );
}

/** Without counters nobody can tell; then it counts. */
function hadTraffic(row: Row): boolean {
  return (toCounters(row.interval)?.totalPackets ?? 1) > 0;
}

function elementOf(row: Row): string {
  const value = nameOfRow(row)?.value;
  return value === undefined ? '' : String(value);
}

function tooManyError(count: number): AllegroError {
  return inputError(
    'addresses',
    say`"IP Addresses" stands for ${count} known [address|addresses]; at most ${MAX_HOSTS} can be watched.`,
    say`Enter smaller networks, or use several triggers.`,
  );
}
