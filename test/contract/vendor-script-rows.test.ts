import { DEFAULT_SWITCHES, STEADY_HOST } from '../../simulator';
import { useSimulator } from './bench';
import { captureRequest, OPERATIONS, pastWindow, uploadRequest } from './operations';
import { Store } from './store';

/**
 * What the scripts of the vendor's API page get wrong. Error pages taken for results, and live
 * captures of a quiet network, are rows of the fault matrix.
 */
describe('where the scripts of the API page go wrong', () => {
  const bench = useSimulator(60, 30);
  const signal = AbortSignal.timeout(300_000);
  const { met } = bench;
  const queryOf = (url: string) => new URL(url, bench.simulator.url).searchParams;
  const wholeFile = async () => {
    const { startUs, endUs } = pastWindow(bench.simulator);
    return bench.simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs);
  };

  it('script 1: a capture that comes compressed is stored as a pcap, not as gzip', async () => {
    bench.simulator.faults.add({ path: OPERATIONS.capture.path, kind: 'gzip' });
    const request = captureRequest(bench.simulator);
    const { startUs, endUs } = (request as { window: { startUs: number; endUs: number } }).window;
    const store = new Store();
    const { bytes } = await store.keep(await bench.client.capture(request, { signal }));
    expect(bytes.equals(await bench.simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs))).toBe(
      true,
    );
    expect(met(OPERATIONS.capture.path)[0].headers['accept-encoding']).toBe('identity');
  });

  it('script 3: no page is fetched twice and no row comes twice', async () => {
    bench.simulator.switches.countCap = 5;
    const path = '/API/stats/modules/ip/ips_paged';
    const { startUs, endUs } = pastWindow(bench.simulator);
    const { rows, total } = await bench.client.rows(
      { path, query: { sort: 'bytes', starttime: startUs / 1e6, endtime: endUs / 1e6 } },
      { signal },
    );
    const addresses = rows.map(({ ip }) => ip);
    expect(rows.length).toBe(total);
    expect(new Set(addresses).size).toBe(addresses.length);
    const pages = met(path).map(({ url }) => queryOf(url).get('page'));
    expect(new Set(pages).size).toBe(pages.length);
  });

  it('script 5: a job that never ends is given up, and one that is answered at once is read', async () => {
    const path = '/API/stats/modules/ip/globalConnections';
    bench.simulator.switches.asyncPolls = Infinity;
    await expect(bench.client.get(path, { mode: 'rtpStats' }, { signal })).rejects.toMatchObject({
      kind: 'timeout',
    });
    Object.assign(bench.simulator.switches, DEFAULT_SWITCHES, { asyncDirect: true });
    bench.simulator.clearRequests();
    expect(await bench.client.get(path, { mode: 'rtpStats' }, { signal })).toHaveProperty(
      'displayedItems',
    );
    expect(met('/API/async/')).toEqual([]);
  });

  it('script 5: the last packet is in the capture although the end is exclusive', async () => {
    const { startUs, endUs } = pastWindow(bench.simulator);
    const file = await bench.simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs);
    const lastUs = timesOf(file).at(-1)!;
    const whole = new Store();
    const request = captureRequest(bench.simulator, {
      source: 'ringBuffer',
      window: { startUs, endUs: lastUs + 0.5, clockOffsetSeconds: 0 },
    });
    const { bytes } = await whole.keep(await bench.client.capture(request, { signal }));
    expect(timesOf(bytes).at(-1)).toBe(lastUs);
    const { url } = met(OPERATIONS.capture.path)[0];
    expect(queryOf(url).get('endTime')).toMatch(/^\d{16}$/);
  });

  it('script 5: blanks travel as %20, so that an appliance which takes a plus as it is understands', async () => {
    bench.simulator.switches.plusIsBlank = false;
    const expression = `ip == ${STEADY_HOST} and port != 1`;
    const store = new Store();
    const { summary } = await store.keep(
      await bench.client.capture(captureRequest(bench.simulator, { expression }), { signal }),
    );
    expect(summary.packets).toBeGreaterThan(0);
    const { url } = met(OPERATIONS.capture.path)[0];
    expect(url).not.toContain('+');
    expect(queryOf(url).get('expression')).toBe(expression);
  });

  it('script 6: the buffer is resumed as it was suspended, with a content type', async () => {
    await bench.client.setRingBufferSuspended(0, true, { signal });
    expect(bench.simulator.isBufferSuspended()).toBe(true);
    await bench.client.setRingBufferSuspended(0, true, { signal });
    expect(bench.simulator.isBufferSuspended()).toBe(true);
    await bench.client.setRingBufferSuspended(0, false, { signal });
    expect(bench.simulator.isBufferSuspended()).toBe(false);
    const [{ headers }] = met('/API/data/modules/capture/buffer/');
    expect(headers['content-type']).toBe('application/json');
  });

  it('upload by curl: a slot that a colleague uses is not taken', async () => {
    const file = await wholeFile();
    await bench.client.upload(uploadRequest(file, { slot: 2 }), { signal });
    const second = uploadRequest(file, { slot: 2, replaceSlot: false });
    const { slot, warnings } = await bench.client.upload(second, { signal });
    expect(slot).not.toBe(2);
    expect(warnings).toEqual([expect.stringContaining(`slot ${slot} instead of slot 2`)]);
  });

  it('curl: the times of a capture are in the case that the parameter list names', async () => {
    bench.simulator.switches.strictCaptureParamCase = true;
    const request = captureRequest(bench.simulator);
    const { startUs, endUs } = (request as { window: { startUs: number; endUs: number } }).window;
    const store = new Store();
    const { bytes } = await store.keep(await bench.client.capture(request, { signal }));
    expect(bytes.equals(await bench.simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs))).toBe(
      true,
    );
  });

  it('curl: a page is asked for with no more than the documented 100 rows', async () => {
    const path = '/API/stats/modules/ip/ips_paged';
    await bench.client.rows({ path, query: { sort: 'bytes' }, limit: 9999 }, { signal });
    for (const { url } of met(path)) expect(Number(queryOf(url).get('count'))).toBe(100);
  });
});

/** Times of the records in microseconds, read without any code of the product. */
function timesOf(file: Buffer): number[] {
  const times: number[] = [];
  for (let offset = 24; offset < file.length; offset += 16 + file.readUInt32LE(offset + 8)) {
    times.push(file.readUInt32LE(offset) * 1e6 + file.readUInt32LE(offset + 4));
  }
  return times;
}
