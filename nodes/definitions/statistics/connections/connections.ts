import { inputError } from '../../../../client';
import { toCounters } from '../../../../client/values/counters';
import { toNumber } from '../../../../client/values/loose-value';
import {
  isInNetwork,
  isSingleAddress,
  notAnAddress,
  parseNetwork,
  type Network,
} from '../../../../client/values/ip-address';
import type { Row } from '../../../../client/api/rows';
import { trafficColumns } from '../lists/traffic-columns';
import { rtpQuality } from './rtp-quality';
import { say } from '../../../../client/values/sentence';
import { asText } from '../../../../client/values/text';

/** Which connections a person wants; absent parts fit everything. */
export interface ConnectionFilter {
  host?: Network;
  /** Whether the host is one address rather than a network. */
  isSingleHost: boolean;
  port?: number;
  l4Protocol?: string;
  protocol?: string;
}

interface FilterValues {
  host: string;
  port: number | null;
  l4Protocol: string;
  protocol: string;
}

/** @throws AllegroError `input` */
export function readConnectionFilter(values: FilterValues): ConnectionFilter {
  const text = values.host;
  const host = text ? parseNetwork(text) : undefined;
  if (text && !host) {
    const { what, advice } = notAnAddress(text, say`10.1.2.3 or 10.1.2.0/24`);
    throw inputError('host', what, advice);
  }
  return {
    host,
    isSingleHost: host !== undefined && isSingleAddress(host),
    port: values.port ?? undefined,
    l4Protocol: values.l4Protocol.toLowerCase() || undefined,
    protocol: values.protocol.toLowerCase() || undefined,
  };
}

/** Whether the filter asks for anything that is decided here, rather than by the appliance. */
export function isFiltering({ host, port, l4Protocol, protocol }: ConnectionFilter): boolean {
  return [host, port, l4Protocol, protocol].some((part) => part !== undefined);
}

export function fitsFilter(row: Row, filter: ConnectionFilter): boolean {
  const { host, port, l4Protocol, protocol } = filter;
  const ends = [row.clientIp, row.serverIp].map(asText);
  if (host && !ends.some((end) => isInNetwork(end, host))) return false;
  if (port !== undefined && ![row.clientPort, row.serverPort].map(toNumber).includes(port)) {
    return false;
  }
  if (l4Protocol && textOf(layer4Of(row)) !== l4Protocol) return false;
  return !protocol || textOf(row.dpiProtocol) === protocol;
}

/** Arrays by position, which the named counters replace, and points of graphs. */
const REPLACED = new Set([
  'interval',
  'allTime',
  'lastSecond',
  'intervalPerSecond',
  'history',
  'l4ProtocolShortName',
  'dpiProtocol',
]);

/**
 * A connection as the nodes hand it on, in columns of a table: who, the quality of RTP, counters with
 * names, times in ISO 8601, and as they came in milliseconds.
 *
 * @param hasInterval whether the counters are those of an interval rather than of all time
 * @param isSimple whether to leave out what is not a single value, such as `rtpStats`
 */
export function toConnection(
  row: Row,
  hasInterval: boolean,
  isSimple: boolean,
): Record<string, unknown> {
  const { clientIp, clientPort, serverIp, serverPort, connectionStart, lastActivity } = row;
  const counters =
    toCounters(hasInterval ? row.interval : row.allTime) ?? toCounters(row.allTime ?? row.interval);
  const [start, end] = [connectionStart, lastActivity].map(milliseconds);
  const others = Object.entries(row).filter(
    ([name, value]) => !REPLACED.has(name) && !(isSimple && typeof value === 'object'),
  );
  return {
    clientIp,
    clientPort,
    serverIp,
    serverPort,
    l4Protocol: layer4Of(row) ?? null,
    protocol: row.dpiProtocol ?? null,
    ...('rtpStats' in row ? rtpQuality(row.rtpStats) : {}),
    ...(counters && trafficColumns(counters, undefined, 'bytes')),
    connectionStartIso: isoOf(start),
    lastActivityIso: isoOf(end),
    durationSeconds:
      start === undefined || end === undefined ? null : Math.round(end - start) / 1000,
    connectionStart,
    lastActivity,
    ...Object.fromEntries(others),
  };
}

function layer4Of(row: Row): unknown {
  return row.l4ProtocolShortName ?? row.l4Protocol;
}

function textOf(value: unknown): string {
  return asText(value ?? '').toLowerCase();
}

/** Some firmware writes the fraction of a text with a comma. */
function milliseconds(value: unknown): number | undefined {
  const number = toNumber(typeof value === 'string' ? value.replace(',', '.') : value);
  return number !== undefined && number > 0 ? number : undefined;
}

function isoOf(ms: number | undefined): string | null {
  return ms === undefined || ms > 8.64e15 ? null : new Date(ms).toISOString();
}
