import type { Api, CallOptions } from '../api/api';
import { peersPortsPath } from '../api/paths';
import type { Query } from '../http/query';
import { isServicePort } from '../values/service-port';
import { CsvAnswer } from './csv-answer';
import { listed, say } from '../values/sentence';

/** Server ports of one IP address, each once, the lowest first. */
export interface ServerPorts {
  /** Ports at which it was called: its own. */
  asServer: number[];
  /** Ports that it called at others. */
  asClient: number[];
  /** Ports of both roles that are no services and were left out, as far as that was asked for. */
  leftOut: number;
  /** Rows that do not fit the header, and were left out. */
  malformedRows: number;
}

export interface ServerPortsOptions extends CallOptions {
  /** Leaves out what {@link isServicePort} takes for ephemeral or media. */
  servicesOnly?: boolean;
}

/** A busy server has as many rows as peers; more than these are not one address. */
const MAX_ROWS = 5_000_000;

/** What the vendor's script reads by position: the second column and the seventh. */
const PORT_POSITION = 1;
const ROLE_POSITION = 6;

/**
 * Reads the peers and ports of one IP address and sums them up by role. The role in the table is
 * that of the peer: who has clients is a server. Source: "Python Script Example - Server ports used".
 * May be called for many addresses at once: bulk reads have a limit of their own.
 *
 * @throws AllegroError `notFound` when the address is gone, `badAnswer` for what is not such a table,
 *   `incomplete` when it is truncated
 */
export async function readServerPorts(
  api: Api,
  ip: string,
  query: Query,
  { servicesOnly = false, ...options }: ServerPortsOptions,
): Promise<ServerPorts> {
  const answer = await CsvAnswer.open(
    api,
    { method: 'GET', path: peersPortsPath(ip), query: { ...query, csv: true }, bulk: true },
    options,
    { name: say`table of peers and ports`, limits: { maxRows: MAX_ROWS } },
  );
  const table = new PortTable(answer, servicesOnly);
  try {
    const { source } = answer;
    let next: IteratorResult<Uint8Array> = { done: false, value: answer.head };
    for (; !next.done; next = await source.next()) table.add(answer.write(next.value));
    table.add(answer.end());
    return table.ports();
  } finally {
    await answer.source.return?.();
  }
}

const ROLES = ['asServer', 'asClient'] as const;

/** Takes the rows as they come; holds each port once. */
class PortTable {
  private columns: Columns | undefined;
  private width: number | undefined;
  private readonly kept = { asServer: new Set<number>(), asClient: new Set<number>() };

  private readonly leftOut = { asServer: new Set<number>(), asClient: new Set<number>() };

  constructor(
    private readonly answer: CsvAnswer,
    private readonly servicesOnly: boolean,
  ) {}

  add(rows: string[][]): void {
    for (const row of rows) {
      this.width ??= row.length;
      if (!this.columns) this.columns = findColumns(row, this.answer);
      // Its columns may have moved, so that another number would be taken for the port.
      else if (row.length === this.width) this.addPort(row, this.columns);
    }
  }

  private addPort(row: string[], columns: Columns): void {
    const role = row[columns.role]?.trim().toLowerCase();
    const text = row[columns.port]?.trim() ?? '';
    // What has no port, such as ICMP.
    if (role === undefined || !/^\d{1,5}$/.test(text) || Number(text) > 65535) return;
    const port = Number(text);
    const own = role === 'client' ? 'asServer' : 'asClient';
    const [layer4, protocol] = [columns.layer4, columns.protocol].map((at) =>
      at === undefined ? undefined : row[at],
    );
    const isKept = !this.servicesOnly || isServicePort(port, { layer4, protocol });
    (isKept ? this.kept : this.leftOut)[own].add(port);
  }

  ports(): ServerPorts {
    const inOrder = (ports: Set<number>) => [...ports].sort((a, b) => a - b);
    return {
      asServer: inOrder(this.kept.asServer),
      asClient: inOrder(this.kept.asClient),
      leftOut: ROLES.reduce(
        // One that is a service in another row is kept.
        (sum, role) =>
          sum + [...this.leftOut[role]].filter((port) => !this.kept[role].has(port)).length,
        0,
      ),
      malformedRows: this.answer.malformedRows,
    };
  }
}

/** Where the columns are; the last two only where the header names them. */
interface Columns {
  port: number;
  role: number;
  layer4?: number;
  protocol?: number;
}

/**
 * Finds the columns by the words of the header. Its exact names are not documented, so where none
 * fits, the positions of the vendor's script hold.
 */
function findColumns(header: string[], answer: CsvAnswer): Columns {
  const names = header.map((name) => name.trim().toLowerCase().replace(/[_-]+/g, ' '));
  const find = (...patterns: RegExp[]) => {
    for (const pattern of patterns) {
      const at = names.findIndex((name) => pattern.test(name));
      if (at >= 0) return at;
    }
    return undefined;
  };
  const port = find(/^port$/, /^server ?port$/, /\bserver ?port\b/, /\bport$/) ?? PORT_POSITION;
  const role = find(/^peer ?role$/, /\bpeer\b.*\brole\b/, /\brole\b/) ?? ROLE_POSITION;
  if (Math.max(port, role) >= names.length) {
    throw answer.notCsvError(
      say`a table with the columns ${listed(header)}, none of which is a role`,
      '',
    );
  }
  const layer4 = find(/^(l4|layer ?4)( ?protocol)?$/);
  const protocol = find(/^((l7|layer ?7|dpi) ?)?protocol$/);
  return { port, role, layer4, protocol };
}
