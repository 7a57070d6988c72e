import type { Api, CallOptions } from '../api/api';
import { peersPortsPath } from '../api/paths';
import { isEndMarked } from '../http/body';
import { CsvReader, notCsv } from '../files/csv';
import { AllegroError, quoteAnswer, type RequestInfo } from '../errors';
import type { Query } from '../http/query';

/** Server ports of one IP address, each once, the lowest first. */
export interface ServerPorts {
  /** Ports at which it was called: its own. */
  asServer: number[];
  /** Ports that it called at others. */
  asClient: number[];
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
 * @throws AllegroError `notFound` when the address is gone, `badAnswer` for what is no such table,
 *   `incomplete` when it is cut
 */
export async function readServerPorts(
  api: Api,
  ip: string,
  query: Query,
  options: CallOptions,
): Promise<ServerPorts> {
  const { body, headers, requestInfo } = await api.open(
    { method: 'GET', path: peersPortsPath(ip), query: { ...query, csv: true }, bulk: true },
    options,
  );
  const table = new PortTable(requestInfo);
  const reader = new CsvReader(requestInfo, { maxRows: MAX_ROWS });
  let isFirst = true;
  for await (const chunk of body) {
    if (isFirst) refuseOther(chunk, headers['content-type'], requestInfo);
    isFirst = false;
    for (const row of reader.write(chunk)) table.add(row);
  }
  for (const row of reader.end()) table.add(row);
  if (!table.hasHeader) throw cutTable('is empty: not even its header came', requestInfo);
  if (!isEndMarked(headers) && !reader.endsWithLineBreak) throw cutTable('breaks off', requestInfo);
  return table.ports();
}

/** Takes the rows as they come; holds each port once. */
class PortTable {
  private columns: { port: number; role: number } | undefined;
  private readonly asServer = new Set<number>();
  private readonly asClient = new Set<number>();

  constructor(private readonly requestInfo: RequestInfo) {}

  get hasHeader(): boolean {
    return this.columns !== undefined;
  }

  add(row: string[]): void {
    if (!this.columns) {
      this.columns = findColumns(row, this.requestInfo);
      return;
    }
    const role = row[this.columns.role]?.trim().toLowerCase();
    const text = row[this.columns.port]?.trim() ?? '';
    // A row that was cut, and what has no port, such as ICMP.
    if (role === undefined || !/^\d{1,5}$/.test(text) || Number(text) > 65535) return;
    (role === 'client' ? this.asServer : this.asClient).add(Number(text));
  }

  ports(): ServerPorts {
    const inOrder = (ports: Set<number>) => [...ports].sort((a, b) => a - b);
    return { asServer: inOrder(this.asServer), asClient: inOrder(this.asClient) };
  }
}

/**
 * Finds the columns by the words of the header. Its exact names are not documented, so where none
 * fits, the positions of the vendor's script hold.
 */
function findColumns(header: string[], requestInfo: RequestInfo): { port: number; role: number } {
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
    throw badTable(`has the columns ${header.join(', ')}, none of which is a role`, requestInfo);
  }
  return { port, role };
}

function refuseOther(
  chunk: Uint8Array,
  contentType: string | undefined,
  requestInfo: RequestInfo,
): void {
  const text = new TextDecoder().decode(chunk.subarray(0, 4096));
  const other = notCsv(contentType, text);
  if (other) throw badTable(`is no CSV but ${other}`, requestInfo, quoteAnswer(text));
}

function cutTable(what: string, requestInfo: RequestInfo): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'incomplete',
    what: `The table of peers and ports ${what}.`,
    advice: 'Nothing of it was used. Try again.',
    canRetry: true,
  });
}

function badTable(what: string, requestInfo: RequestInfo, answer?: string): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'badAnswer',
    what: `The table of peers and ports ${what}.`,
    advice: 'Check that the URL leads to the appliance itself, and which firmware it runs.',
    answer,
  });
}
