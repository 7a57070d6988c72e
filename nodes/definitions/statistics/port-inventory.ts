import { AllegroError, type CallOptions } from '../../../client';
import { csvLine } from '../../../client/files/csv';
import { textFile } from '../../../client/files/text-file';
import type { Query } from '../../../client/http/query';
import { originOfElement } from '../fields/address';
import { mapInOrder } from '../model/map-in-order';
import type { RunContext } from '../model/run-context';
import type { RunResult } from '../model/run-result';
import { portsText } from './ports-text';
import { csvFileName } from './lists/csv-file';
import type { Interval } from './interval';
import { say, type Sentence } from '../../../client/values/sentence';

/** The server ports of one address. */
interface Host extends Record<string, unknown> {
  ip: string;
  asServer: number[];
  asClient: number[];
}

/** An address whose ports could not be read. */
interface Failure {
  ip: string;
  kind: string;
  status?: number;
  message: Sentence;
}

interface Settings {
  role: 'both' | 'asServer' | 'asClient';
  /** Without ephemeral ports and those of media. */
  servicesOnly: boolean;
  /** How many addresses are asked for at once. */
  parallelRequests: number;
}

/** Reads the ports of all addresses, and keeps count of what came and what did not. */
export class PortInventory {
  private readonly gone: string[] = [];
  private readonly failed: Failure[] = [];
  private firstError: AllegroError | undefined;
  private hostCount = 0;
  private portCount = 0;
  private leftOut = 0;
  private malformedRows = 0;
  private done = 0;

  constructor(
    private readonly context: RunContext,
    private readonly settings: Settings,
    private readonly interval: Interval | undefined,
    private readonly ips: readonly string[],
    private readonly options: CallOptions,
  ) {}

  async asItems(): Promise<RunResult> {
    const hosts: Host[] = [];
    for await (const { ip, asServer, asClient } of this.hosts()) {
      hosts.push({ ip, text: portsText(asServer, asClient), asServer, asClient });
    }
    // Where each becomes an item of its own, one that failed must not vanish. It keeps its lists, so
    // that what goes through them need not know of failures.
    for (const { ip, ...error } of this.failed)
      hosts.push({ ip, text: '', asServer: [], asClient: [], error });
    const origin = originOfElement(this.options.address ?? {});
    return { json: { hosts: hosts.map((host) => ({ ...host, ...origin })), ...this.facts() } };
  }

  asFile(): RunResult {
    const { client } = this.context;
    const name = csvFileName('server-ports', client);
    const { stream, finished } = textFile(this.lines());
    const json = finished.then(({ bytes, lines, sha256 }) => ({
      fileName: name,
      // Without the header.
      rows: lines - 1,
      bytes,
      sha256,
      ...this.facts(),
    }));
    json.catch(() => undefined);
    return {
      json: { fileName: name },
      file: { name, mediaType: 'text/csv', stream, finished: json },
    };
  }

  /** The header, then the lines of each address together. */
  private async *lines(): AsyncGenerator<string> {
    yield csvLine(['ip address', 'ip role', 'server port']);
    for await (const { ip, asServer, asClient } of this.hosts()) {
      const lines = [
        ...asServer.map((port) => csvLine([ip, 'asServer', port])),
        ...asClient.map((port) => csvLine([ip, 'asClient', port])),
      ];
      if (lines.length > 0) yield lines.join('');
    }
  }

  private async *hosts(): AsyncGenerator<Host> {
    const { ips } = this;
    const { role, parallelRequests } = this.settings;
    const read = (ip: string, signal: AbortSignal) => this.read(ip, { ...this.options, signal });
    for await (const host of mapInOrder(ips, parallelRequests, this.context.signal, read)) {
      this.context.progress({ step: 'reading', done: ++this.done, total: ips.length });
      if (!host) continue;
      if (role === 'asServer') host.asClient = [];
      if (role === 'asClient') host.asServer = [];
      this.hostCount++;
      this.portCount += host.asServer.length + host.asClient.length;
      yield host;
    }
    if (this.hostCount === 0 && this.firstError) throw this.firstError;
  }

  /** @returns nothing for an address that could not be read */
  private async read(ip: string, options: CallOptions): Promise<Host | undefined> {
    const query: Query = { ...this.interval?.query };
    try {
      const { client } = this.context;
      const { servicesOnly } = this.settings;
      const { malformedRows, leftOut, ...ports } = await client.serverPorts(ip, query, {
        ...options,
        servicesOnly,
      });
      this.malformedRows += malformedRows;
      this.leftOut += leftOut;
      return { ip, ...ports };
    } catch (error) {
      if (!(error instanceof AllegroError) || endsAll(error)) return Promise.reject(error);
      if (error.kind === 'notFound') {
        this.gone.push(ip);
        return undefined;
      }
      this.firstError ??= error;
      const { kind, status, sentences } = error;
      this.failed.push({
        ip,
        kind,
        ...(status === undefined ? {} : { status }),
        message: sentences.message,
      });
      return undefined;
    }
  }

  private facts(): Record<string, unknown> {
    const { interval, gone, failed } = this;
    return {
      from: interval?.from ?? null,
      to: interval?.to ?? null,
      addresses: this.ips.length,
      ports: this.portCount,
      leftOut: this.leftOut,
      gone,
      failed,
      device: this.context.client.baseUrl,
      mmId: this.options.address?.mmId,
      warnings: this.warnings(),
    };
  }

  private warnings(): Sentence[] {
    const { failed, malformedRows, interval } = this;
    const warnings = [...(interval?.warnings ?? [])];
    if (failed.length > 0) {
      warnings.push(
        say`The ports of ${failed.length} of ${this.ips.length} [address|addresses] could not be read. ${failed[0].message}`,
      );
    }
    if (malformedRows > 0) {
      warnings.push(
        say`Rows that do not have the columns of the header were left out of the tables of peers and ports: ${malformedRows}.`,
      );
    }
    return warnings;
  }
}

/** What would be the same for every address. */
function endsAll({ kind }: AllegroError): boolean {
  return ['cancelled', 'login', 'permission', 'certificate', 'input'].includes(kind);
}
