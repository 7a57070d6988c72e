import {
  ALL_TRAFFIC,
  ANALYSIS_PROGRESS,
  CONNECTIONS,
  DEVICES,
  DISKS,
  INTERFACES,
  IPS,
  IPS_PAGED,
  IPS_TCP,
  LINK_GROUPS,
  MACS_PAGED,
  NOTIFICATIONS,
  PROTOCOLS_PAGED,
  ringBufferPath,
  STATISTICS,
  STORAGE,
  SYSTEM_HEALTH,
  SYSTEM_INFO,
  SYSTEM_STATE,
  TCP_PORTS_PAGED,
  TIME,
  UDP_PORTS_PAGED,
} from '../../client/api/paths';
import type { Query } from '../../client/http/query';

/** What a value is, as far as the nodes care. */
export type Shape = 'number' | 'boolean' | 'text' | 'list' | 'object' | 'counters';

/** One request that reads, and the fields that the nodes take from its response. */
export interface Check {
  method: 'GET' | 'OPTIONS';
  path: string;
  query?: Query;
  /** Field names, with `.` between levels and `[]` for the first element of a list. */
  fields: Readonly<Record<string, Shape>>;
}

const ONE_ROW: Query = { page: 0, count: 1, skiphistorydata: true };

const table = (path: string): Check => ({
  method: 'GET',
  path,
  query: { ...ONE_ROW, sort: 'bytes', reverse: true },
  fields: {
    numberOfItems: 'number',
    displayedItems: 'list',
    'displayedItems[].allTime': 'counters',
  },
});

/** Every path that can be read without naming an address, and without changing anything. */
export const CHECKS: readonly Check[] = [
  { method: 'OPTIONS', path: STATISTICS, fields: { subResources: 'list' } },
  { method: 'OPTIONS', path: IPS, fields: { subResources: 'list' } },
  { method: 'GET', path: TIME, fields: { currentTime: 'number' } },
  {
    method: 'GET',
    path: INTERFACES,
    query: { skiphistorydata: true },
    fields: { interfaces: 'list', 'interfaces[].name': 'text', 'interfaces[].allTime': 'counters' },
  },
  {
    method: 'GET',
    path: ALL_TRAFFIC,
    query: { skiphistorydata: true },
    fields: { 'globalCounters.allTime': 'counters' },
  },
  ...[IPS_PAGED, MACS_PAGED, PROTOCOLS_PAGED, TCP_PORTS_PAGED, UDP_PORTS_PAGED].map(table),
  { method: 'GET', path: IPS_TCP, query: ONE_ROW, fields: {} },
  { method: 'GET', path: CONNECTIONS, query: ONE_ROW, fields: {} },
  { method: 'GET', path: LINK_GROUPS, fields: {} },
  ...ANALYSIS_PROGRESS.map((path): Check => ({ method: 'GET', path, fields: {} })),
  { method: 'GET', path: DEVICES, fields: { '[].id': 'text', '[].host': 'text' } },
  { method: 'GET', path: ringBufferPath(0), fields: { isSuspended: 'boolean' } },
  { method: 'GET', path: SYSTEM_INFO, fields: { uptimeSec: 'number' } },
  { method: 'GET', path: SYSTEM_STATE, fields: {} },
  { method: 'GET', path: SYSTEM_HEALTH, fields: {} },
  { method: 'GET', path: DISKS, fields: {} },
  { method: 'GET', path: STORAGE, fields: {} },
  { method: 'GET', path: NOTIFICATIONS, fields: {} },
];
