import { isNotFound, type CallOptions } from '../../../client';
import type { Rows } from '../../../client/api/rows';
import type { Query } from '../../../client/http/query';
import { ipPath, IPS, IPS_PAGED, macPath, MACS, MACS_PAGED } from '../../../client/api/paths';
import type { RunContext } from '../model/run-context';
import { kindOfElement } from './element-expression';
import { say, type Sentence } from '../../../client/values/sentence';

/** An address that a path of the statistics is about. */
interface PathAddress {
  kind: 'ip' | 'mac';
  value: string;
  /** Whether the path is about a part of it, such as its peers, which a firmware may not have. */
  isPart?: boolean;
}

const ONE = { ip: ipPath, mac: macPath };

/** Lists that tell whether the appliance knows addresses at all. */
const LISTS = { ip: IPS_PAGED, mac: MACS_PAGED };

/** What a path that is not found lacks: its address, what belongs to the address, or all addresses. */
type Missing = 'address' | 'part' | 'module';

/**
 * Reads something about one address. That the appliance has not seen it is an answer, not an error;
 * but only where the list of addresses is there, so that a missing module is not taken for it.
 *
 * @returns nothing where the address was not seen
 */
export async function unlessUnseen<T>(
  context: RunContext,
  address: PathAddress | undefined,
  options: CallOptions,
  read: () => Promise<T>,
): Promise<T | undefined> {
  return read().catch(async (error: unknown) => {
    if (!isNotFound(error) || !address) throw error;
    if ((await whatIsMissing(context, address, options)) !== 'address') throw error;
    return undefined;
  });
}

/**
 * Reads a list that belongs to an address. A list that is not found is empty, with a warning: some
 * appliances answer so for one without elements.
 *
 * @param things what is listed, as in "peers"
 */
export async function rowsOfAddress(
  context: RunContext,
  address: Omit<PathAddress, 'isPart'>,
  things: Sentence,
  options: CallOptions,
  read: () => Promise<Rows>,
): Promise<Rows> {
  return read().catch(async (error: unknown) => {
    if (!isNotFound(error)) throw error;
    const missing = await whatIsMissing(context, { ...address, isPart: true }, options);
    if (missing === 'module') throw error;
    const warning =
      missing === 'address'
        ? notSeenWarning(address)
        : say`The appliance knows ${address.value} but found no ${things} of it (HTTP 404): there are none, or its firmware does not list them.`;
    return { rows: [], total: 0, warnings: [warning] };
  });
}

/** With as few requests as it takes. */
async function whatIsMissing(
  { client }: RunContext,
  { kind, value, isPart }: PathAddress,
  options: CallOptions,
): Promise<Missing> {
  const query = { page: 0, count: 1, skiphistorydata: true };
  if (!(await isReadable(client, LISTS[kind], query, options))) return 'module';
  if (!isPart) return 'address';
  return client.get(ONE[kind](value), { skiphistorydata: true }, options).then(
    () => 'part',
    (error: unknown) => (isNotFound(error) ? 'address' : 'part'),
  );
}

/** Whether a path can be read; tells an answer that is missing from a module that is. */
export function isReadable(
  client: RunContext['client'],
  path: string,
  query: Query,
  options: CallOptions,
): Promise<boolean> {
  return client.get(path, query, options).then(
    () => true,
    () => false,
  );
}

/** What a result says about an address that was not seen. */
export function notSeenWarning({ value }: PathAddress): Sentence {
  return say`The appliance has not seen ${value}, or no longer remembers it.`;
}

/** The address whose statistic, or part of it, a path is about. */
export function addressWithin(path: string): PathAddress | undefined {
  for (const [kind, list] of [
    ['ip', IPS],
    ['mac', MACS],
  ] as const) {
    if (!path.startsWith(`${list}/`)) continue;
    const [first = '', ...rest] = path.slice(list.length + 1).split('/');
    const value = decodeURIComponent(first);
    const isPart = rest.some((part) => part !== '');
    return kindOfElement(value) === kind ? { kind, value, isPart } : undefined;
  }
  return undefined;
}
