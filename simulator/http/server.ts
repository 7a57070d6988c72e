import express, { type Request, type Response } from 'express';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Device } from '../appliance/device';
import type { Switches } from '../switches';
import { checkAccess, type Permission } from './request/access';
import { findSlot, type Call } from './request/call';
import type { Faults } from './faults';
import { HttpError } from './reply/http-error';
import { parseQuery, type Query } from './request/query';
import { errorReply, send, type Reply } from './reply/reply';
import { RequestLog, type RequestRecord } from './request/request-log';
import type { Route } from './route';
import { isKnown, subResources } from './tree';

/** How many connections were made, and how many are open. */
export interface ConnectionCounts {
  opened: number;
  open: number;
  tlsHandshakes: number;
}

interface ServerParts {
  routes: Route[];
  devices: Device[];
  faults: Faults;
  switches: Switches;
  certificate?: { key: string; cert: string };
}

/** The appliance's web server: routes, sign-in, faults, and a log of what was asked. */
export class ApplianceServer {
  readonly log = new RequestLog();
  readonly connections: ConnectionCounts = { opened: 0, open: 0, tlsHandshakes: 0 };
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(private readonly parts: ServerParts) {
    const app = this.makeApp();
    const { certificate } = parts;
    this.server = certificate ? createHttpsServer(certificate, app) : createHttpServer(app);
    this.server.keepAliveTimeout = 30_000;
    // An upload takes as long as it takes.
    this.server.requestTimeout = 0;
    this.server.on('connection', (socket: Socket) => this.watch(socket));
    this.server.on('secureConnection', () => this.connections.tlsHandshakes++);
  }

  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => resolve((this.server.address() as AddressInfo).port));
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private watch(socket: Socket): void {
    this.connections.opened++;
    this.connections.open++;
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.connections.open--;
      this.sockets.delete(socket);
    });
  }

  private makeApp(): express.Express {
    const app = express();
    app.disable('x-powered-by');
    app.disable('etag');
    app.set('query parser', () => ({}));
    app.set('case sensitive routing', true);
    app.set('strict routing', true);
    for (const route of this.parts.routes) {
      const method = route.method === 'GET' ? 'get' : 'post';
      app[method](route.path, (request, response) => this.handle(request, response, route));
    }
    app.options('/*path', (request, response) => this.handle(request, response, OPTIONS_ROUTE));
    app.use((request, response) => this.handle(request, response, UNKNOWN_ROUTE));
    return app;
  }

  private async handle(request: Request, response: Response, route: Route): Promise<void> {
    const { faults, switches } = this.parts;
    const record = this.begin(request, response);
    response.sendDate = switches.sendsDate;
    const fault = faults.meet(record.method, record.path);
    const skipsAnswer = fault && ['answer', 'reset', 'stallBeforeHeaders'].includes(fault.kind);
    let reply: Reply;
    try {
      reply = skipsAnswer ? { body: '' } : await this.answer(request, route, record.path);
    } catch (error) {
      reply = errorReply(error, switches.unauthorizedBody);
    }
    const acceptEncoding = String(request.headers['accept-encoding'] ?? '');
    const onBytes = (count: number) => (record.bytes += count);
    try {
      const isFaulty = () => fault !== undefined && faults.isOn(fault);
      await send(response, reply, { acceptEncoding, fault, isFaulty, onBytes });
    } catch (error) {
      // The body broke while it was made; a cut connection is the only way left to say so.
      response.destroy(error as Error);
    }
    // What nobody read of the request must not hold up the next one on this connection.
    request.resume();
  }

  private answer(request: Request, route: Route, path: string): Promise<Reply> | Reply {
    const { devices, switches } = this.parts;
    const query = parseQuery(queryText(request), switches.plusIsBlank);
    checkAccess(request.headers.authorization, permissionOf(route, path, query));
    if (isMissing(path, switches.missingModules)) throw new HttpError(404, `There is no ${path}.`);
    if (switches.refusesPosts && route.method === 'POST') {
      return { body: { error: 'The configuration is locked by another user.' } };
    }
    const mmId = isIgnored(path, switches) ? '' : readMmId(request, query);
    const parameters = request.params as Record<string, string>;
    const call: Omit<Call, 'device' | 'slot' | 'slotNumber'> = {
      method: request.method,
      path,
      parameters,
      query,
      mmId,
      switches,
      request,
    };
    return route.answer({ ...call, ...findSlot(mmId, devices) });
  }

  private begin(request: Request, response: Response): RequestRecord {
    const { authorization, ...headers } = request.headers as Record<string, string>;
    const record: RequestRecord = {
      method: request.method,
      url: request.originalUrl,
      path: request.originalUrl.split('?')[0],
      headers,
      isAuthorized: authorization !== undefined,
      bytes: 0,
      isAborted: false,
      isOpen: true,
      startedAtMs: Date.now(),
    };
    this.log.add(record);
    response.once('close', () => {
      record.isOpen = false;
      record.endedAtMs = Date.now();
      record.status = response.statusCode;
      record.isAborted = !response.writableFinished;
    });
    return record;
  }
}

const OPTIONS_ROUTE: Route = {
  method: 'GET',
  path: '',
  answer: ({ path, switches }) => {
    const parent = decodeURI(path).replace(/\/$/, '');
    const names = subResources(parent);
    return {
      body: {
        subResources: names.filter(
          (name) => !isMissing(`${parent}/${name}`, switches.missingModules),
        ),
      },
    };
  },
};

const MODULES = '/API/stats/modules';

function isMissing(path: string, modules: string[]): boolean {
  return modules.some((name) => `${path}/`.startsWith(`${MODULES}/${name}/`));
}

function isIgnored(path: string, { ignoresMmId }: Switches): boolean {
  return ignoresMmId === 'everywhere' || (ignoresMmId === 'clock' && path === '/API/stats/time');
}

/** SIP and RTP need a permission of their own. Source: the vendor's "User Management". */
function permissionOf({ permission }: Route, path: string, query: Query): Permission | undefined {
  if (permission === 'any') return undefined;
  if (typeof permission === 'function') return permission(query);
  return permission ?? (/\/sip(_\w+)?(\/|$)/.test(path) ? 'voip' : 'other');
}

const UNKNOWN_ROUTE: Route = {
  method: 'GET',
  path: '',
  answer: ({ path }) => {
    if (isKnown(path)) throw new HttpError(501, `${path} is not simulated.`);
    throw new HttpError(404, `There is no ${path}.`);
  },
};

function queryText(request: Request): string {
  const { originalUrl } = request;
  const start = originalUrl.indexOf('?');
  return start < 0 ? '' : originalUrl.slice(start + 1);
}

/** Query or header. Both at once, and different, is an error: which one counts is not known. */
function readMmId(request: Request, query: Query): string {
  const header = request.headers['x-allegropackets-multimeter-id'];
  const both = [query['mm-id'], header].filter((value) => value !== undefined);
  if (both.length === 2 && both[0] !== both[1]) {
    throw new HttpError(400, 'mm-id and X-AllegroPackets-Multimeter-ID differ.');
  }
  return String(both[0] ?? '');
}
