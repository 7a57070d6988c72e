import type { AllegroError } from '../../../client';
import { definitions } from '../../../nodes/definitions';
import { runDefinition } from '../../contract/support/run-definition';
import { errorOf } from '../../support/error-of';
import { fakeClient } from '../../support/fake-transport';
import { fileOf } from '../../support/file-of';
import { clock, NOW } from '../../support/run-by-name';

async function inputErrorOf(name: string, raw: Record<string, unknown>): Promise<AllegroError> {
  const { client, transport } = fakeClient(() => clock);
  const definition = definitions.find((one) => one.name === name)!;
  const error = await errorOf(runDefinition(client, definition, raw));
  expect([error.kind, transport.paths]).toEqual(['input', []]);
  return error;
}

const CONNECTION = {
  ...{ clientIp: '10.1.2.3', clientPort: 1, serverIp: '10.1.2.4', serverPort: 2 },
  ...{ connectionStart: 1795448946280, lastActivity: 1795448946280 },
};

/** As JSON may bring it: neither text nor number can be made of it. */
const ODD = { toString: 1, valueOf: 2 };

/** As Node-RED's `msg.req` is. */
const CIRCULAR: Record<string, unknown> = {};
CIRCULAR.self = CIRCULAR;

describe('bad input is refused before any request', () => {
  it.each([
    ['capturePcap', { timeMode: 'around', host: '10.1.2.3' }, 'aroundTime'],
    [
      'capturePcap',
      { timeMode: 'around', host: '10.1.2.3', aroundTime: NOW, secondsBefore: 0, secondsAfter: 0 },
      'secondsBefore',
    ],
    ['capturePcap', { timeMode: 'between', host: '::1', since: NOW, until: NOW - 1000 }, 'until'],
    ['capturePcap', { timeMode: 'last', lastUnit: 'fortnights' }, 'lastUnit'],
    ['capturePcap', { timeMode: 'last', host: '10.1.2.333' }, 'host'],
    [
      'capturePcap',
      { timeMode: 'last', captureScope: 'filter', conditions: [{ kind: 'port', value: '70000' }] },
      'conditions',
    ],
    [
      'capturePcap',
      { timeMode: 'last', captureScope: 'filter', expression: '(ip==1.2.3.4' },
      'expression',
    ],
    ['capturePcap', { captureSource: 'live', host: '::1', maxMegabytes: 0 }, 'maxMegabytes'],
    ['capturePcap', { captureSource: 'live', liveSeconds: 0 }, 'liveSeconds'],
    ['capturePcap', { timeMode: 'last', host: '::1', device: 'a b' }, 'device'],
    ['topTalkers', { limit: 0 }, 'limit'],
    ['topTalkers', { talkerKind: 'colour' }, 'talkerKind'],
    ['topTalkers', { talkerKind: ODD }, 'talkerKind'],
    ['topTalkers', { limit: ODD }, 'limit'],
    ['capturePcap', { host: ODD }, 'host'],
    ['capturePcap', { host: '::1', timeMode: 'around', aroundTime: ODD }, 'aroundTime'],
    ['capturePcap', { host: '::1', timeMode: 'last', emptyIsError: ODD }, 'emptyIsError'],
    [
      'capturePcap',
      { timeMode: 'last', captureScope: 'filter', conditions: [{ kind: ODD, value: ODD }] },
      'kind',
    ],
    ['topTalkers', { limit: CIRCULAR }, 'limit'],
    ['capturePcap', { host: '::1', emptyIsError: CIRCULAR }, 'emptyIsError'],
    ['apiRequest', { path: 'API/x', requestMethod: 'POST', body: CIRCULAR }, 'body'],
    ['whichDevice', { address: '010.001.002.003' }, 'address'],
    ['whichDevice', { address: '00:1a:2b-3c.4d:5e' }, 'address'],
    ...['a\u0000b', '\u202ebranch', 'branch\u200b-1', '\ud800', 'x'.repeat(300)].map(
      (device): [string, Record<string, unknown>, string] => ['topTalkers', { device }, 'device'],
    ),
    ['getStats', {}, 'path'],
    ['getStats', { path: 'API/system/users' }, 'path'],
    ['getStats', { path: 'API/stats/reset' }, 'path'],
    ['getStats', { path: 'modules/ip/ips/:ip' }, 'path'],
    ['getStats', { path: 'modules/ip/ips_paged?csv=true' }, 'listOutput'],
    ['suspendBuffer', { bufferAction: 'freeze' }, 'bufferAction'],
    ['suspendBuffer', { bufferAction: 'suspend', device: ':1' }, 'device'],
    ['uploadPcap', {}, 'file'],
    ['uploadPcap', { file: fileOf('{"a":1}') }, 'file'],
    ['uploadPcap', { file: fileOf('') }, 'file'],
    ['getConnections', { port: 70000 }, 'port'],
    ['getConnections', { host: '10.1.2.300' }, 'host'],
    ['getConnections', { connectionMode: 'other', modeName: 'a b' }, 'modeName'],
    ['captureConnection', { ...CONNECTION, clientPort: '' }, 'clientPort'],
    ['captureConnection', { ...CONNECTION, serverPort: 'https' }, 'serverPort'],
    ['captureConnection', { ...CONNECTION, connectionStart: 'yesterday' }, 'connectionStart'],
    ['captureConnection', { ...CONNECTION, lastActivity: '2020-01-01T00:00:00Z' }, 'lastActivity'],
    ['getPeers', { address: '' }, 'address'],
    ['getPeers', { address: '10.1.2.0/24' }, 'address'],
    ['hostProfile', { addresses: '' }, 'addresses'],
    ['hostProfile', { addresses: ' , ' }, 'addresses'],
    ['hostProfile', { addresses: '10.1.2.0/24' }, 'addresses'],
    ['chart', { timeZone: 'Mars/Olympus' }, 'timeZone'],
    ['chart', { chartWidth: 9000 }, 'chartWidth'],
    ['chart', { chartKind: 'history', series: [{ path: 'API/stats/reset' }] }, 'path'],
    ['chart', { chartKind: 'history', series: [{ path: 'API/system/disks' }] }, 'series'],
    ['chart', { timeMode: 'none', device: ':1', barMeasure: 'bits' }, 'barMeasure'],
    ['waitForAnalysis', { device: 'local' }, 'device'],
    ['waitForAnalysis', { device: 'branch-1' }, 'device'],
    ['waitForAnalysis', { device: ':0' }, 'device'],
    ['waitForAnalysis', { device: '0' }, 'device'],
    ['ringBufferStatus', { device: ':1' }, 'device'],
    ['freezeEvidence', { timeMode: 'last', host: '::1', device: ':1' }, 'device'],
    ['topTalkers', { deviceScope: 'list' }, 'deviceList'],
    ['topTalkers', { deviceScope: 'list', deviceList: ' , ' }, 'deviceList'],
    ['topTalkers', { deviceScope: 'list', deviceList: 'a b' }, 'deviceList'],
  ])('%s with %j', async (name, raw, field) => {
    const error = await inputErrorOf(name, raw);
    expect(error.field).toBe(field);
    expect(error.advice).not.toBe('');
  });

  it('a big integer, which is not JSON', async () => {
    const error = await inputErrorOf('topTalkers', { talkerKind: 10n });
    expect(error.what).toContain('cannot be "10"');
  });

  const SCOPES: Array<[Record<string, unknown>, string]> = [
    ...[{}, { host: '' }, { host: ' \u00a0' }, { host: null }, { host: '10.1.2.3/0' }].map(
      (raw): [Record<string, unknown>, string] => [raw, 'host'],
    ),
    [{ host: '0.0.0.0/0' }, 'host'],
    [{ host: '::/0' }, 'host'],
    [{ captureScope: '', host: '' }, 'host'],
    [{ captureScope: 'filter', host: '10.1.2.3' }, 'expression'],
    [{ captureScope: 'filter', conditions: [], expression: ' ' }, 'expression'],
    [{ captureScope: 'filter', conditions: [{ kind: 'host', value: '::/0' }] }, 'conditions'],
    [{ captureScope: 'filter', conditions: [{ kind: 'host', value: '' }] }, 'value'],
    [{ captureScope: 'everything' }, 'captureScope'],
    [{ captureScope: 'connection', host: '' }, 'host'],
    [{ captureScope: 'connection', host: '', peer: '10.1.2.100', peerPort: 443 }, 'host'],
    [{ captureScope: 'connection', host: '0.0.0.0/0', peer: '10.1.2.100' }, 'host'],
    [{ captureScope: 'connection', host: '10.0.0.0/1' }, 'host'],
    [{ captureScope: 'connection', host: '10.1.2.3', peer: '8000::/1', peerPort: 443 }, 'peer'],
    [{ captureScope: 'connection', host: '10.1.2.3', peer: 'www.example.com' }, 'peer'],
    [{ captureScope: 'connection', host: '10.1.2.3', peer: '::/0' }, 'peer'],
    [{ captureScope: 'connection', host: '10.1.2.3', peer: '::1', peerPort: 70000 }, 'peerPort'],
  ];
  it.each(
    ['capturePcap', 'estimateCapture', 'freezeEvidence'].flatMap((name) =>
      SCOPES.map(([raw, field]) => [name, raw, field] as const),
    ),
  )('%s is not widened by %j', async (name, raw, field) => {
    const error = await inputErrorOf(name, { timeMode: 'last', ...raw });
    expect(error.field).toBe(field);
  });

  it.each([
    [{ host: '10.1.2.333' }, 'Host: "10.1.2.333" is not a valid IP address.'],
    [
      { captureScope: 'filter', conditions: [{ kind: 'host', value: '10.1.2.333' }] },
      'Condition 1: "10.1.2.333" is',
    ],
    [
      {
        captureScope: 'filter',
        conditions: [
          { kind: 'port', value: '80' },
          { kind: 'port', value: 'x' },
        ],
      },
      'Condition 2: "x" is not a port.',
    ],
  ])('capturePcap with %j names what is wrong as the form does', async (raw, words) => {
    const error = await inputErrorOf('capturePcap', { timeMode: 'last', ...raw });
    expect(error.message).toContain(words);
  });
});

it.each([
  ['capturePcap', { timeMode: 'last', host: 'pc-anna.example' }, 'host'],
  [
    'capturePcap',
    { timeMode: 'last', captureScope: 'connection', host: '10.1.2.3', peer: 'files' },
    'peer',
  ],
  ['captureConnection', { clientIp: 'pc-anna', clientPort: '1', serverIp: '::1' }, 'clientIp'],
  ['getConnections', { host: 'pc-anna' }, 'host'],
  ['getPeers', { address: 'pc-anna' }, 'address'],
  ['getServerPorts', { addresses: '10.1.2.3, pc-anna' }, 'addresses'],
  ['hostProfile', { addresses: 'pc-anna' }, 'addresses'],
  ['whichDevice', { address: 'pc-anna' }, 'address'],
])('%s refuses a name in place of an address, and says why: %j', async (name, raw, field) => {
  const rest = { serverPort: '2', connectionStart: '1531315866280', lastActivity: '1531315866281' };
  const error = await inputErrorOf(name, { ...rest, ...raw });
  expect(error).toMatchObject({
    field,
    what: expect.stringMatching(/"(pc-anna|files).*" is not an IP (or MAC )?address\.$/),
    advice: expect.stringMatching(/^Names are not looked up/),
  });
});

it.each([
  ['getPeers', { address: '10.1.2.333' }, '2001:db8::1.'],
  ['getConnections', { host: '10.1.2.0/33' }, '10.1.2.0/24.'],
  ['getServerPorts', { addresses: '10.1.2.0/33' }, '10.1.2.0/24.'],
  ['whichDevice', { address: '00:1a:2b' }, '00:1a:2b:3c:4d:5e.'],
])('%s says what it takes instead of %j', async (name, raw, example) => {
  expect((await inputErrorOf(name, raw)).advice).toContain(example);
});
