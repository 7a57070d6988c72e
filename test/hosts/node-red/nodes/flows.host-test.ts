import { createHash } from 'node:crypto';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';
import { until } from '../../../../scripts/hosts/node-red-host';
import { ENDLESS_HOST, STALLING_HOST, StubAppliance } from '../../stub-appliance';
import { cancelFlow } from '../support/host-flows';
import { useStubHost } from '../support/use-stub-host';

const bench = useStubHost();
const { deploy, post, filesIn } = bench;

interface Reply {
  payload: Record<string, unknown>;
  filename?: string;
  fileInfo?: Record<string, unknown>;
  isBuffer: boolean;
  kept?: string;
  statusCode?: number;
  error?: { message: string; code: string; cause: Record<string, unknown> };
}

const run = async (message: Record<string, unknown> = {}) =>
  (await (await post('/run', message)).json()) as Reply;

const LIVE = { captureSource: 'live', liveSeconds: '3600' };
const AROUND = { captureSource: 'ringBuffer', timeMode: 'around' };
const alertTime = () => new Date(Date.now() - 300_000).toISOString();

describe('a capture', () => {
  it('may be a Buffer', async () => {
    await deploy('capturePcap', { ...AROUND, fileTarget: 'buffer' });
    const reply = await run({ host: '10.1.2.3', alertTime: alertTime() });
    expect(reply).toMatchObject({ isBuffer: true, kept: 'yes', fileInfo: { packets: 200 } });
    const { data } = reply.payload as { data: number[] };
    const hash = createHash('sha256').update(Buffer.from(data)).digest('hex');
    expect(hash).toBe(bench.appliance.sentSha256);
  });

  it('is an error as soon as it exceeds the limit of the Buffer', async () => {
    const config = { ...AROUND, fileTarget: 'buffer', bufferLimit: '0.01' };
    await deploy('capturePcap', config);
    const { error } = await run({ host: '10.1.2.3', alertTime: alertTime() });
    expect(error).toMatchObject({ code: 'ALLEGRO_TOO_LARGE' });
  });

  it('without packets is a normal result', async () => {
    await deploy('capturePcap', { ...AROUND, fileFolder: 'empty' });
    const reply = await run({ host: '10.0.0.0/24', alertTime: alertTime() });
    expect(reply.payload).toMatchObject({ packets: 0, complete: true });
  });

  it('ends on msg.cancel, with an error for its own message only', async () => {
    await deploy('capturePcap', { ...LIVE, fileFolder: 'cancel' }, cancelFlow());
    const capturing = run({ host: ENDLESS_HOST });
    await until('the capture to run', () => filesIn('cancel').length === 1);
    expect(filesIn('cancel')[0]).toMatch(/^\..*\.part$/);
    await post('/cancel', {});
    expect((await capturing).error).toMatchObject({ code: 'ALLEGRO_CANCELLED' });
    expect(filesIn('cancel')).toEqual([]);
    await until('the connection to be closed', () => bench.appliance.openCaptures === 0);
  });

  it.each([
    ['runs', ENDLESS_HOST, LIVE],
    ['stalls', STALLING_HOST, AROUND],
  ])(
    'that %s ends when its node is closed, and its file is removed',
    async (_name, alerted, config) => {
      await deploy('capturePcap', { ...config, fileFolder: 'closed' });
      const capturing = run({ host: alerted, alertTime: alertTime() }).catch(() => undefined);
      await until('the capture to run', () => filesIn('closed').length === 1);
      await bench.host.deploy([{ id: 'f9', type: 'tab', label: 'Empty' }]);
      expect(filesIn('closed')).toEqual([]);
      await until('the connection to be closed', () => bench.appliance.openCaptures === 0);
      // Node-RED gives up after 15 seconds, and says so.
      expect(bench.host.log).not.toMatch(/Error stopping node|timed out/i);
      // The request was never answered, which is what an http in node does at a redeploy.
      await Promise.race([capturing, new Promise((resolve) => setTimeout(resolve, 100))]);
    },
  );
});

describe('a field', () => {
  const HOST = '10.1.2.3';
  /** Where a person may put a value besides the field itself; all of them hold the same here. */
  const fill = `
    msg.alerted = { ip: '${HOST}' };
    flow.set('alerted', { ip: '${HOST}' });
    global.set('alerted', { ip: '${HOST}' });
    return msg;`;

  const runWith = async (config: Record<string, unknown>) => {
    const flows = bench.make.flowFor('capturePcap', { ...AROUND, fileTarget: 'buffer', ...config });
    await bench.host.deploy(
      flows.map((node) => {
        if (node.id === 'prepare')
          return { ...node, func: `Object.assign(msg, msg.payload);${fill}` };
        if (node.type !== 'tab') return node;
        return { ...node, env: [{ name: 'ALERTED', value: HOST, type: 'str' }] };
      }),
    );
    return run({ alertTime: alertTime() });
  };

  it.each([
    ['str', HOST],
    ['str', '${ALERTED}'],
    ['msg', 'alerted.ip'],
    ['flow', 'alerted.ip'],
    ['global', 'alerted.ip'],
    ['env', 'ALERTED'],
    ['jsonata', '$join([alerted.ip])'],
    ['jsonata', '$flowContext("alerted").ip'],
  ])('takes its value from %s %s', async (hostType, value) => {
    const { error, fileInfo } = await runWith({ host: value, hostType });
    expect(error).toBeUndefined();
    expect(fileInfo).toMatchObject({ expression: `ip==${HOST}`, packets: 200 });
  });

  it.each([
    ['msg', 'nothing.here'],
    ['flow', 'nothing'],
    ['global', 'nothing'],
    ['env', 'NOTHING'],
    ['str', '${NOTHING}'],
    ['jsonata', 'nothing'],
    ['jsonata', '$not a formula('],
  ])('refuses %s %s that gives nothing, before any request', async (hostType, value) => {
    const before = bench.appliance.seen.length;
    const { error } = await runWith({ host: value, hostType });
    expect(error).toMatchObject({ code: 'ALLEGRO_INPUT', cause: { field: 'host' } });
    expect(bench.appliance.seen).toHaveLength(before);
  });

  it('that says when takes the timestamp of now', async () => {
    const now = { host: HOST, aroundTime: '', aroundTimeType: 'date', endInFuture: 'cut' };
    const { error, fileInfo } = await runWith(now);
    expect([error, fileInfo]).toEqual([undefined, expect.objectContaining({ packets: 200 })]);
  });

  it('with a choice, a number, a yes or no, or rows takes them from a source as well', async () => {
    const { error, fileInfo } = await runWith({
      captureScope: 'filter',
      timeMode: '"last"',
      timeModeType: 'jsonata',
      lastAmount: '1 + 1',
      lastAmountType: 'jsonata',
      emptyIsError: '$exists(alerted)',
      emptyIsErrorType: 'jsonata',
      conditions: '[{ "kind": "port", "value": "443" }]',
      conditionsType: 'json',
    });
    expect(error).toBeUndefined();
    expect(fileInfo).toMatchObject({ expression: 'portrange==443' });
    const { from, to } = fileInfo!.requestedWindow as { from: string; to: string };
    expect(Date.parse(to) - Date.parse(from)).toBeCloseTo(120_000, -3);
  });
});

describe('errors', () => {
  it('of input come before any request', async () => {
    await deploy('capturePcap', {
      ...AROUND,
      secondsBefore: 'payload.x',
      secondsBeforeType: 'msg',
    });
    const before = bench.appliance.seen.length;
    const { error } = await run({ host: '10.1.2.3', alertTime: alertTime() });
    expect(error).toMatchObject({ code: 'ALLEGRO_INPUT', cause: { field: 'secondsBefore' } });
    expect(bench.appliance.seen).toHaveLength(before);
  });

  it('of a node without appliance or login say what to do', async () => {
    await deploy('suspendBuffer', { bufferAction: 'resume', appliance: '' });
    expect((await run()).error?.message).toMatch(/select or add an appliance/);
    // Another id, because Node-RED keeps the login of one that it knows.
    const more = [bench.make.applianceNode('a1', { credentials: {} })];
    await deploy('suspendBuffer', { bufferAction: 'resume', appliance: 'a1' }, more);
    expect((await run()).error?.message).toMatch(/no API token/);
  });

  it('of a file that is not there name it', async () => {
    await deploy('uploadPcap', {});
    expect((await run({ filename: '/no/such.pcap' })).error?.message).toMatch(/\/no\/such\.pcap/);
    expect((await run()).error?.message).toMatch(/msg\.filename, or its content as a Buffer/);
  });
});

describe('admin routes', () => {
  const path = `/allegro-multimeter`;

  beforeAll(() => deploy('suspendBuffer', { bufferAction: 'resume' }));

  it('test the connection of a deployed appliance', async () => {
    const response = await post(`${path}/a0/test`);
    const { message } = (await response.json()) as { message: string };
    expect([response.status, message]).toEqual([200, expect.stringMatching(/^Connected\./)]);
  });

  it('give choices', async () => {
    const devices = await bench.host.json<Array<{ value: string }>>(`${path}/a0/choices/devices`);
    expect(devices.map(({ value }) => value)).toEqual(['dev-a']);
    const paths = await bench.host.json<Array<{ value: string }>>(
      `${path}/a0/choices/statisticsPaths`,
    );
    expect(paths.map(({ value }) => value)).toContain('API/stats/modules/ip/ips_paged');
  });

  it.each([
    ['an appliance that was not deployed', 'nothing/choices/devices', 409],
    ['a node that is not an appliance', 'node/choices/devices', 409],
    ['a source that does not exist', 'a0/choices/passwords', 409],
  ])('refuse %s', async (_name, rest, status) => {
    const response = await fetchOnce(`${bench.host.url}${path}/${rest}`);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain(StubAppliance.TOKEN);
  });
});
