import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_SWITCHES, PERSONALITIES, startSimulator, type Personality } from '../../simulator';
import { ask, recordsOf, upload, type Answer } from './support';

const MODULES = '/API/stats/modules';
const IPS = `${MODULES}/ip/ips_paged?sort=bytes&reverse=true`;
const EMPTY = `${MODULES}/ip/ips/192.0.2.1/peers`;

let simulator: Awaited<ReturnType<typeof startSimulator>>;

beforeAll(async () => {
  simulator = await startSimulator({ historySeconds: 30 });
});
afterAll(() => simulator.close());

function become(name: Personality): void {
  Object.assign(simulator.switches, DEFAULT_SWITCHES, PERSONALITIES[name]);
}

async function jsonOf(path: string) {
  const { status, json } = await ask(simulator, path);
  return { status, json };
}

/** What is different, by personality: each row fails on the appliance of the vendor's page. */
const DIFFERENCES: Array<[Personality, string, (answer: Answer) => void]> = [
  ['objects', `${MODULES}/ip/ips`, ({ json }) => expect(Array.isArray(json)).toBe(false)],
  ['objects', IPS, ({ json }) => expect(Array.isArray(json.displayedItems)).toBe(false)],
  ['arrays', IPS, ({ json }) => expect(json[0].ip).toEqual(expect.any(String))],
  [
    'text-job-ids',
    `${MODULES}/ip/globalConnections`,
    ({ status, json }) => expect([status, typeof json.asyncID]).toEqual([202, 'string']),
  ],
  [
    'direct-results',
    `${MODULES}/ip/globalConnections`,
    ({ json }) => expect(json.displayedItems.length).toBeGreaterThan(0),
  ],
  ['missing-modules', `${MODULES}/mac_protocols/generic`, ({ status }) => expect(status).toBe(404)],
  ['ignored-mm-id', `${IPS}&mm-id=:77`, ({ status }) => expect(status).toBe(200)],
  ['ignored-mm-id-clock', '/API/stats/time?mm-id=:77', ({ status }) => expect(status).toBe(200)],
  ['empty-404', EMPTY, ({ status }) => expect(status).toBe(404)],
  ['empty-array', EMPTY, ({ json }) => expect(json).toEqual([])],
  [
    'clock-key',
    '/API/stats/time',
    ({ json }) => expect(json).toEqual({ time: expect.any(Number) }),
  ],
  [
    'clock-iso',
    '/API/stats/time',
    ({ json }) => expect(Date.parse(json.currentTime)).toBeGreaterThan(1e12),
  ],
  ['clock-403', '/API/stats/time', ({ status }) => expect(status).toBe(403)],
  ['clock-404', '/API/stats/time', ({ status }) => expect(status).toBe(404)],
  ['clock-huge', '/API/stats/time', ({ json }) => expect(json.currentTime).toBe(1e300)],
  [
    'endless-pages',
    `${IPS}&page=99`,
    ({ json }) => {
      expect(json.numberOfItems).toBe(1e15);
      expect(json.displayedItems).toHaveLength(10);
    },
  ],
  ['no-date', '/API/stats/time', ({ headers }) => expect(headers.date).toBeUndefined()],
  [
    'loose-values',
    IPS,
    ({ json }) => {
      expect(json.displayedItems[0].allTime).toHaveLength(5);
      expect(json.displayedItems[0].history.rows[0]).toEqual({ name: 'rxPackets' });
    },
  ],
  ['live-only', '/API/stats/time?mm-id=:1', ({ status }) => expect(status).toBe(404)],
];

it.each(DIFFERENCES)('%s: %s', async (name, path, expectThat) => {
  become(name);
  expectThat(await ask(simulator, path));
  become('page');
  const usual = await ask(simulator, path);
  expect(() => expectThat(usual)).toThrow();
});

it('does not list modules that are missing', async () => {
  become('missing-modules');
  const { json } = await ask(simulator, { method: 'OPTIONS', path: MODULES });
  expect(json.subResources).not.toContain('dpi');
  expect(json.subResources).toContain('ip');
});

it('keeps what mm-id means for all but the clock', async () => {
  become('ignored-mm-id-clock');
  expect((await jsonOf(`${IPS}&mm-id=:77`)).status).toBe(404);
});

describe('uploads', () => {
  const fileOf = async () => {
    const end = Math.floor(simulator.nowUs() / 1e6) * 1e6 - 1e6;
    return recordsOf(simulator, end - 2e6, end);
  };

  it('get another slot than they ask for', async () => {
    become('page');
    const file = await fileOf();
    become('assigned-slots');
    const [announced] = await upload(simulator, 1, file);
    expect(announced.json.replaySlotID).not.toBe(1);
  });

  it.each(['unnamed-slots', 'ignored-mm-id'] as const)('work with %s', async (name) => {
    become('page');
    const file = await fileOf();
    become(name);
    const answers = await upload(simulator, 3, file);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect('replaySlotID' in answers[0].json).toBe(name === 'ignored-mm-id');
  });

  it('are refused with status 200, as is a change of the buffer', async () => {
    become('page');
    const file = await fileOf();
    become('refused-posts');
    const [announced] = await upload(simulator, 1, file);
    expect(announced).toMatchObject({ status: 200, json: { error: expect.any(String) } });
    const suspended = await ask(simulator, {
      method: 'POST',
      path: '/API/data/modules/capture/buffer/0',
      body: '{"command":"changeConfig","config":{"isSuspended":true}}',
    });
    expect(suspended).toMatchObject({ status: 200, json: { error: expect.any(String) } });
    expect(simulator.isBufferSuspended()).toBe(false);
  });
});

it('starts with the personality that it is given, and lets switches overrule it', async () => {
  const other = await startSimulator({
    historySeconds: 5,
    personality: 'objects',
    switches: { listShape: 'array' },
  });
  try {
    expect(other.switches).toMatchObject({ ipsShape: 'object', listShape: 'array' });
  } finally {
    await other.close();
  }
});

it('has every personality on its page', () => {
  const page = readFileSync(join(__dirname, '../../docs/simulator.md'), 'utf8');
  for (const name of Object.keys(PERSONALITIES)) expect(page).toContain(`| \`${name}\``);
});
