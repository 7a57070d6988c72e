import { countText } from '../../values/amount-text';
import { addressText } from '../content/addresses';
import { BoundedTable } from '../content/bounded-table';
import type { Packet } from '../content/packet';
import type { Dissector } from './dissector';
import { finding, ipFilter, Sightings, type Finding } from './finding';

/** Sources: RFC 792 and 4443. What routers and hosts complain about. */

type Kind = 'unreachable' | 'timeExceeded' | 'redirect';

export interface IcmpFigures {
  unreachable: number;
  timeExceeded: number;
  redirects: number;
  /** Who said so of which destination, the most frequent first. */
  messages: Array<{
    kind: Kind;
    /** In words, e.g. `port unreachable`. */
    reason: string;
    from: string;
    destination: string | null;
    count: number;
  }>;
}

interface Entry {
  kind: Kind;
  reason: string;
  from: string;
  destination: string | null;
  seen: Sightings;
}

const KINDS_4 = new Map<number, Kind>([
  [3, 'unreachable'],
  [5, 'redirect'],
  [11, 'timeExceeded'],
]);
const KINDS_6 = new Map<number, Kind>([
  [1, 'unreachable'],
  [3, 'timeExceeded'],
  [137, 'redirect'],
]);
const REASONS_4: Record<number, string | undefined> = {
  0: 'network unreachable',
  1: 'host unreachable',
  2: 'protocol unreachable',
  3: 'port unreachable',
  4: 'fragmentation needed',
  9: 'prohibited',
  10: 'prohibited',
  13: 'prohibited',
};
const REASONS_6: Record<number, string | undefined> = {
  0: 'no route',
  1: 'prohibited',
  3: 'address unreachable',
  4: 'port unreachable',
};
const FILTERS: Record<Kind, string> = {
  unreachable: '(icmp.type == 3 || icmpv6.type == 1)',
  timeExceeded: '(icmp.type == 11 || icmpv6.type == 3)',
  redirect: '(icmp.type == 5 || icmpv6.type == 137)',
};

export class IcmpDissector implements Dissector<IcmpFigures> {
  private readonly counts: Record<Kind, number> = { unreachable: 0, timeExceeded: 0, redirect: 0 };
  private readonly table = new BoundedTable<string, Entry>(2000, ({ seen }) => seen.count);

  look(packet: Packet): void {
    const { ipProtocol } = packet;
    const isIcmp = ipProtocol === 1 || ipProtocol === 58;
    if (!isIcmp || packet.isLaterFragment || packet.end - packet.at < 8) return;
    const is4 = ipProtocol === 1;
    const kind = (is4 ? KINDS_4 : KINDS_6).get(packet.byte(0));
    if (!kind) return;
    this.counts[kind]++;
    const code = packet.byte(1);
    const reason =
      kind === 'unreachable'
        ? ((is4 ? REASONS_4 : REASONS_6)[code] ?? `unreachable (code ${code})`)
        : kind === 'redirect'
          ? 'redirect'
          : 'time exceeded';
    const from = addressText(packet.source);
    const destination = destinationOf(packet, is4, kind);
    const key = `${reason} ${from} ${destination}`;
    const made = { kind, reason, from, destination, seen: new Sightings() };
    (this.table.get(key) ?? this.table.add(key, made)).seen.add(packet.timeUs);
  }

  tables() {
    return { icmpMessages: this.table };
  }

  result(limit: number): IcmpFigures {
    const { unreachable, timeExceeded, redirect: redirects } = this.counts;
    const messages = this.table.top(limit).map(([, { seen, ...entry }]) => ({
      ...entry,
      count: seen.count,
    }));
    return { unreachable, timeExceeded, redirects, messages };
  }

  findings(): Finding[] {
    return this.table
      .top(Infinity)
      .filter(([, { kind, seen }]) => kind === 'redirect' || seen.count >= 10)
      .map(([, { kind, reason, from, destination, seen }]) =>
        finding(
          kind === 'redirect' ? 'redirect' : 'unreachable',
          seen,
          [...(destination === null ? [] : [destination]), from],
          kind === 'redirect'
            ? `${from} redirects traffic for ${destination ?? 'an unknown address'} (${countText(seen.count, 'time')}).`
            : `${from} reports "${reason}" for ${destination ?? 'an unknown address'} (${countText(seen.count, 'time')}).`,
          `${FILTERS[kind]} && ${ipFilter(from, 'src')}`,
        ),
      );
  }
}

/** Where the packet went that the message is about: it holds that packet's beginning. */
function destinationOf(packet: Packet, is4: boolean, kind: Kind): string | null {
  const left = packet.end - packet.at;
  if (is4) return left >= 28 ? addressText(packet.words(8 + 16, 2)) : null;
  if (kind === 'redirect') return left >= 40 ? addressText(packet.words(24, 8)) : null;
  return left >= 48 ? addressText(packet.words(8 + 24, 8)) : null;
}
