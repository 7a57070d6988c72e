import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AllegroError, TransportError } from '../../../../client';
import type { ApplianceNode } from '../../../../node-red/runtime/config-node/appliance-client';
import {
  isMendedByCertificate,
  readDraft,
} from '../../../../node-red/runtime/config-node/appliance-draft';
import { registerApplianceNode } from '../../../../node-red/runtime/config-node/appliance-node';
import { registerPaletteNode } from '../../../../node-red/runtime/nodes/palette-node';
import type {
  AdminRequest,
  AdminResponse,
  RuntimeNode,
} from '../../../../node-red/runtime/runtime-api';
import { definitionOf } from '../../../support/definition-of';
import { FakeNode, fakeRuntime, poll } from '../../../support/fake-runtime';
import { say } from '../../../../client/values/sentence';

type Handler = (request: Partial<AdminRequest>, response: AdminResponse) => void;

/** A Node-RED with one appliance node and one node that uses it. */
function deploy(settings: Record<string, unknown>, credentials = { token: 'stored' } as object) {
  const RED = fakeRuntime();
  const routes = new Map<string, Handler>();
  const route = (path: string, _permission: unknown, handler: unknown) =>
    void routes.set(path.split('/:id/')[1]!, handler as Handler);
  RED.httpAdmin = { get: route, post: route } as typeof RED.httpAdmin;
  const appliance = new FakeNode();
  const known = Object.assign(appliance, { type: 'allegro-multimeter-appliance', credentials });
  RED.nodes.getNode = () => known as unknown as RuntimeNode;
  registerApplianceNode(RED);
  registerPaletteNode(
    RED,
    definitionOf(async function* () {
      yield { json: {} };
    }),
  );
  const node = new FakeNode();
  const [makeAppliance, makeNode] = [...RED.types.values()];
  const config = { id: 'a', type: 'x', ...settings };
  makeAppliance!.call(known as unknown as RuntimeNode, config);
  makeNode!.call(node as unknown as RuntimeNode, { id: 'n', type: 'y', appliance: 'a' });

  const ask = (name: string, request: Partial<AdminRequest>) =>
    new Promise<{ status: number; body: Record<string, unknown> }>((resolve) => {
      let status = 200;
      const response: AdminResponse = {
        status(code) {
          status = code;
          return response;
        },
        json: (body) => resolve({ status, body: body as Record<string, unknown> }),
        on: () => undefined,
      };
      const headers = { 'content-type': 'application/json' };
      routes.get(name)!({ params: { id: 'a' }, query: {}, headers, ...request }, response);
    });
  return { appliance, node, ask };
}

const LIMIT_INVALID = 'Parallel Requests not valid';
const IGNORE_INVALID = 'Ignore Certificate Errors not valid';
const WITH_CA = { baseUrl: 'https://a', caCertificate: 'hello' };

describe('an appliance node with wrong settings', () => {
  it.each([
    ['an unset URL', { baseUrl: '${ALLEGRO_URL}' }, {}, 'ALLEGRO_URL', '$ALLEGRO_URL not set'],
    ['an unset token', {}, { token: '$(TOKEN)' }, 'TOKEN', '$TOKEN not set'],
    ['an unset limit', { maxConcurrentRequests: '${MAX}' }, {}, 'MAX', '$MAX not set'],
    ['a limit of -1', { maxConcurrentRequests: '-1' }, {}, '1 to 59', LIMIT_INVALID],
    ['a limit of 0', { maxConcurrentRequests: 0 }, {}, '1 to 59', LIMIT_INVALID],
    ['a limit of many', { maxConcurrentRequests: 'many' }, {}, '1 to 59', LIMIT_INVALID],
    ['no choice of checks', { ignoreCertificateErrors: 'perhaps' }, {}, 'neither', IGNORE_INVALID],
    ['no URL', { baseUrl: ' ' }, { token: 't' }, 'URL is missing', 'Appliance URL missing'],
    ['no token', { baseUrl: 'https://a' }, { token: ' ' }, 'no API token', 'API Token missing'],
    ['a token that is no text', {}, { token: {} }, 'no API token', 'API Token missing'],
    ['a certificate that is none', WITH_CA, { token: 't' }, 'PEM', 'CA Certificate not valid'],
  ])('says at deploy: %s', async (_what, settings, login, text, status) => {
    const { appliance, node } = deploy(
      { baseUrl: 'https://192.0.2.1', ...settings },
      { token: 'stored', ...login },
    );
    await poll(() => appliance.errors.length > 0);
    expect(appliance.errors).toEqual([expect.stringContaining(text)]);
    expect(node.statuses.at(-1)).toMatchObject({ fill: 'red', text: status });
  });

  it('takes a login of numbers, as the admin API may deploy it', async () => {
    const settings = { baseUrl: 'https://192.0.2.1', authentication: 'password' };
    const { node } = deploy(settings, { user: 4711, password: 12345 });
    expect((await node.run()).done).toStrictEqual([undefined]);
  });

  it.each([
    { maxConcurrentRequests: '8', ignoreCertificateErrors: 'true' },
    { maxConcurrentRequests: '', ignoreCertificateErrors: 'false' },
  ])('is silent where they are right: %j', async (settings) => {
    const { appliance, node } = deploy({ baseUrl: 'https://192.0.2.1', ...settings });
    await new Promise(setImmediate);
    expect(appliance.errors).toEqual([]);
    expect(node.statuses).toEqual([]);
    await appliance.close();
  });
});

describe('the button Test', () => {
  let server: Server;
  let logins: Array<string | undefined>;
  let url: string;
  beforeEach(async () => {
    logins = [];
    server = createServer((request, response) => {
      logins.push(request.headers.authorization);
      response.setHeader('Content-Type', 'application/json');
      response.end('{"currentTime": 1795448940000}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });

  it.each([
    ['another tenant', { baseUrl: 'other' }, 'URL'],
    ['a proxy', { proxy: 'p1' }, 'Proxy'],
    ['a TLS configuration', { tls: 't1' }, 'TLS Configuration'],
    ['another CA certificate', { caCertificate: 'x' }, 'CA Certificate'],
    ['no checks', { ignoreCertificateErrors: true }, 'Ignore Certificate Errors'],
  ])('does not send a stored login to %s', async (_what, change: object, label) => {
    const { ask } = deploy({ baseUrl: `${url}/boxA` });
    const form = { baseUrl: `${url}/boxA`, ignoreCertificateErrors: false, ...change };
    const body = form.baseUrl === 'other' ? { ...form, baseUrl: `${url}/other` } : form;
    const answer = await ask('test', { body });
    expect(answer.status).toBe(409);
    expect(answer.body.message).toContain(`(${label})`);
    expect(logins).toEqual([]);
  });

  it('uses it with the deployed settings, and a typed one with any', async () => {
    const { ask } = deploy({ baseUrl: `${url}/boxA` });
    expect(await ask('test', { body: { baseUrl: `${url}/boxA/` } })).toMatchObject({ status: 200 });
    expect(await ask('test', { body: { baseUrl: `${url}/b`, token: 'typed' } })).toMatchObject({
      status: 200,
    });
    expect(new Set(logins)).toEqual(new Set(['Bearer stored', 'Bearer typed']));
  });

  it.each([
    ['a form that is as deployed', {}, undefined],
    ['another URL', { baseUrl: 'https://192.0.2.9' }, 'URL'],
    ['another CA certificate', { caCertificate: 'x' }, 'CA Certificate'],
    ['another login', { token: 'typed', caCertificate: '${CA}' }, 'login'],
    ['another kind of login', { authentication: 'password', user: '${USER}' }, 'login'],
  ])(
    'tests what is deployed where the form names variables, and %s',
    async (_what, change, label) => {
      const { ask } = deploy({ baseUrl: url });
      const body = { baseUrl: url, token: '${TOKEN}', ...change };
      const answer = await ask('test', { body });
      if (label === undefined) {
        expect(answer).toMatchObject({ status: 200, body: { asDeployed: true } });
      } else {
        expect(answer).toMatchObject({ status: 409 });
        expect(answer.body.message).toContain(`changed since the last deploy (${label})`);
        expect(logins).toEqual([]);
      }
    },
  );

  it.each(['application/x-www-form-urlencoded', 'text/plain', undefined])(
    'takes no %s',
    async (type) => {
      const { ask } = deploy({ baseUrl: `${url}/boxA` });
      for (const name of ['test', 'certificate']) {
        const headers = { 'content-type': type };
        const answer = await ask(name, { headers, body: { baseUrl: `${url}/boxA` } });
        expect(answer.status).toBe(415);
      }
      expect(logins).toEqual([]);
    },
  );
});

it.each([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', {}, true],
  ['CERT_HAS_EXPIRED', {}, false],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', { tls: 't1' }, false],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', { proxy: 'p1' }, false],
])('offers the certificate after %s with %j: %s', (code, settings, isOffered) => {
  const cause = new TransportError('certificate', 'Not trusted.', code);
  const error = new AllegroError({ kind: 'certificate', what: say``, advice: say``, cause });
  const draft = readDraft({ baseUrl: 'https://192.0.2.9', ...settings });
  expect(isMendedByCertificate(error, draft)).toBe(isOffered);
});

it('shares the limit of requests among all nodes of one appliance and login', async () => {
  const open: ServerResponse[] = [];
  let most = 0;
  const answerAll = () => {
    for (const response of open.splice(0)) {
      response.setHeader('Content-Type', 'application/json').end('{}');
    }
  };
  // None is answered before a second one is there; then there is time for those that must not come.
  const server = createServer((_request, response) => {
    most = Math.max(most, open.push(response));
    if (open.length === 2) setTimeout(answerAll, 50);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const limit = { maxConcurrentRequests: 2 };
  const made = [url, `${url}/`].map((baseUrl) => deploy({ baseUrl, ...limit }).appliance);
  const clients = made.map((node) => (node as unknown as ApplianceNode).getClient());
  const { signal } = new AbortController();
  const requests = [...clients, ...clients, ...clients].map((client) =>
    client.get('/API/stats/time', {}, { signal }),
  );
  await Promise.all(requests);
  expect(most).toBe(2);
  await Promise.all(made.map((node) => node.close()));
  await new Promise((resolve) => server.close(resolve));
});

it('asks for the choices of forms two at a time', async () => {
  let atOnce = 0;
  let most = 0;
  const { appliance, ask } = deploy({ baseUrl: 'https://192.0.2.1' });
  Object.assign(appliance, {
    getClient: () => ({
      async choices() {
        most = Math.max(most, ++atOnce);
        await new Promise(setImmediate);
        atOnce--;
        return [];
      },
    }),
  });
  const params = { id: 'a', source: 'devices' };
  await Promise.all(Array.from({ length: 9 }, () => ask('choices/:source', { params })));
  expect(most).toBe(2);
});
