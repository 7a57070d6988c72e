import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

const ROOT = join(__dirname, '../../../..');

interface Release {
  manifest: Record<string, unknown>;
  archive: Buffer;
}

/**
 * The registry that n8n installs community packages from, on the loopback. n8n takes another
 * registry than npm's only with a licence, so this one answers behind a proxy, whatever the host
 * that is asked for; what it does not hold does not exist.
 */
export class PackageRegistry {
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  private readonly releases = new Map<string, Release>();
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly proxy: Server) {}

  static async start(): Promise<PackageRegistry> {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'registry' }], {});
    const proxy = createServer((_, response) => response.writeHead(405).end());
    const server = createTlsServer({ key, cert });
    const registry: PackageRegistry = new PackageRegistry(proxy);
    server.on('request', ({ url = '', headers }, response) => {
      registry.asked.push(url);
      const answer = registry.answer(decodeURIComponent(url), `https://${headers.host}`);
      response.writeHead(answer === undefined ? 404 : 200);
      response.end(Buffer.isBuffer(answer) ? answer : JSON.stringify(answer ?? {}));
    });
    proxy.on('connect', (_, socket: Socket) => {
      registry.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      server.emit('connection', socket);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  /** Settings with which n8n, and the npm that it runs, come here. */
  get settings(): Record<string, string> {
    const url = `http://127.0.0.1:${(this.proxy.address() as AddressInfo).port}`;
    return {
      HTTPS_PROXY: url,
      HTTP_PROXY: url,
      NO_PROXY: '127.0.0.1,localhost',
      // The certificate is of no name that is asked for.
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      npm_config_strict_ssl: 'false',
      npm_config_update_notifier: 'false',
    };
  }

  /** Publishes the package of this tree as it is built, under a version of one's own choice. */
  publish(version: string): void {
    const folder = mkdtempSync(join(tmpdir(), 'n8n-release-'));
    try {
      const manifest = {
        ...(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Release['manifest']),
        version,
      };
      for (const name of ['dist', 'README.md', 'LICENSE.md']) {
        cpSync(join(ROOT, name), join(folder, name), { recursive: true });
      }
      writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
      const args = ['pack', '--json', '--ignore-scripts'];
      const report = execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
      const [{ filename }] = JSON.parse(report) as Array<{ filename: string }>;
      const archive = readFileSync(join(folder, filename));
      this.releases.set(version, { manifest, archive });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.proxy.close(resolve));
  }

  private answer(path: string, origin: string): unknown {
    const [, name, version] = /^\/([^/]+)(?:\/(.+))?$/.exec(path.split('?')[0]!) ?? [];
    const latest = [...this.releases.keys()].at(-1);
    if (!latest) return undefined;
    if (name === '-') return this.releases.get(version!.replace(/^.*-|\.tgz$/g, ''))?.archive;
    if (name !== this.releases.get(latest)!.manifest.name) return undefined;
    const versions = Object.fromEntries(
      [...this.releases].map(([key, release]) => [key, withDist(release, key, origin)]),
    );
    if (version) return versions[version === 'latest' ? latest : version];
    return { name, 'dist-tags': { latest }, versions };
  }
}

function withDist({ manifest, archive }: Release, version: string, origin: string): object {
  const tarball = `${origin}/-/${String(manifest.name)}-${version}.tgz`;
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  return { ...manifest, dist: { tarball, integrity } };
}
