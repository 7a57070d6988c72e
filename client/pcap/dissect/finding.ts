/** Something that stands out, by one of the rules. */
export interface Finding {
  rule: RuleName;
  /** One sentence with addresses, counts and the threshold's figure. */
  text: string;
  /** Addresses that it is about; the one to look at first. */
  addresses: string[];
  count: number;
  /** ISO 8601 in UTC; null where the file gives no times. */
  from: string | null;
  to: string | null;
  /** Shows the packets in Wireshark. */
  displayFilter: string;
}

/** The rules, the most urgent first; thresholds and titles as docs/pcap-summary.md lists them. */
export const RULES = {
  scan: 'One address fails to connect to 20 or more ports of a host, or to as many hosts at a port',
  beacon:
    'Six or more connections to one port of a host, every second or less often, at intervals that vary by less than 10 %',
  longDnsNames:
    'Queries for 20 or more different names of 52 or more characters in one domain, but for names of addresses',
  clearTextLogin:
    'A password in FTP (unless anonymous), POP3, IMAP, SMTP, Telnet or HTTP (also of a form) without TLS',
  dhcp: 'More than one DHCP server makes an offer for one request',
  arp: 'An IP address with more than one MAC address',
  redirect: 'A router tells hosts to use another one (ICMP redirect)',
  certificate:
    'A certificate that had expired, or was not yet valid, when it was sent (up to TLS 1.2)',
  loss: 'At least 1 % of the data packets of a conversation, and at least 10, were sent again',
  voice:
    'An RTP stream of 100 packets or more that lost at least 3 %, or has a mean jitter of 30 ms or more',
  dnsErrors:
    'A DNS server fails (SERVFAIL) or does not answer 3 or more queries, and at least 10 % of them',
  nxdomain:
    'One address asks 10 or more times for names that do not exist, in at least 30 % of its queries, but for names of addresses',
  unreachable: '10 or more equal ICMP messages: destination unreachable, or time exceeded',
  copies: 'At least 10 % of the TCP packets with data, and at least 10, are in the file twice',
  oneSided: 'At least half of the TCP connections have one direction only',
  captureLoss: '10 or more acknowledgements of packets that are not in the file',
} as const;

export type RuleName = keyof typeof RULES;

/** When something was seen, and how often. */
export class Sightings {
  count = 0;
  firstUs = NaN;
  lastUs = NaN;

  add(timeUs: number): void {
    this.count++;
    if (!(this.firstUs <= timeUs)) this.firstUs = timeUs;
    if (!(this.lastUs >= timeUs)) this.lastUs = timeUs;
  }
}

export function finding(
  rule: RuleName,
  seen: Pick<Sightings, 'count' | 'firstUs' | 'lastUs'>,
  addresses: string[],
  text: string,
  displayFilter: string,
): Finding {
  const { count, firstUs, lastUs } = seen;
  return { rule, text, addresses, count, from: iso(firstUs), to: iso(lastUs), displayFilter };
}

/** A `Date` ends at 8.64e15 ms. */
const iso = (us: number) =>
  Math.abs(us) < 8.64e18 ? new Date(Math.floor(us / 1000)).toISOString() : null;

/** The field of Wireshark for an address of either IP version. */
export const ipFilter = (address: string, side: 'addr' | 'src' | 'dst' = 'addr') =>
  `${address.includes(':') ? 'ipv6' : 'ip'}.${side} == ${address}`;
