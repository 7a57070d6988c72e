import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { SignatureV4 } from '@smithy/signature-v4';
import { close, listen } from './listen';

interface Answer {
  status: number;
  body?: string;
  headers?: Record<string, string>;
}

/**
 * An object store with one bucket, as far as an upload of a file needs it. Requests are signed anew
 * with AWS's own library, and refused where that gives another signature, or another hash of the
 * body.
 */
export class ObjectStore {
  static readonly BUCKET = 'evidence';
  static readonly REGION = 'us-east-1';
  static readonly KEY = { accessKeyId: 'AKIATESTTESTTESTTEST', secretAccessKey: 'secret-of-tests' };

  /** By their keys. */
  readonly objects = new Map<string, { content: Buffer; headers: IncomingMessage['headers'] }>();
  /** Why requests were refused. */
  readonly refused: string[] = [];
  /** For files of such names there is no room. */
  refuses?: RegExp;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<ObjectStore> {
    const server = createServer((request, response) => {
      void store.answer(request).then(({ status, body = '', headers }) => {
        response.writeHead(status, { 'Content-Type': 'application/xml', ...headers }).end(body);
      });
    });
    const store: ObjectStore = new ObjectStore(server, `http://127.0.0.1:${await listen(server)}`);
    return store;
  }

  clear(): void {
    this.objects.clear();
    this.refused.length = 0;
    this.refuses = undefined;
  }

  stop(): Promise<void> {
    return close(this.server);
  }

  private async answer(request: IncomingMessage): Promise<Answer> {
    const content = await buffer(request);
    const problem = await problemOf(request, content);
    if (problem) {
      this.refused.push(problem);
      return failed(403, 'SignatureDoesNotMatch', problem);
    }
    const url = new URL(request.url!, this.url);
    const [, bucket, ...rest] = decodeURIComponent(url.pathname).split('/');
    if (bucket !== ObjectStore.BUCKET) return failed(404, 'NoSuchBucket', bucket ?? '');
    const key = rest.join('/');
    if (request.method === 'GET' && url.searchParams.has('location')) {
      const location = '<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>';
      return { status: 200, body: `<?xml version="1.0"?>${location}` };
    }
    if (request.method === 'PUT' && key) {
      if (this.refuses?.test(key)) return failed(507, 'StorageFull', 'The storage is full.');
      this.objects.set(key, { content, headers: request.headers });
      const etag = `"${createHash('md5').update(content).digest('hex')}"`;
      return { status: 200, headers: { ETag: etag } };
    }
    return failed(405, 'MethodNotAllowed', `${request.method} ${request.url}`);
  }
}

/** What is wrong with the signature; nothing where it is right. */
async function problemOf(request: IncomingMessage, content: Buffer): Promise<string | undefined> {
  const { headers, method = '' } = request;
  const given = headers.authorization ?? '';
  const parts = /Credential=([^/]+)\/.*SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)/.exec(given);
  if (!parts) return `No signature of version 4: ${given}`;
  const [, keyId, signed, signature] = parts;
  if (keyId !== ObjectStore.KEY.accessKeyId) return `Unknown key ${keyId}`;
  const hash = createHash('sha256').update(content).digest('hex');
  const said = headers['x-amz-content-sha256'] as string | undefined;
  if (said && said !== hash) return `The body has the SHA-256 ${hash}, not ${said}`;
  const url = new URL(request.url!, `http://${headers.host}`);
  const names = signed.split(';');
  const signedHeaders = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
  const signer = new SignatureV4({
    credentials: ObjectStore.KEY,
    region: ObjectStore.REGION,
    service: 's3',
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  });
  const again = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...signedHeaders, 'x-amz-content-sha256': said ?? hash },
      body: content,
    },
    {
      signingDate: dateOf(headers['x-amz-date'] as string),
      signableHeaders: new Set(names),
      unsignableHeaders: new Set(
        names.includes('x-amz-content-sha256') ? [] : ['x-amz-content-sha256'],
      ),
    },
  );
  const [, expected = ''] = /Signature=([0-9a-f]+)/.exec(again.headers.authorization ?? '') ?? [];
  const isSame =
    expected.length === signature.length &&
    timingSafeEqual(Buffer.from(expected), Buffer.from(signature));
  return isSame ? undefined : `Wrong signature: ${given}; expected ${again.headers.authorization}`;
}

/** Of `20261123T155000Z`. */
function dateOf(text = ''): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

type Bytes = string | ArrayBuffer | ArrayBufferView;

/** Hash and HMAC in the form that the signer wants. */
class Sha256 {
  private readonly hash;

  constructor(secret?: Bytes) {
    this.hash =
      secret === undefined ? createHash('sha256') : createHmac('sha256', bufferOf(secret));
  }

  update(data: Bytes): void {
    this.hash.update(bufferOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    throw new Error('The signer makes a new one each time.');
  }
}

function bufferOf(data: Bytes): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function failed(status: number, code: string, message: string): Answer {
  const text = message.replace(/[<&]/g, ' ');
  return {
    status,
    body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${text}</Message></Error>`,
  };
}
