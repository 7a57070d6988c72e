import { countText, durationText } from '../../../values/amount-text';
import { addressText } from '../../content/addresses';
import { BoundedTable } from '../../content/bounded-table';
import { addressOf, endText, type Direction, type End, type Flow } from '../../content/flows';
import { finding, ipFilter, Sightings, type Finding } from '../finding';
import type { FailedAttempt } from './tcp';

const SCAN_TARGETS = 20;
/** More targets are not told apart, of one client and of all together. */
const MAX_TARGETS = 1024;
const MAX_ALL_TARGETS = 50_000;
const BEACON_CONNECTIONS = 6;
const BEACON_VARIATION = 0.1;
const BEACON_INTERVAL_US = 1e6;

/** Failed attempts of one client: at ports of one host, or at hosts by one port. */
interface Attempts {
  /** Addresses as in {@link End}. */
  client: string;
  same: string | number;
  firstTarget: string | number;
  /** With the second target: most clients of a scan's replies have one alone. */
  targets?: Set<string | number>;
  seen: Sightings;
}

/** How regularly one end opens connections to a port of another (Welford's method). */
interface Rhythm {
  seen: Sightings;
  mean: number;
  squares: number;
}

/** Looks at how connections begin: scans, and calls at regular intervals. */
export class AttemptDissector {
  /** Targets that are kept now, beyond the first of each. */
  private targets = 0;
  private readonly attempts = new BoundedTable<string, Attempts>(
    2000,
    targetsOf,
    'count',
    ({ targets }) => (this.targets -= targets?.size ?? 0),
  );
  private readonly rhythms = new BoundedTable<string, Rhythm>(10_000, ({ seen }) => seen.count);

  /** A connection that was refused, or got no answer. */
  fail({ flow, client }: FailedAttempt): void {
    const [from, to] = ends(flow, client);
    this.count(`h${from.address}${to.address}`, from.address, to.address, to.port, flow.firstUs);
    const byPort = `p${from.address}${String.fromCharCode(to.port)}`;
    this.count(byPort, from.address, to.port, to.address, flow.firstUs);
  }

  private count(
    key: string,
    client: string,
    same: string | number,
    target: string | number,
    us: number,
  ): void {
    const entry =
      this.attempts.get(key) ??
      this.attempts.add(key, { client, same, firstTarget: target, seen: new Sightings() });
    entry.seen.add(us);
    if (target === entry.firstTarget) return;
    const before = entry.targets?.size ?? 0;
    const isFull = this.targets >= MAX_ALL_TARGETS && before > SCAN_TARGETS;
    if (isFull || before >= MAX_TARGETS) return;
    entry.targets ??= new Set([entry.firstTarget]);
    entry.targets.add(target);
    this.targets += entry.targets.size - before;
  }

  tables() {
    return { attempts: this.attempts, rhythms: this.rhythms };
  }

  open(flow: Flow, direction: Direction): void {
    const key = rhythmKey(flow, direction);
    const entry =
      this.rhythms.get(key) ??
      this.rhythms.add(key, { seen: new Sightings(), mean: 0, squares: 0 });
    const { seen } = entry;
    const interval = flow.firstUs - seen.lastUs;
    seen.add(flow.firstUs);
    if (seen.count < 2 || !(interval >= 0)) return;
    const difference = interval - entry.mean;
    entry.mean += difference / (seen.count - 1);
    entry.squares += difference * (interval - entry.mean);
  }

  findings(): Finding[] {
    return [...this.scans(), ...this.beacons()];
  }

  private scans(): Finding[] {
    return this.attempts
      .top(Infinity)
      .filter(([, entry]) => targetsOf(entry) >= SCAN_TARGETS)
      .map(([, entry]) => scanFinding(entry));
  }

  private beacons(): Finding[] {
    return this.rhythms
      .top(Infinity)
      .filter(([, { seen, mean, squares }]) => {
        const deviation = Math.sqrt(squares / (seen.count - 1));
        const isRegular = mean >= BEACON_INTERVAL_US && deviation / mean < BEACON_VARIATION;
        return seen.count >= BEACON_CONNECTIONS && isRegular;
      })
      .map(([key, { seen, mean }]) => {
        const { client, server } = rhythmEnds(key);
        const [from, to] = [addressText(client), addressOf(server)];
        return finding(
          'beacon',
          seen,
          [from, to],
          `${from} connects to ${endText(server)} every ${durationText(mean / 1e6)} (${countText(seen.count, 'time')}): a beacon, or monitoring.`,
          `tcp.flags.syn == 1 && ${ipFilter(from)} && ${ipFilter(to)} && tcp.port == ${server.port}`,
        );
      });
  }
}

/** The server's port, which of the two addresses is the client's, and both as in the flow's key. */
function rhythmKey({ key, isForward }: Flow, client: Direction): string {
  const isFirst = isForward === (client === 0);
  return key.charAt(isFirst ? 2 : 1) + (isFirst ? '1' : '2') + key.slice(3);
}

/** @param key as {@link rhythmKey} makes it */
function rhythmEnds(key: string): { client: string; server: End } {
  const middle = (key.length + 2) / 2;
  const [first, second] = [key.slice(2, middle), key.slice(middle)];
  const [client, address] = key[1] === '1' ? [first, second] : [second, first];
  return { client, server: { address, port: key.charCodeAt(0) } };
}

function ends(flow: Flow, client: Direction): [End, End] {
  return client === 0 ? [flow.ends[0], flow.ends[1]] : [flow.ends[1], flow.ends[0]];
}

const targetsOf = ({ targets }: Attempts) => targets?.size ?? 1;

function scanFinding(entry: Attempts): Finding {
  const { seen, same } = entry;
  const client = addressText(entry.client);
  const filter = `tcp.flags.syn == 1 && tcp.flags.ack == 0 && ${ipFilter(client, 'src')}`;
  const count = targetsOf(entry);
  const failed = 'that refused or did not answer';
  if (typeof same === 'number') {
    const text = `${client} tried ${countText(count, 'host')} at port ${same} ${failed}: a scan, or an outage.`;
    return finding('scan', seen, [client], text, `${filter} && tcp.port == ${same}`);
  }
  const host = addressText(same);
  const text = `${client} tried ${countText(count, 'port')} of ${host} ${failed}: a port scan.`;
  return finding('scan', seen, [client, host], text, `${filter} && ${ipFilter(host)}`);
}
