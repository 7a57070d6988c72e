import type { Query, QueryValue } from '../http/query';

/** Which device, analysis slot and virtual link group a call is about. */
export interface Address {
  /**
   * `mm-id` in any of its forms: `:1`, `local:1`, `<device>`, `<device>:<slot>`. Absent: live
   * traffic of the appliance itself. Source: "Parallel pcap analysis", "Multi-device analysis".
   */
  mmId?: string;
  /** Virtual link group, 0 for the first. Source: "Virtual Link Groups". */
  group?: number;
}

/** An address as query parameters. Holds only what is set, so that it overwrites nothing else. */
export function addressQuery({ mmId, group }: Address = {}): Query {
  const query: Record<string, QueryValue> = {};
  if (mmId !== undefined) query['mm-id'] = mmId;
  if (group !== undefined) query.group = group;
  return query;
}

/** The device and slot that a query addresses, wherever they came from. */
export function mmIdOf(query: Query = {}): string | undefined {
  const mmId = query['mm-id'];
  return mmId === undefined || mmId === null ? undefined : String(mmId);
}
