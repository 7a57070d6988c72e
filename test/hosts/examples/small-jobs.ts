import { NEW_DEVICE } from '../../../simulator';
import { waitUntil } from '../../contract/support/wait-until';
import { answered } from '../appliance-events';
import { expectOnPage } from '../ten-jobs';
import { capturesOf, hashOf } from '../truth';
import type { ExampleSuite } from './example-host';
import { expectRefused } from './first-steps';

/** Small examples that each do one job of an operator; what they say is what counts. */

export const newDevices: ExampleSuite = (get) => {
  it('tells of a new device', async () => {
    const { simulator } = get();
    const example = await get().begin('16-new-devices');
    await example.watch();
    await waitUntil(() => answered(simulator, '/mac/mac_paged') > 0);
    const { ip, mac } = NEW_DEVICE;
    simulator.inject({ from: ip, mac, bytesPerSecond: 6000, seconds: 12 });
    expectOnPage('new-device', await example.hear(`MAC address ${mac} (`));
  });
};

export const indicatorSweep: ExampleSuite = (get) => {
  const NAME = '21-indicator-sweep';

  it('tells who talked to an indicator, and since when', async () => {
    const { simulator } = get();
    const { text } = await (await get().begin(NAME)).tell();
    expect(text).toMatch(/^Indicators: 1 of 2 seen in the last 7 days\n\n198\.51\.100\.66 \(/);
    const { firstUs } = await simulator.packetsIn('ip==198.51.100.66', 0, simulator.nowUs());
    const since = new Date(firstUs! / 1000).toISOString().slice(0, 19).replace('T', ' ');
    expect(text).toMatch(new RegExp(`10\\.1\\.2\\.66 \\(.*, ${since} to .* UTC\\)`));
    expect(text).toMatch(/\n\n192\.0\.2\.77: not seen/);
    expectOnPage('indicator-sweep', text);
  });

  it('says what failed', () => expectRefused(get(), NAME, /^Failed: the indicator sweep\n/));
};

export const applicationSlow: ExampleSuite = (get) => {
  const NAME = '22-application-slow';

  it('tells that it is the server, with the pcap as proof', async () => {
    const { simulator } = get();
    const { text, file } = await (await get().begin(NAME)).tell();
    expect(text).toMatch(/^Application slow, 203\.0\.113\.10: it is the server\n/);
    expect(text).toMatch(/\nServer: \d+ of \d+ responses took/);
    const [{ expression, startUs, endUs }] = capturesOf(simulator).slice(-1) as [
      ReturnType<typeof capturesOf>[0],
    ];
    expect(hashOf(file!)).toBe(hashOf(await simulator.fileOf(expression, startUs, endUs)));
    expectOnPage('application-slow', text);
  });

  it('says that there are no packets', async () => {
    const { text } = await (await get().begin(NAME, { sample: { host: '192.0.2.77' } })).tell();
    expect(text).toMatch(/^Application slow, 192\.0\.2\.77: no packets\n/);
  });

  it('says what failed', () =>
    expectRefused(get(), NAME, /^Failed: finding out why the application is slow\n/));
};

export const nightlyCsv: ExampleSuite = (get) => {
  const NAME = '23-nightly-csv';
  const FAILED = /^Failed: the nightly CSV of connections\n/;

  it('uploads the connections of the last day', async () => {
    const { files } = get().neighbours;
    const { text } = await (await get().begin(NAME)).tell();
    const [[path, content]] = [...files.files] as [[string, Buffer]];
    expect(text).toMatch(/^Connections of the last day: [\d,]+ rows stored\n/);
    expect(text).toContain(`\n${files.url}/${path.split('/').at(-1)}\n`);
    expect(text).toContain(`SHA-256 ${hashOf(content)}`);
  });

  it('says what failed: the store, or the appliance', async () => {
    get().neighbours.refuseFiles(/./);
    const { text } = await (await get().begin(NAME)).tell();
    expect(text).toMatch(FAILED);
    expect(text).toContain('507');
    await expectRefused(get(), NAME, FAILED);
  });
};

export const captureToStorage: ExampleSuite = (get) => {
  const NAME = '24-capture-to-storage';
  const FAILED = /^Failed: storing packets on the devices\n/;

  it('has each device that saw the host store its packets', async () => {
    const { simulator } = get();
    const before = simulator.storedCaptures.length;
    const { text } = await (await get().begin(NAME)).tell(2);
    const stored = simulator.storedCaptures.slice(before);
    expect(stored.map(({ deviceId }) => deviceId).sort()).toEqual(['branch-1', 'local']);
    for (const { name } of stored) expect(text).toContain(`, as ${name}`);
    expect(text).toMatch(
      /^10\.1\.2\.3: asked .* to store its packets\n\n.*ip==10\.1\.2\.3, 20.* UTC/,
    );
  });

  it('says where nobody saw the host, and what failed', async () => {
    const example = await get().begin(NAME, { sample: { host: '192.0.2.77' } });
    expect((await example.tell()).text).toMatch(
      /192\.0\.2\.77 was not seen|no traffic of 192\.0\.2\.77/,
    );
    await expectRefused(get(), NAME, FAILED);
  });
};
