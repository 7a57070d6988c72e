import { triggers } from '../../../../nodes/definitions/triggers';
import { incidentsTrigger } from '../../../../nodes/definitions/triggers/incidents-trigger';
import { newElementTrigger } from '../../../../nodes/definitions/triggers/new-element-trigger';
import { pushedStatisticsTrigger } from '../../../../nodes/definitions/triggers/pushed-statistics-trigger';
import { thresholdEvent } from '../../../../nodes/definitions/triggers/threshold/event';
import { readSettings } from '../../../../nodes/definitions/triggers/threshold/settings';
import { thresholdTrigger } from '../../../../nodes/definitions/triggers/threshold-trigger';
import { readFieldValues } from '../../../../nodes/definitions/model/read-field-values';
import type { LocalContext } from '../../../../nodes/definitions/model/run-context';
import { TriggerRunner } from '../../../support/trigger-runner';

const END = Date.UTC(2026, 10, 23, 15, 50) / 1000;
const TIME = '2026-11-23 15:50:00 UTC';
const PLACE = `Appliance allegro-mm-1a2b, ${TIME}.`;

it('stands behind the identity in every event', () => {
  for (const { sampleOutput } of triggers) {
    const names = Object.keys(sampleOutput);
    expect(names[names.indexOf('event') + 1]).toBe('text');
    expect(sampleOutput.text).not.toContain('\n');
  }
});

describe('the text of a Threshold Trigger', () => {
  const textOf = (
    raw: Record<string, unknown>,
    { value, ...what }: { value?: number; element?: string; name?: string; event?: string } = {},
  ) => {
    const settings = readSettings(readFieldValues(thresholdTrigger, { limit: 100e6, ...raw }));
    const { element = '10.1.2.3', name, event = 'raised' } = what;
    const reading = value === undefined ? undefined : { element, name, value };
    return thresholdEvent(settings, 'https://allegro-mm-1a2b', {
      ...{ event: event as 'raised', element, reading, suppressed: 0 },
      window: { start: END - 60, end: END },
      since: END - 120,
    }).text;
  };
  const SINCE = 'since 2026-11-23 15:48:00 UTC';

  it('is that of the example', () => {
    const one = { value: 132.4e6, name: 'fileserver.example' };
    expect(textOf({}, one)).toBe(thresholdTrigger.sampleOutput.text);
  });

  it.each([
    [
      { direction: 'rx', measure: 'bytes', limit: 1e6 },
      { value: 1.5e9 },
      `10.1.2.3 receives 1.5 GB in 60 s, above the threshold of 1 MB ${SINCE}.`,
    ],
    [
      { watched: 'tcpPort', measure: 'packets', limit: 0 },
      { value: 1, element: '443' },
      `TCP port 443 has 1 packet in 60 s, above the threshold of 0 packets ${SINCE}.`,
    ],
    [
      { watched: 'protocol', measure: 'packetsPerSecond', limit: 1000 },
      { value: 12_345.6, element: 'HTTP' },
      `Protocol HTTP has 12,346 packets/s, above the threshold of 1,000 packets/s ${SINCE}.`,
    ],
    [
      { watched: 'total', condition: 'below', direction: 'tx' },
      { value: 0, element: 'total' },
      `All traffic transmits 0 bit/s, below the threshold of 100 Mbit/s ${SINCE}.`,
    ],
    [
      { watched: 'buffer', limit: 24 },
      { value: 1.25, element: 'ring buffer 0' },
      `Ring buffer 0 reaches back 75 min, below the threshold of 24 h ${SINCE}.`,
    ],
    [
      { watched: 'tcpScore', condition: 'below', limit: 3 },
      { value: 2.125 },
      `10.1.2.3 has a TCP response score of 2.125, below the threshold of 3 ${SINCE}.`,
    ],
    [
      { watched: 'list', listPath: 'API/stats/modules/ntp', valuePath: 'offset', limit: 1 },
      { value: 2 },
      `offset of 10.1.2.3 is 2, above the threshold of 1 ${SINCE}.`,
    ],
    [
      { watched: 'value', path: 'API/stats/total', valuePath: 'interval.1', limit: 1e6 },
      { value: 2.5e6, element: 'interval.1' },
      `interval.1 of /API/stats/total is 2.5 MB, above the threshold of 1 MB ${SINCE}.`,
    ],
    [
      {},
      { value: 100_400_000 },
      `10.1.2.3 has 100,400,000 bit/s, above the threshold of 100,000,000 bit/s ${SINCE}.`,
    ],
    [
      {},
      { value: 75e6, event: 'cleared' },
      '10.1.2.3 has 75 Mbit/s, no longer above the threshold of 100 Mbit/s after 2 min.',
    ],
    [
      {},
      { event: 'cleared' },
      '10.1.2.3 is not listed any more, no longer above the threshold of 100 Mbit/s after 2 min.',
    ],
    [
      {},
      { value: 12e6, event: 'preview' },
      'Test event: 10.1.2.3 has 12 Mbit/s, the threshold is 100 Mbit/s.',
    ],
    [
      {},
      { value: 132e6, name: `a\n\u202eb${'x'.repeat(100)}` },
      `10.1.2.3 (a b${'x'.repeat(77)}…) has 132 Mbit/s, above the threshold of 100 Mbit/s ${SINCE}.`,
    ],
  ])('of %j with %j', (raw, what, expected) =>
    expect(textOf(raw, what)).toBe(`${expected} ${PLACE}`),
  );

  it('says where it was', () => {
    expect(textOf({ device: 'mm-2:1', linkGroup: 3 }, { value: 132e6 })).toContain(
      `Appliance allegro-mm-1a2b, device mm-2, analysis slot 1, virtual link group 3, ${TIME}.`,
    );
  });
});

it('of an Incidents Trigger says what became of the incident', async () => {
  const incident = {
    ...{ id: 1, ruleName: 'High traffic of an IP', severity: 'medium', count: 1 },
    ...{ ip: '10.1.2.3', text: '10.1.2.3 sent\n more than 100 Mbit/s', lastTime: END },
  };
  let list: object[] = [];
  const runner = new TriggerRunner(
    incidentsTrigger,
    { reportRepeated: true, reportEnded: true },
    () => ({ json: list }),
  );
  await runner.poll();
  const textAfter = async (...changed: object[]) => {
    list = changed;
    return (await runner.poll()).map(({ text }) => text);
  };
  const who = 'incident "High traffic of an IP" (medium) of 10.1.2.3';
  const place = `10.1.2.3 sent more than 100 Mbit/s. Appliance allegro-mm-test, ${TIME}.`;
  expect(await textAfter(incident)).toEqual([`New ${who}: ${place}`]);
  const twice = { ...incident, count: 2 };
  expect(await textAfter(twice)).toEqual([`Repeated 1 time: ${who}: ${place}`]);
  expect(await textAfter({ ...twice, active: false })).toEqual([`Ended: ${who}: ${place}`]);
  const bare = await textAfter({ id: 2, lastTime: END });
  expect(bare).toEqual([`New incident. Appliance allegro-mm-test, ${TIME}.`]);
});

it('of a New Element Trigger says who it is', async () => {
  const mac = '00:11:22:33:44:55';
  const answers: Record<string, object> = {
    '/API/stats/time': { currentTime: (END + 2) * 1000 },
    '/API/stats/modules/mac/mac_paged': {
      displayedItems: [{ mac, macVendor: 'Example Vendor', interval: [12, 1800, 9, 1150] }],
    },
    [`/API/stats/modules/mac/macs/${mac}/ip_paged`]: {
      displayedItems: [{ ip: '10.1.2.44', dhcpHostName: 'printer-2.example' }],
    },
  };
  const runner = new TriggerRunner(newElementTrigger, {}, (path) => {
    const json = answers[decodeURIComponent(path)];
    return json ? { json } : { status: 404 };
  });
  const [{ text }] = await runner.preview();
  expect(text).toMatch(
    /^Test event: MAC address 00:11:22:33:44:55 \(10\.1\.2\.44, printer-2\.example, Example Vendor\), 3 kB since 2026-11-23 15:\d\d:00 UTC\. Appliance allegro-mm-test, 2026-11-23 15:50:00 UTC\.$/,
  );
});

it.each([
  [{ statistic: 'API/stats/interfaces', sender: 'mm' }, 'Statistic /API/stats/interfaces', 'mm'],
  [{}, 'A statistic', undefined],
])('of a Pushed Statistics Trigger with %j names what is known', (raw, what, sender) => {
  const values = readFieldValues(pushedStatisticsTrigger, raw);
  const delivery = { headers: {}, query: {}, body: { a: 1 }, receivedAt: END * 1000 };
  const [{ text }] = pushedStatisticsTrigger.receive({} as LocalContext, values, delivery);
  const place = sender === undefined ? TIME : `Appliance ${sender}, ${TIME}`;
  expect(text).toBe(`${what} was pushed. ${place}.`);
});
