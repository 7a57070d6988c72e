import { AllegroError, type CallOptions } from '../../../client';
import { IPS, IPS_PAGED, MACS, MACS_PAGED } from '../../../client/api/paths';
import type { RunContext } from '../model/run-context';
import { kindOfElement } from './element-expression';

/** An address that a path of the statistics is about. */
interface PathAddress {
  kind: 'ip' | 'mac';
  value: string;
}

/** Lists that tell whether the appliance knows addresses at all. */
const LISTS = { ip: IPS_PAGED, mac: MACS_PAGED };

/**
 * Reads something about one address. That the appliance has not seen it is an answer, not an error;
 * but only where the list of addresses is there, so that a missing module is not taken for it.
 *
 * @returns nothing where the address was not seen
 */
export async function unlessUnseen<T>(
  { client }: RunContext,
  address: PathAddress | undefined,
  options: CallOptions,
  read: () => Promise<T>,
): Promise<T | undefined> {
  return read().catch(async (error: unknown) => {
    const isMissing = error instanceof AllegroError && error.kind === 'notFound';
    if (!isMissing || !address) throw error;
    const query = { page: 0, count: 1, skiphistorydata: true };
    const hasList = await client.get(LISTS[address.kind], query, options).then(
      () => true,
      () => false,
    );
    if (!hasList) throw error;
    return undefined;
  });
}

/** What a result says about an address that was not seen. */
export function notSeenWarning({ value }: PathAddress): string {
  return `The appliance has not seen ${value}, or no longer remembers it.`;
}

/** The address whose statistic a path is, if it is one. */
export function addressWithin(path: string): PathAddress | undefined {
  for (const [kind, list] of [
    ['ip', IPS],
    ['mac', MACS],
  ] as const) {
    if (!path.startsWith(`${list}/`)) continue;
    const value = decodeURIComponent(path.slice(list.length + 1));
    return kindOfElement(value) === kind ? { kind, value } : undefined;
  }
  return undefined;
}
