import { createServer, type IncomingMessage, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { close, listen } from './listen';

/** A file store that takes `PUT` with a login, as WebDAV servers and artefact stores do. */
export class FileStore {
  static readonly USER = 'evidence';
  static readonly PASSWORD = 'only-for-tests';

  /** By their paths. */
  readonly files = new Map<string, Buffer>();
  /** For files of such names there is no room. */
  refuses?: RegExp;
  private round = 0;

  private constructor(
    private readonly server: Server,
    private readonly origin: string,
  ) {}

  static async start(): Promise<FileStore> {
    const server = createServer((request, response) => {
      void store.answer(request).then((status) => response.writeHead(status).end());
    });
    const store: FileStore = new FileStore(server, `http://127.0.0.1:${await listen(server)}`);
    return store;
  }

  /** Where files go, another folder after each {@link clear}. */
  get url(): string {
    return `${this.origin}/${this.round}`;
  }

  clear(): void {
    this.round += 1;
    this.files.clear();
    this.refuses = undefined;
  }

  stop(): Promise<void> {
    return close(this.server);
  }

  private async answer(request: IncomingMessage): Promise<number> {
    const content = await buffer(request);
    const login = Buffer.from(`${FileStore.USER}:${FileStore.PASSWORD}`).toString('base64');
    if (request.headers.authorization !== `Basic ${login}`) return 401;
    if (request.method !== 'PUT') return 405;
    // A folder of before: nobody looks into it any more.
    if (!request.url!.startsWith(`/${this.round}/`)) return 201;
    if (this.refuses?.test(request.url!)) return 507;
    // Not written over: what is evidence stays as it is.
    if (this.files.has(request.url!)) return 412;
    this.files.set(request.url!, content);
    return 201;
  }
}
