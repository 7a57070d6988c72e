import { BoundedTable } from '../../content/bounded-table';
import { addressOf, endText, type Direction, type End, type Flow } from '../../content/flows';
import { finding, ipFilter, Sightings, type Finding } from '../finding';
import type { FailedAttempt } from './tcp';

const SCAN_TARGETS = 20;
/** More targets are not told apart. */
const MAX_TARGETS = 1024;
const BEACON_CONNECTIONS = 6;
const BEACON_VARIATION = 0.1;
const BEACON_INTERVAL_US = 1e6;

interface Attempts {
  client: string;
  /** The host whose ports were tried, or the port that hosts were tried at. */
  what: string;
  filter: string;
  kind: 'ports' | 'hosts';
  targets: Set<string | number>;
  seen: Sightings;
}

/** How regularly one end opens connections to a port of another (Welford's method). */
interface Rhythm {
  client: End;
  server: End;
  seen: Sightings;
  mean: number;
  squares: number;
}

/** Looks at how connections begin: scans, and calls at regular intervals. */
export class AttemptDissector {
  private readonly attempts = new BoundedTable<string, Attempts>(
    2000,
    ({ targets }) => targets.size,
  );
  private readonly rhythms = new BoundedTable<string, Rhythm>(10_000, ({ seen }) => seen.count);

  /** A connection that was refused, or got no answer. */
  fail({ flow, client }: FailedAttempt): void {
    const [from, to] = ends(flow, client);
    const source = addressOf(from);
    const host = addressOf(to);
    const port = `port ${to.port}`;
    this.count('ports', source, host, ipFilter(host), to.port, flow.firstUs);
    this.count('hosts', source, port, `tcp.port == ${to.port}`, host, flow.firstUs);
  }

  private count(
    kind: Attempts['kind'],
    client: string,
    what: string,
    filter: string,
    target: string | number,
    us: number,
  ): void {
    const key = `${client} ${what}`;
    const made = {
      client,
      what,
      filter,
      kind,
      targets: new Set<string | number>(),
      seen: new Sightings(),
    };
    const entry = this.attempts.get(key) ?? this.attempts.add(key, made);
    entry.seen.add(us);
    if (entry.targets.size < MAX_TARGETS) entry.targets.add(target);
  }

  open(flow: Flow, direction: Direction): void {
    const [client, server] = ends(flow, direction);
    const key = client.address + server.address + String.fromCharCode(server.port);
    const made = { client, server, seen: new Sightings(), mean: 0, squares: 0 };
    const entry = this.rhythms.get(key) ?? this.rhythms.add(key, made);
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
      .filter(([, { targets }]) => targets.size >= SCAN_TARGETS)
      .map(([, { client, what, kind, targets, seen, filter }]) =>
        finding(
          'scan',
          seen,
          kind === 'ports' ? [client, what] : [client],
          kind === 'ports'
            ? `${client} tried ${targets.size} ports of ${what} that refused or did not answer: a port scan.`
            : `${client} tried ${targets.size} hosts at ${what} that refused or did not answer: a scan.`,
          `tcp.flags.syn == 1 && tcp.flags.ack == 0 && ${ipFilter(client, 'src')} && ${filter}`,
        ),
      );
  }

  private beacons(): Finding[] {
    return this.rhythms
      .top(Infinity)
      .filter(([, { seen, mean, squares }]) => {
        const deviation = Math.sqrt(squares / (seen.count - 1));
        const isRegular = mean >= BEACON_INTERVAL_US && deviation / mean < BEACON_VARIATION;
        return seen.count >= BEACON_CONNECTIONS && isRegular;
      })
      .map(([, { client, server, seen, mean }]) =>
        finding(
          'beacon',
          seen,
          [addressOf(client), addressOf(server)],
          `${addressOf(client)} connects to ${endText(server)} every ${Math.round(mean / 1e5) / 10} s (${seen.count} times): a beacon, or monitoring.`,
          `tcp.flags.syn == 1 && ${ipFilter(addressOf(client))} && ${ipFilter(addressOf(server))} && tcp.port == ${server.port}`,
        ),
      );
  }
}

function ends(flow: Flow, client: Direction): [End, End] {
  return client === 0 ? [flow.ends[0], flow.ends[1]] : [flow.ends[1], flow.ends[0]];
}
