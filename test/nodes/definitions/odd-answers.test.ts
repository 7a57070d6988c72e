import { newElementTrigger } from '../../../nodes/definitions/triggers/new-element-trigger';
import { thresholdTrigger } from '../../../nodes/definitions/triggers/threshold-trigger';
import { errorOf } from '../../support/error-of';
import type { FakeAnswer } from '../../support/fake-transport';
import { clock, runByName } from '../../support/run-by-name';
import { TriggerRunner } from '../../support/trigger-runner';

const TALKERS = 'modules/ip/ips_paged';
const PEERS = 'modules/ip/ips/10.1.2.3/peers';
const DEVICES = '/API/system/multidevice/devices';
const COUNTERS = [1, 2, 3, 4];
const ROW = { ip: '10.1.2.3', interval: COUNTERS };
const DEVICE = { id: 'local', host: 'mm', active: true };

/** Runs a node; `answers` by the end of a path, and what is usual for the rest. */
async function run(name: string, values: object, answers: Record<string, unknown>) {
  const { results } = await runByName(name, { ...values }, (path): FakeAnswer => {
    const [bare] = path.split('?');
    const end = Object.keys(answers).find((one) => bare!.endsWith(one));
    if (end !== undefined) return { json: answers[end] };
    if (bare!.endsWith('/time')) return clock;
    return { json: { globalCounters: { interval: [10, 1000, 10, 1000] } } };
  });
  return results[0]!.json;
}

describe('an answer that is not what it should be', () => {
  // Each made a figure of 0, a name that is none, or left something out, without a word.
  it.each<[string, string, object, string, unknown, RegExp]>([
    ...[null, [], true, '', -1, 'n/a'].map(
      (count): [string, string, object, string, unknown, RegExp] => [
        `a counter ${JSON.stringify(count)}`,
        'topTalkers',
        {},
        TALKERS,
        { displayedItems: [ROW, { ...ROW, ip: '10.1.2.4', interval: [1, count, 3, 4] }] },
        /no readable traffic counters for 1 of 2 entries/,
      ],
    ),
    [
      'peers without counters',
      'getPeers',
      { address: '10.1.2.3' },
      PEERS,
      [{ ip: '10.1.2.9' }],
      /no readable traffic counters for 1 of 1 entry/,
    ],
    [
      'entries that are nothing',
      'topTalkers',
      {},
      TALKERS,
      { displayedItems: [null, ROW, true, []], numberOfItems: 4 },
      /^Entries of the list that could not be read: 3\.$/,
    ],
    [
      'bars without counters',
      'chart',
      {},
      TALKERS,
      [ROW, { ip: '10.1.2.4' }],
      /no readable traffic counters for 1 of 2 entries/,
    ],
  ])('%s: %s says so', async (_, name, values, path, answer, warning) => {
    const { warnings } = await run(name, values, { [path]: answer });
    expect((warnings as unknown[]).map(String)).toContainEqual(expect.stringMatching(warning));
  });

  it.each<[string, string, object, Record<string, unknown>, RegExp]>([
    [
      'only entries that are nothing',
      'topTalkers',
      {},
      { [TALKERS]: [[null], true] },
      /not contain a list/,
    ],
    [
      'a device without a name',
      'listDevices',
      {},
      { [DEVICES]: [DEVICE, { id: {}, host: null }] },
      /an ID or a host/,
    ],
    [
      'a device without counters',
      'whichDevice',
      { address: '10.1.2.3' },
      { [DEVICES]: [DEVICE], '/ips/10.1.2.3': { interval: [null, 2, 3, 4] } },
      /not hold traffic counters/,
    ],
    [
      'a code of a job that is an object',
      'getConnections',
      {},
      {
        globalConnections: { asyncID: 7, asyncUUID: 'u' },
        '/API/async/7': { errorCode: { a: 1 } },
      },
      /errorCode \{"a":1\}/,
    ],
    [
      'a history that does not fill its columns',
      'chart',
      { chartKind: 'history', series: [{ path: 'modules/ip' }] },
      {
        'modules/ip': { history: { rows: ['rxBytes', 'txBytes'], data: [1e9, 5, 6, 1e9 + 1, 5] } },
      },
      /its data does not fill its columns/,
    ],
  ])('%s: %s fails', async (_, name, values, answers, message) => {
    const error = await errorOf(run(name, values, answers));
    expect(error).toMatchObject({ name: 'AllegroError', message: expect.stringMatching(message) });
    expect(error.message).toContain('https://allegro-mm-test');
  });

  it.each([
    [{ success: false, message: 'The slot is locked.' }, /^The slot is locked\./],
    [{ success: false, data: null }, /reported an error, with HTTP 200/],
  ])('%j is a refusal', async (answer, message) => {
    const error = await errorOf(run('topTalkers', {}, { [TALKERS]: answer }));
    expect([error.kind, error.message]).toEqual(['refused', expect.stringMatching(message)]);
  });

  it.each([
    ['other spelling', { displayed_items: [ROW], number_of_items: '1' }],
    ['a wrapper', { status: 'ok', data: { displayedItems: [ROW], numberOfItems: 1 } }],
  ])('the envelope of a list in %s is read', async (_, answer) => {
    expect(await run('topTalkers', {}, { [TALKERS]: answer })).toMatchObject({
      talkers: [{ ip: '10.1.2.3', totalBytes: 6 }],
      total: 1,
      warnings: [],
    });
  });

  it.each([
    [{ displayedItems: null, numberOfItems: 0 }, []],
    [{ displayedItems: null, numberOfItems: 2 }, [/reports 2 entries, but lists none/]],
  ])('%j is an empty list', async (answer, expected) => {
    const { talkers, warnings } = await run('topTalkers', {}, { [TALKERS]: answer });
    expect(talkers).toEqual([]);
    expect((warnings as unknown[]).map(String)).toEqual(
      expected.map((text): unknown => expect.stringMatching(text)),
    );
  });

  it.each([
    [[], 'no traffic in this interval'],
    [[{ ip: '10.1.2.3' }], 'no readable traffic counters'],
  ])('a chart of %j says %s', async (answer, text) => {
    const { altText } = await run('chart', {}, { [TALKERS]: answer });
    expect(altText).toMatch(new RegExp(`: ${text}\\.$`));
  });

  describe('of an idle element, with totals but without counters of the time range', () => {
    const totals = { allTime: COUNTERS };
    const idle = { ...ROW, ...totals, ip: '10.1.2.4', interval: undefined };
    const onlyTotals = /^(\w+: )?The appliance reports only totals, .* count as without traffic/;

    it.each<[string, string, object, Record<string, unknown>, string, boolean]>([
      ['a talker beside others', 'topTalkers', {}, { [TALKERS]: [ROW, idle] }, 'talkers', false],
      ['the only talker', 'topTalkers', {}, { [TALKERS]: [idle] }, 'talkers', true],
      ['a peer', 'getPeers', { address: '10.1.2.3' }, { [PEERS]: [ROW, idle] }, 'peers', false],
      [
        'the address on a device',
        'whichDevice',
        { address: '10.1.2.3' },
        { [DEVICES]: [DEVICE], '/ips/10.1.2.3': totals },
        'devices',
        true,
      ],
    ])('%s: %s counts none', async (_, name, values, answers, property, isSaid) => {
      const { [property]: list, warnings } = await run(name, values, answers);
      expect((list as unknown[]).at(-1)).toMatchObject({ totalBytes: 0, rxPackets: 0 });
      const expected = isSaid ? [expect.stringMatching(onlyTotals) as unknown] : [];
      expect((warnings as unknown[]).map(String)).toEqual(expected);
    });
  });

  it('what stands beside the envelope of a list is not lost', async () => {
    const answer = {
      interval: 7,
      top: { displayedItems: [{ ip: '10.1.2.3' }] },
      more: { bytes: 9 },
    };
    const values = { path: 'modules/mine', timeMode: 'none' };
    expect(await run('getStats', values, { 'modules/mine': answer })).toMatchObject(answer);
  });

  it('a last page of which nothing can be read does not end a list', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({ ...ROW, ip: `10.1.0.${index}` }));
    const { results } = await runByName('topTalkers', { limit: 1000 }, (path) => {
      const [bare, query] = path.split('?');
      if (bare!.endsWith('/time')) return clock;
      const page = Number(new URLSearchParams(query).get('page'));
      const displayedItems = page === 0 ? rows : [null];
      return { json: { displayedItems, numberOfItems: 101 } };
    });
    const { talkers, warnings } = results[0]!.json;
    expect(talkers).toHaveLength(100);
    expect(String(warnings)).toMatch(/could not be read: 1\./);
  });

  it('an entry that is nothing makes no trigger read a list again and again', async () => {
    const values = { watched: 'protocol', elements: 'RTP', limit: 1 };
    const trigger = new TriggerRunner(thresholdTrigger, values, (path) =>
      path.endsWith('/time')
        ? clock
        : { json: { displayedItems: [{ name: 'SMB', interval: COUNTERS }, null] } },
    );
    await trigger.poll();
    expect(trigger.paths.filter((path) => !path.includes('/time'))).toHaveLength(2);
    expect(trigger.warnings).toEqual([]);
  });

  it.each([[null], ['online'], [{}], [1], ['yes']])(
    'a device with active: %j is asked',
    async (active) => {
      const devices = [DEVICE, { id: 'branch', active }, { id: 'off', active: 0 }];
      expect(await run('listDevices', {}, { [DEVICES]: devices })).toMatchObject({ active: 2 });
    },
  );

  it('a part of a profile without counters is told as not read', async () => {
    const { hosts } = await run(
      'hostProfile',
      { addresses: '10.1.2.3' },
      { [PEERS]: [{ ip: '10.1.2.9', interval: 'n/a' }], '/protocols': { SMB: { interval: {} } } },
    );
    const failed = (hosts as Array<{ failed: Array<{ part: string }> }>)[0]!.failed;
    expect(failed.map(({ part }) => part)).toEqual(expect.arrayContaining(['peers', 'protocols']));
  });

  it.each(['ip', 'dnsServer'])('a baseline of %s without names fails', async (elementKind) => {
    const trigger = new TriggerRunner(newElementTrigger, { elementKind }, (path) =>
      path.endsWith('/time') ? clock : { json: [{ interval: COUNTERS }] },
    );
    expect((await errorOf(trigger.poll())).message).toMatch(/none with the name of an element/);
    expect(trigger.state).toBeUndefined();
  });

  it('what a baseline lacks is logged', async () => {
    const trigger = new TriggerRunner(newElementTrigger, { elementKind: 'ip' }, (path) =>
      path.endsWith('/time') ? clock : { json: [ROW, { ip: null }, null] },
    );
    await trigger.poll();
    expect(trigger.warnings).toEqual([
      expect.stringMatching(/could not be read: 1/),
      expect.stringMatching(/without a name, left out: 1/),
    ]);
  });
});
