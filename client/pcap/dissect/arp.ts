import { addressText } from '../content/addresses';
import { BoundedTable } from '../content/bounded-table';
import type { Packet } from '../content/packet';
import type { Dissector } from './dissector';
import { finding, Sightings, type Finding } from './finding';

/** Source: RFC 826. Which MAC address says that it has an IP address. */

export interface ArpFigures {
  requests: number;
  replies: number;
  /** IPv4 addresses that more than one MAC address claims. */
  conflicts: Array<{ address: string; macs: string[] }>;
}

/** More claims for one address are not kept. */
const MAX_MACS = 8;
const NOBODY = '\0\0';

interface Claims {
  /** Most addresses have one: a list of it is smaller than a set. */
  macs: string[];
  seen: Sightings;
}

export class ArpDissector implements Dissector<ArpFigures> {
  private requests = 0;
  private replies = 0;
  private readonly table = new BoundedTable<string, Claims>(10_000, ({ macs }) => macs.length);

  look(packet: Packet): void {
    if (packet.protocol !== 'ARP' || packet.end - packet.at < 28) return;
    // Ethernet and IPv4 alone.
    if (packet.word(0) !== 1 || packet.word(2) !== 0x0800 || packet.word(4) !== 0x0604) return;
    const operation = packet.word(6);
    if (operation === 1) this.requests++;
    else if (operation === 2) this.replies++;
    const address = packet.words(14, 2);
    if (address === NOBODY) return;
    const claims =
      this.table.get(address) ?? this.table.add(address, { macs: [], seen: new Sightings() });
    claims.seen.add(packet.timeUs);
    const mac = packet.words(8, 3);
    if (claims.macs.length < MAX_MACS && !claims.macs.includes(mac)) claims.macs.push(mac);
  }

  tables() {
    return { arpAddresses: this.table };
  }

  private conflicts() {
    return this.table
      .top(Infinity)
      .filter(([, { macs }]) => macs.length > 1)
      .map(([address, { macs, seen }]) => ({
        address: addressText(address),
        macs: macs.map(addressText),
        seen,
      }));
  }

  result(limit: number): ArpFigures {
    const conflicts = this.conflicts()
      .slice(0, limit)
      .map(({ address, macs }) => ({ address, macs }));
    return { requests: this.requests, replies: this.replies, conflicts };
  }

  findings(): Finding[] {
    return this.conflicts().map(({ address, macs, seen }) =>
      finding(
        'arp',
        seen,
        [address],
        `${address} has ${macs.length} MAC addresses (${macs.join(', ')}): an address in use twice, a failover, or ARP spoofing.`,
        `arp.src.proto_ipv4 == ${address}`,
      ),
    );
  }
}
