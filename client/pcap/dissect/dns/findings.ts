import { countText, numberText, percentText } from '../../../values/amount-text';
import { oneLine } from '../../../values/text';
import { addressText } from '../../content/addresses';
import { finding, ipFilter, type Finding, type Sightings } from '../finding';
import type { Timing } from '../timing';

export const LONG_NAME = 52;
/** So many different long names in a domain stand out. */
export const MANY_NAMES = 20;
/** Characters of a name in a text. */
const MAX_EXAMPLE = 80;

export interface Server {
  /** Two bytes a character, as all addresses here. */
  address: string;
  queries: number;
  responses: number;
  failed: Sightings;
  time: Timing;
}

export interface Client {
  address: string;
  queries: number;
  missing: Sightings;
  /** The first name that did not exist; without any, nothing is missing. */
  example?: string;
}

export interface LongNames {
  seen: Sightings;
  client: Client;
  example: string;
  /** Different ones, as many as it takes to stand out. */
  names: Set<string>;
}

/** What stands out in queries and responses. */
export function dnsFindings(
  clients: Iterable<Client>,
  servers: Iterable<Server>,
  longNames: Iterable<[domain: string, found: LongNames]>,
): Finding[] {
  const found: Finding[] = [];
  for (const { address: words, queries, missing, example } of clients) {
    // Where the capture misses queries, there are more responses.
    const share = missing.count / Math.max(queries, missing.count);
    if (missing.count < 10 || share < 0.3) continue;
    const address = addressText(words);
    const text = `${address} asked for names that do not exist ${countText(missing.count, 'time')} (${percentText(share)} of its queries), e.g. ${oneLine(example!, MAX_EXAMPLE)}.`;
    const filter = `dns.flags.rcode == 3 && ${ipFilter(address, 'dst')}`;
    found.push(finding('nxdomain', missing, [address], text, filter));
  }
  for (const { address: words, queries, responses, failed } of servers) {
    const all = Math.max(queries, failed.count);
    if (failed.count < 3 || failed.count / all < 0.1) continue;
    const address = addressText(words);
    const asked = countText(all, 'query', 'queries');
    const what =
      responses === 0
        ? `answered none of ${asked}: it is down, or the capture misses its direction`
        : `failed or did not answer ${numberText(failed.count)} of ${asked}`;
    const text = `DNS server ${address} ${what}.`;
    const filter = `dns && ${ipFilter(address)}`;
    found.push(finding('dnsErrors', failed, [address], text, filter));
  }
  for (const [domain, { seen, client, example, names }] of longNames) {
    if (names.size < MANY_NAMES) continue;
    const address = addressText(client.address);
    const text = `${address} asked ${countText(seen.count, 'time')} for long names in ${domain}, e.g. ${oneLine(example, MAX_EXAMPLE)}: data may be hidden in them.`;
    const filter = `dns.qry.name contains "${domain.replace(/["\\`]/g, '')}" && dns.qry.name.len >= ${LONG_NAME}`;
    found.push(finding('longDnsNames', seen, [address], text, filter));
  }
  return found;
}
