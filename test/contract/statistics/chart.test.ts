import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { PNG } from 'pngjs';
import { AllegroClient } from '../../../client';
import { systemContext } from '../../../node-red/runtime/config-node/system-context';
import { chart } from '../../../nodes/definitions/statistics/chart';
import { THEMES } from '../../../nodes/definitions/statistics/chart/theme';
import { STEADY_HOST } from '../../../simulator';
import { useSimulator } from '../support/bench';
import { runDefinition } from '../support/run-definition';
import { axiosTransport } from '../support/transports';
import { errorOf } from '../../support/error-of';

interface Picture {
  json: Record<string, unknown>;
  file: Buffer;
  png: PNG;
}

const TEN_MINUTES = { timeMode: 'last', lastAmount: 10, lastUnit: 'minutes' };

/** Read back by a decoder that is none of ours. Set CHART_FOLDER to look at the pictures. */
describe('a chart', () => {
  const bench = useSimulator(900);
  // By the real clock: drawing keeps this process busy, and with a fast one a limit would ring.
  let connection: ReturnType<typeof axiosTransport>;
  beforeAll(() => {
    connection = axiosTransport(bench.simulator);
  });
  afterAll(() => connection.destroy());

  async function draw(raw: Record<string, unknown>, name?: string): Promise<Picture> {
    const context = systemContext;
    const client = new AllegroClient({ transport: connection.transport, context });
    const [ran] = await runDefinition(client, chart, { ...TEN_MINUTES, ...raw });
    const file = ran.file!.bytes;
    const folder = process.env.CHART_FOLDER;
    if (folder && name) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${name}.png`), file);
    }
    return { json: ran.json, file, png: PNG.sync.read(file) };
  }

  const hex = ({ data, width }: PNG, x: number, y: number) =>
    `#${data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3).toString('hex')}`;
  /** How many pixels have a colour. */
  const count = ({ data }: PNG, color: string) => {
    const wanted = Number.parseInt(color.slice(1), 16);
    let found = 0;
    for (let at = 0; at < data.length; at += 4) if (data.readUIntBE(at, 3) === wanted) found++;
    return found;
  };

  it('of top talkers is a PNG with bars as long as the figures say', async () => {
    const { json, file, png } = await draw({}, 'talkers-light');
    expect(json).toMatchObject({
      mediaType: 'image/png',
      bytes: file.length,
      width: 1600,
      height: 900,
    });
    expect([png.width, png.height]).toEqual([1600, 900]);
    expect(json.fileName).toMatch(
      /^allegro_127\.0\.0\.1.*top-ip_\d{8}T\d{6}Z-\d{8}T\d{6}Z_[0-9a-z]{5}\.png$/,
    );
    expect(hex(png, 0, 0)).toBe('#ffffff');
    const series = json.series as Array<{ unit: string; received: number; transmitted: number }>;
    expect(series[0].unit).toBe('B');
    expect(series).toHaveLength(10);
    const [blue, orange] = THEMES.light.series;
    const received = series.reduce((sum, one) => sum + one.received, 0);
    const transmitted = series.reduce((sum, one) => sum + one.transmitted, 0);
    const ratio = count(png, blue) / count(png, orange);
    expect(ratio / (received / transmitted)).toBeCloseTo(1, 1);
  });

  it('has whole chunks with the right checksums, and tells what is to be seen', async () => {
    const { file, json } = await draw({ barCount: 3 });
    const types: string[] = [];
    for (let at = 8; at < file.length;) {
      const length = file.readUInt32BE(at);
      const body = file.subarray(at + 4, at + 8 + length);
      types.push(body.toString('latin1', 0, 4));
      expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(body));
      if (types.at(-1) === 'iTXt') expect(body.toString()).toContain(json.altText as string);
      if (types.at(-1) === 'pHYs') expect(body.readUInt32BE(4)).toBe(7559);
      at += 12 + length;
    }
    expect(types).toEqual(['IHDR', 'pHYs', 'iTXt', 'IDAT', 'IEND']);
    expect(json.altText).toMatch(/^Top IP addresses by bytes: \S+.* [kMG]?B/);
  });

  it('comes dark, in one density, in other sizes', async () => {
    const { png } = await draw(
      {
        theme: 'dark',
        chartScale: 1,
        chartWidth: 500,
        chartHeight: 300,
        barCount: 5,
        barMeasure: 'bits',
      },
      'talkers-dark-small',
    );
    expect([png.width, png.height]).toEqual([500, 300]);
    expect(hex(png, 499, 299)).toBe(THEMES.dark.background);
    expect(count(png, THEMES.dark.series[0])).toBeGreaterThan(500);
  });

  it.each(['mac', 'protocol', 'tcpPort', 'udpPort'])('ranks by %s', async (talkerKind) => {
    const { json } = await draw({ talkerKind }, `talkers-${talkerKind}`);
    expect((json.series as unknown[]).length).toBeGreaterThan(0);
  });

  it('of the interfaces has the rate that was counted', async () => {
    const { json, png } = await draw(
      { chartKind: 'history', timeZone: 'Europe/Berlin' },
      'history-one',
    );
    const [{ name, average }] = json.series as Array<{ name: string; average: number }>;
    expect(name).toBe('Interface 1');
    const [from, to] = [json.from, json.to].map((time) => Date.parse(String(time)) * 1000);
    const { bytes } = await bench.simulator.packetsIn('', from, to);
    expect(average / ((bytes * 8) / ((to - from) / 1e6))).toBeCloseTo(1, 1);
    expect(count(png, THEMES.light.series[0])).toBeGreaterThan(500);
  });

  it('has several lines, received and transmitted apart', async () => {
    const series = [
      {
        path: `API/stats/modules/ip/ips/${STEADY_HOST}`,
        seriesLabel: 'A long name for the steady host of the example',
      },
      { path: 'API/stats/modules/mac_protocols/generic', seriesLabel: 'All' },
    ];
    const raw = { chartKind: 'history', series, lineDirections: 'apart', theme: 'dark' };
    const { json, png } = await draw(raw, 'history-many');
    expect((json.series as Array<{ name: string }>).map(({ name }) => name)).toEqual([
      'A long name for the stead… – received',
      'A long name for the stead… – transmitted',
      'All – received',
      'All – transmitted',
    ]);
    for (const color of THEMES.dark.series.slice(0, 4)) {
      expect(count(png, color)).toBeGreaterThan(100);
    }
  });

  it('says in words that there is nothing', async () => {
    const past = {
      timeMode: 'between',
      since: '2020-01-01T00:00:00Z',
      until: '2020-01-01T01:00:00Z',
    };
    bench.simulator.faults.add({
      path: '/API/stats/modules/ip/ips_paged',
      kind: 'answer',
      status: 200,
      body: '{"displayedItems":[],"numberOfItems":0,"numberOfPages":0,"itemsPerPage":100}',
    });
    const { json, png } = await draw(past, 'empty');
    expect(json.altText).toMatch(/no traffic in this interval/);
    expect(count(png, THEMES.light.series[0])).toBe(0);
    const line = await draw({ chartKind: 'history', series: [{ path: 'API/stats/time' }] });
    expect(line.json.warnings).toEqual(['/API/stats/time has no history.']);
    expect(line.json.series).toEqual([]);
  });

  describe('of what is not traffic', () => {
    const path = `/API/stats/modules/ip/ips/${STEADY_HOST}`;
    const responseTimes = {
      history: { rows: ['avg', 'count', 'min', 'stddev'], data: [1.7e12, 5, 6, 7, 8] },
    };
    const drawSteady = () => draw({ chartKind: 'history', series: [{ path }] });
    const answerWith = (body: object) =>
      bench.simulator.faults.add({
        ...{ path, kind: 'answer', status: 200, body: JSON.stringify(body) },
        headers: { 'Content-Type': 'application/json' },
      });

    it('is an error that names the columns where there is nothing else', async () => {
      answerWith({ ip: STEADY_HOST, tcpContinuousResponseTimes: responseTimes });
      const error = await errorOf(drawSteady());
      expect(error).toMatchObject({ kind: 'badAnswer' });
      expect(error.message).toContain(`${path}: not drawn`);
      expect(error.message).toContain('avg, count, min, stddev');
    });

    it('is left out beside traffic, with a warning that names the columns', async () => {
      const rows = ['rxPackets', 'rxBytes', 'txPackets', 'txBytes'];
      const history = { rows, data: [Date.now() - 60_000, 1, 100, 2, 200] };
      answerWith({ ip: STEADY_HOST, history, tcpContinuousResponseTimes: responseTimes });
      const { json } = await drawSteady();
      expect(json.series).toMatchObject([{ name: STEADY_HOST, unit: 'bit/s', points: 1 }]);
      expect(json.warnings).toEqual([expect.stringContaining('avg, count, min, stddev')]);
    });
  });
});
