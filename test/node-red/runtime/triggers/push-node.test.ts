import { request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import express from 'express';
import { registerPushNode } from '../../../../node-red/runtime/triggers/push-node';
import type { Message, RuntimeNode } from '../../../../node-red/runtime/runtime-api';
import { pushedStatisticsTrigger } from '../../../../nodes/definitions/triggers/pushed-statistics-trigger';
import { FakeNode, fakeRuntime, poll } from '../../../support/fake-runtime';

const SECRET = 's3cr3t-of-16-chars';
const BODY = JSON.stringify({ interfaces: [{ name: 'Interface 1' }] });
const JSON_TYPE = { 'Content-Type': 'application/json' };

const app = express();
// As Node-RED's own server does where editor and flows share a root.
app.use(express.urlencoded({ extended: true }));
app.post('/in/use', (_request, response) => void response.end());
let server: Server;
const nodes: FakeNode[] = [];
// Not before: where a run names other tests, none of these comes that would close it.
beforeAll((done) => {
  server = app.listen(0, '127.0.0.1', () => done());
  // An idle connection that is just being closed could be used once more.
  server.keepAliveTimeout = 0;
});
afterEach(() => Promise.all(nodes.splice(0).map((node) => node.close())));
afterAll(() => void server.close());

async function create(urlPath: string) {
  const RED = { ...fakeRuntime(), httpNode: app as never };
  registerPushNode(RED, pushedStatisticsTrigger);
  const node = new FakeNode();
  node.id = `node of ${urlPath}`;
  const sent: Message[] = [];
  const warnings: string[] = [];
  const credentials = { secret: SECRET };
  Object.assign(node, {
    credentials,
    send: (message: Message) => sent.push(message),
    warn: (text: string) => warnings.push(text),
  });
  const [constructor] = RED.types.values();
  const config = { id: node.id, type: 'test', urlPath, statistic: 'API/stats/interfaces' };
  constructor!.call(node as unknown as RuntimeNode, config);
  nodes.push(node);
  await poll(() => node.statuses.length > 0 || node.errors.length > 0);
  return { node, sent, warnings };
}

const deliver = (
  path: string,
  body: string | Uint8Array<ArrayBuffer> = BODY,
  headers: Record<string, string> = JSON_TYPE,
) =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
    method: 'POST',
    body,
    headers,
  }).then(({ status }) => status);

/** Sends the head alone: what is refused by its length is refused before any of it comes. */
function announce(path: string, length: number, headers: Record<string, string>): Promise<number> {
  const { port } = server.address() as AddressInfo;
  const fields = { ...headers, 'Content-Length': length };
  const call = request({ port, path, method: 'POST', headers: fields, agent: false });
  call.flushHeaders();
  return new Promise((resolve, reject) => {
    call.once('response', ({ statusCode = 0 }) => {
      call.destroy();
      resolve(statusCode);
    });
    call.on('error', reject);
  });
}

it('sends what is delivered, with a topic that a person reads', async () => {
  const { sent } = await create('a/push');
  expect(await deliver(`/a/push?secret=${SECRET}`)).toBe(200);
  expect(await deliver(`/A/push/${SECRET}`, BODY, { 'Content-Type': 'text/plain' })).toBe(200);
  expect(sent.map(({ topic }) => topic)).toEqual(Array(2).fill('/API/stats/interfaces'));
});

it.each([
  [
    'a form, as curl sends it unless told otherwise',
    BODY,
    { 'Content-Type': 'application/x-www-form-urlencoded' },
  ],
  ['an empty body', '', JSON_TYPE],
  ['an empty object', '{}', JSON_TYPE],
  ['no JSON', '<html>', JSON_TYPE],
])('refuses %s with 400, as an error that names the reason', async (_, body, headers) => {
  const { node, sent } = await create('b');
  expect(await deliver(`/b?secret=${SECRET}`, body, headers)).toBe(400);
  expect(sent).toEqual([]);
  expect(node.errors).toMatchObject([{ code: 'ALLEGRO_BAD_ANSWER' }]);
});

it('shows refused deliveries in status and log, and logs those that come back once', async () => {
  const { node, warnings } = await create('c');
  expect(await deliver('/c')).toBe(401);
  for (let i = 0; i < 3; i++) expect(await deliver('/c?secret=wrong')).toBe(403);
  const long = { ...JSON_TYPE, 'X-Allegro-Secret': SECRET };
  expect(await announce('/c', 11 * 1024 * 1024, long)).toBe(413);
  expect(node.statuses.at(-1)).toMatchObject({ fill: 'yellow', text: 'refused' });
  const bomb = gzipSync('x'.repeat(11 * 1024 * 1024));
  expect(await deliver('/c', bomb, { ...long, 'Content-Encoding': 'gzip' })).toBe(413);
  expect(warnings.map((text) => /HTTP (\d+)/.exec(text)?.[1])).toEqual(['401', '403', '413']);
  expect(warnings.join()).not.toContain(SECRET);
});

it.each([
  ['/d', 'd/'],
  ['/d', 'D'],
  ['/d', 'd/below'],
  ['/d/below', 'd'],
  ['/d', 'in/use'],
])('beside %s refuses %s', async (first, second) => {
  expect((await create(first)).node.errors).toEqual([]);
  const { node } = await create(second);
  expect(node.errors).toMatchObject([{ code: 'ALLEGRO_INPUT' }]);
  expect((await create('e/f/g')).node.errors).toEqual([]);
});

it('ends when the other side breaks off within a compressed body', async () => {
  const { warnings, sent } = await create('g');
  const { port } = server.address() as AddressInfo;
  const headers = { 'Content-Encoding': 'gzip', 'X-Allegro-Secret': SECRET };
  const delivery = request({ port, method: 'POST', path: '/g', headers }).on('error', () => {});
  const body = gzipSync(BODY);
  delivery.write(body.subarray(0, body.length - 8), () => delivery.destroy());
  await poll(() => warnings.length > 0);
  expect(warnings[0]).toContain('HTTP 400');
  expect(sent).toEqual([]);
});
