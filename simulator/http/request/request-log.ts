/** What one request did, for tests to look at. Without credentials. */
export interface RequestRecord {
  method: string;
  /** As it was sent, with the query. */
  url: string;
  path: string;
  headers: Record<string, string>;
  /** Whether there was an Authorization header. */
  isAuthorized: boolean;
  status?: number;
  /** Bytes of the body that were handed to the connection. */
  bytes: number;
  /** Whether the other side went away before the answer was whole. */
  isAborted: boolean;
  isOpen: boolean;
  /** Milliseconds since 1970 by this machine's clock. */
  startedAtMs: number;
  /** Missing while it is open. */
  endedAtMs?: number;
}

/** The newest requests; old ones are forgotten, so that a long run does not grow. */
export class RequestLog {
  private static readonly LARGEST = 20_000;
  records: RequestRecord[] = [];

  add(record: RequestRecord): void {
    this.records.push(record);
    if (this.records.length > RequestLog.LARGEST) this.records.shift();
  }

  clear(): void {
    this.records = [];
  }

  /** Method and path of each, in their order. */
  get lines(): string[] {
    return this.records.map(({ method, path }) => `${method} ${path}`);
  }
}
