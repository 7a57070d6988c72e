import { capturePcap } from '../../../nodes/definitions/capture/capture-pcap';
import { estimateCapture } from '../../../nodes/definitions/capture/estimate-capture';
import { whichDevice } from '../../../nodes/definitions/device/which-device';
import { chart } from '../../../nodes/definitions/statistics/chart';
import { topTalkers } from '../../../nodes/definitions/statistics/top-talkers';
import { STEADY_HOST } from '../../../simulator';
import { useSimulator } from '../support/bench';
import { pastWindow, uploadRequest } from '../support/operations';
import { jsonOf, runDefinition } from '../support/run-definition';

const YEARS_AGO = 3 * 365 * 86_400;

/** The same pcap (little-endian), recorded so many seconds earlier. */
function earlier(file: Buffer, seconds: number): Buffer {
  const moved = Buffer.from(file);
  for (let at = 24; at < moved.length; at += 16 + moved.readUInt32LE(at + 8)) {
    moved.writeUInt32LE(moved.readUInt32LE(at) - seconds, at);
  }
  return moved;
}

describe('an analysis slot with an old file', () => {
  const bench = useSimulator(60, 5);
  const SLOT = { device: ':1', captureScope: 'all' };
  let uploaded: Buffer;

  beforeAll(async () => {
    const { startUs, endUs } = pastWindow(bench.simulator);
    uploaded = earlier(await bench.simulator.fileOf('', startUs, endUs), YEARS_AGO);
    const signal = AbortSignal.timeout(300_000);
    await bench.client.upload(uploadRequest(uploaded), { signal });
  });

  it('is captured as a whole, without a word about clocks or lateness', async () => {
    const raw = { ...SLOT, timeMode: 'upload', maxMegabytes: 0 };
    const [{ json, file }] = await runDefinition(bench.client, capturePcap, raw);
    expect(file!.bytes.equals(uploaded)).toBe(true);
    expect(json).toMatchObject({
      requestedWindow: null,
      clockOffsetSeconds: null,
      fileName: expect.stringMatching(/^allegro_127\.0\.0\.1-\d+_[0-9a-z]{5}\.pcap$/),
      evidence: { requestedWindow: null },
      warnings: [],
    });
    expect(bench.met('/API/stats/')).toEqual([]);
  });

  it('is estimated as a whole', async () => {
    const raw = { ...SLOT, timeMode: 'upload' };
    const json = await jsonOf(estimateCapture, bench.client, raw);
    expect(json).toMatchObject({
      expectedBytes: uploaded.length,
      window: null,
      basis: expect.stringMatching(
        /^Statistics of all traffic, of the whole upload: [\d,]+ packets/,
      ),
      warnings: [],
    });
  });

  it.each([
    ['talkers', /^Top IP addresses by bytes: /, null],
    ['a history', /up to [\d.]+ \w?bit/, expect.stringMatching(/^20\d\d-/)],
  ] as const)('is drawn as a whole: %s', async (what, altText, from) => {
    const chartKind = what === 'talkers' ? 'topTalkers' : 'history';
    const raw = { chartKind, timeMode: 'none', device: ':1' };
    const json = await jsonOf(chart, bench.client, raw);
    expect(json).toMatchObject({ altText: expect.stringMatching(altText), from, warnings: [] });
    expect((json.series as unknown[]).length).toBeGreaterThan(0);
  });

  it('does not keep devices from being asked for all that they have seen', async () => {
    const raw = { address: STEADY_HOST, timeMode: 'none' };
    const json = await jsonOf(whichDevice, bench.client, raw);
    expect(json).toMatchObject({ best: expect.stringMatching(/./), seenBy: 2, from: null });
  });

  it('is captured between two times of its own, without a word about clocks', async () => {
    const startUs = pastWindow(bench.simulator).startUs - (YEARS_AGO + 60) * 1e6;
    const raw = { ...SLOT, timeMode: 'between', since: startUs, until: startUs + 600e6 };
    const [{ json }] = await runDefinition(bench.client, capturePcap, raw);
    expect(json.packets).toBeGreaterThan(0);
    expect((json.warnings as string[]).join()).not.toMatch(/clock/);
  });

  it.each([
    ['a capture of the last minutes', capturePcap, { ...SLOT, timeMode: 'last' }],
    ['a ranking of the last hour', topTalkers, { device: 'local:1', timeMode: 'last' }],
    ['the whole upload of no slot', capturePcap, { captureScope: 'all', timeMode: 'upload' }],
  ] as const)('refuses %s before any request, and explains it', async (_, definition, raw) => {
    const running = runDefinition(bench.client, definition, raw);
    await expect(running).rejects.toMatchObject({
      kind: 'input',
      field: 'timeMode',
      what: expect.stringMatching(/analysis slot/),
    });
    expect(bench.simulator.requests).toEqual([]);
  });
});
