import { createServer, type IncomingMessage, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { close, listen } from './listen';

/** A file store that takes `PUT` with a login, as WebDAV servers and artefact stores do. */
export class FileStore {
  static readonly USER = 'evidence';
  static readonly PASSWORD = 'only-for-tests';

  /** By their paths. */
  readonly files = new Map<string, Buffer>();
  /** While it is set, there is no room for files. */
  isFull = false;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<FileStore> {
    const server = createServer((request, response) => {
      void store.answer(request).then((status) => response.writeHead(status).end());
    });
    const store: FileStore = new FileStore(server, `http://127.0.0.1:${await listen(server)}`);
    return store;
  }

  stop(): Promise<void> {
    return close(this.server);
  }

  private async answer(request: IncomingMessage): Promise<number> {
    const content = await buffer(request);
    const login = Buffer.from(`${FileStore.USER}:${FileStore.PASSWORD}`).toString('base64');
    if (request.headers.authorization !== `Basic ${login}`) return 401;
    if (request.method !== 'PUT') return 405;
    if (this.isFull) return 507;
    // Not written over: what is evidence stays as it is.
    if (this.files.has(request.url!)) return 412;
    this.files.set(request.url!, content);
    return 201;
  }
}
