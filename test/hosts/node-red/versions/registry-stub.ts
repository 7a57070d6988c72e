import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ROOT } from '../../../../scripts/hosts/pack';

interface Manifest {
  name: string;
  version: string;
  [entry: string]: unknown;
}

/** Where packages of the tree are installed; those of the Node-RED package go first. */
const FOLDERS = [join(ROOT, 'node-red/node_modules'), join(ROOT, 'node_modules')];

/**
 * What the scorecard asks of the network, on the loopback: the npm registry, which knows the
 * packages that are installed here as the latest ones, and the catalogue of Node-RED's flow library,
 * which knows the nodes of Node-RED itself. A proxy for both hosts, and a registry by itself.
 */
export class RegistryStub {
  /** Everything that was asked for. */
  readonly asked: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly catalogue: unknown,
  ) {}

  /** @param modules further packages of the catalogue */
  static async start(modules: unknown[] = []): Promise<RegistryStub> {
    const server = createServer();
    const stub = new RegistryStub(server, { modules: [coreNodes(), ...modules] });
    server.on('request', (request, response) => {
      const answer = stub.answer(request.url ?? '');
      response.writeHead(answer === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(answer ?? { error: 'Not found' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(target: string): unknown {
    this.asked.push(target);
    if (target === 'https://catalogue.nodered.org/catalogue.json') return this.catalogue;
    const path = target.replace(/^https:\/\/registry\.npmjs\.org/, '');
    return path.startsWith('/') ? packument(decodeURIComponent(path.slice(1))) : undefined;
  }
}

function packument(name: string): unknown {
  const paths = FOLDERS.map((folder) => join(folder, name, 'package.json'));
  const path = paths.find((candidate) => existsSync(candidate));
  if (path === undefined) return undefined;
  const manifest = readManifest(path);
  return {
    name: manifest.name,
    'dist-tags': { latest: manifest.version },
    versions: { [manifest.version]: manifest },
  };
}

function coreNodes(): unknown {
  const manifest = readManifest(join(ROOT, 'node_modules/@node-red/nodes/package.json'));
  return { id: manifest.name, types: ['inject', 'debug', 'function', 'tls-config', 'http proxy'] };
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}
