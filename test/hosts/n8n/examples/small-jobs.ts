import { STEADY_HOST } from '../../../../simulator';
import { expectOnPage } from '../../ten-jobs';
import type { ExampleBench } from './example-bench';
import { hashOf } from '../../truth';

/** Small examples that each do one job of an operator; what they say is what counts. */

const WRONG = 'What Went Wrong';
const REFUSED = { kind: 'answer', status: 401 } as const;

export function indicatorSweep(get: () => ExampleBench): void {
  const NAME = '21-indicator-sweep';

  it('tells who talked to an indicator, and since when', async () => {
    const bench = get();
    const { items } = await bench.run(bench.example(NAME), 'Try It');
    const { subject, text } = items.Message[0].json as Record<'subject' | 'text', string>;
    expect(subject).toBe('Indicators: 1 of 2 seen in the last 7 days');
    const nowUs = bench.simulator.nowUs();
    const { firstUs } = await bench.simulator.packetsIn('ip==198.51.100.66', 0, nowUs);
    const since = new Date(firstUs! / 1000).toISOString().slice(0, 19).replace('T', ' ');
    expect(text).toMatch(new RegExp(`10\\.1\\.2\\.66 \\(.*, ${since} to .* UTC\\)`));
    expect(text).toMatch(/\n\n192\.0\.2\.77: not seen/);
    expectOnPage('indicator-sweep', `${subject}\n\n${text}`);
  });

  it('takes a list by webhook, and says what failed', async () => {
    const bench = get();
    const published = await bench.publish(bench.example(NAME));
    const post = async (body: object) => {
      const response = await published.send('webhook/allegro-indicators', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      return (await response.json()) as { text: string };
    };
    try {
      expect((await post({ addresses: [STEADY_HOST] })).text).toMatch(/^10\.1\.2\.3 \(pc-anna/);
      const search = { response: { Attribute: [{ type: 'ip-src', value: '192.0.2.77' }] } };
      expect((await post(search)).text).toMatch(/^192\.0\.2\.77: not seen/);
      expect((await post({ addresses: [] })).text).toMatch(/^Failed: the sweep of indicators\n/);
    } finally {
      await published.end();
    }
  });
}

export function applicationSlow(get: () => ExampleBench): void {
  const NAME = '22-application-slow';

  it('tells that it is the server, with the pcap as proof', async () => {
    const bench = get();
    const { items } = await bench.run(bench.example(NAME), 'Try It');
    const [{ json, binary }] = items.Message;
    const { subject, text } = json as Record<'subject' | 'text', string>;
    expect(subject).toBe('Application slow, 203.0.113.10: it is the server');
    expect(text).toMatch(/\nServer: \d+ of \d+ responses took/);
    const [{ json: capture }] = items['Its Packets'];
    const stored = await bench.bench.host.rest.binary(binary!.data.id!);
    expect(hashOf(stored)).toBe(capture.sha256);
    expectOnPage('application-slow', `${subject}\n\n${text}`);
  });

  it('says that there are no packets, or what failed', async () => {
    const bench = get();
    const unseen = { 'Its Packets': { host: '192.0.2.77' } };
    const { items } = await bench.run(bench.example(NAME, { parameters: unseen }), 'Try It');
    expect(items.Message[0].json.subject).toBe('Application slow, 192.0.2.77: no packets');
    bench.simulator.faults.add(REFUSED);
    const failed = await bench.run(bench.example(NAME), 'Try It');
    expect(failed.items[WRONG][0].json.text).toMatch(
      /^Failed: to find out why the application is slow\n/,
    );
  });
}

export function nightlyCsv(get: () => ExampleBench): void {
  const NAME = '23-nightly-csv';
  const example = () => {
    const storeUrl = get().neighbours.files.url;
    return get().example(NAME, { settings: { storeUrl } });
  };

  it('uploads the connections of the last day', async () => {
    const bench = get();
    const { items, error } = await bench.run(example(), 'Try It');
    expect(error).toBeUndefined();
    const [{ json }] = items['Connections as CSV'];
    const [[path, content]] = bench.neighbours.files.files;
    expect(path.endsWith(`/${json.fileName as string}`)).toBe(true);
    expect(hashOf(content)).toBe(json.sha256);
    const [{ json: message }] = items.Message;
    expect(message.subject).toMatch(/^Connections of the last day: [\d,]+ rows stored$/);
    expect(message.text).toContain(`${bench.neighbours.files.url}/${json.fileName as string}\n`);
    expect(message.text).toContain(json.sha256);
  });

  it('says what failed: the store, or the appliance', async () => {
    const bench = get();
    bench.neighbours.files.isFull = true;
    const full = await bench.run(example(), 'Try It');
    expect(full.items[WRONG][0].json.text).toMatch(/^Failed: the nightly CSV of .*\n.*507/s);
    bench.simulator.faults.add(REFUSED);
    const refused = await bench.run(example(), 'Try It');
    expect(refused.items[WRONG][0].json.text).toMatch(/^Failed: the nightly CSV of .*\n.*401/s);
  });
}

export function captureToStorage(get: () => ExampleBench): void {
  const NAME = '24-capture-to-storage';
  // The simulator counts the past of the second device when it is first asked for it.
  beforeAll(() => get().bench.fetchDirectly('/API/stats/modules/ip?mm-id=branch-1'), 120_000);

  it('has each device that saw the host store its packets', async () => {
    const bench = get();
    const before = bench.simulator.storedCaptures.length;
    const { items } = await bench.run(bench.example(NAME), 'Try It');
    const stored = bench.simulator.storedCaptures.slice(before);
    expect(stored.map(({ deviceId }) => deviceId).sort()).toEqual(['branch-1', 'local']);
    const [{ json }] = items.Stored;
    expect(json.subject).toBe('10.1.2.3: stored on 2 device(s)');
    for (const { deviceId, name } of stored) {
      expect(json.text).toMatch(
        new RegExp(`^${deviceId}: asked to store ip==10\\.1\\.2\\.3, .* UTC, as ${name}\\. `, 'm'),
      );
    }
  });

  it('says where nobody saw the host, and what failed', async () => {
    const bench = get();
    const parameters = { 'Which Device Saw It': { address: '192.0.2.77' } };
    const { items } = await bench.run(bench.example(NAME, { parameters }), 'Try It');
    expect(items.Stored).toBeUndefined();
    expect(items['Not Seen'][0].json.text).toMatch(/^local: no traffic of .*/m);
    bench.simulator.faults.add(REFUSED);
    const failed = await bench.run(bench.example(NAME), 'Try It');
    expect(failed.items[WRONG][0].json.text).toMatch(/^Failed: storing packets on the devices\n/);
  });
}
