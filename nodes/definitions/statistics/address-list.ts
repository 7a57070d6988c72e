import { inputError, type CallOptions } from '../../../client';
import {
  formatIp,
  isInNetwork,
  isSingleAddress,
  notAnAddress,
  parseNetwork,
  type Network,
} from '../../../client/values/ip-address';
import { IPS } from '../../../client/api/paths';
import { partsOfList } from '../fields/address';
import type { RunContext } from '../model/run-context';
import { say } from '../../../client/values/sentence';
import { asText } from '../../../client/values/text';

/**
 * Reads addresses and networks from a list that a person typed.
 *
 * @throws AllegroError `input`, naming the field `addresses`
 */
export function readAddresses(text: string): Network[] {
  return partsOfList(text).map((part) => {
    const network = parseNetwork(part);
    if (network) return network;
    const { what, advice } = notAnAddress(part, say`10.1.2.3 or 10.1.2.0/24`);
    throw inputError('addresses', what, advice);
  });
}

/**
 * The addresses that are meant; all that the appliance knows where none are named. The list of all is
 * asked for only where it is needed.
 */
export async function addressesOf(
  { client }: RunContext,
  wanted: readonly Network[],
  options: CallOptions,
): Promise<string[]> {
  if (wanted.length > 0 && wanted.every(isSingleAddress)) {
    return [...new Set(wanted.map(({ bytes }) => formatIp(bytes)))];
  }
  const answer = await client.get(IPS, {}, options);
  const known = namesWithin(answer);
  if (wanted.length === 0) return known;
  return known.filter((ip) => wanted.some((network) => isInNetwork(ip, network)));
}

/** The script that uses the list takes an array as well as an object by address. */
function namesWithin(answer: unknown): string[] {
  if (Array.isArray(answer)) {
    return answer.map((item: unknown) =>
      typeof item === 'object' && item !== null
        ? asText((item as { ip?: unknown }).ip)
        : asText(item),
    );
  }
  if (typeof answer !== 'object' || answer === null) return [];
  const { displayedItems } = answer as { displayedItems?: unknown };
  return Array.isArray(displayedItems) ? namesWithin(displayedItems) : Object.keys(answer);
}
