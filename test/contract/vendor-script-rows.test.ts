import { AllegroClient } from '../../client';
import { createAxiosTransport } from '../../node-red/transport/axios-transport';
import { DEFAULT_SWITCHES, startSimulator, STEADY_HOST, type Simulator } from '../../simulator';
import { fastContext } from './fast-context';
import { TOKEN } from './fault-matrix';
import { captureRequest, OPERATIONS, pastWindow, uploadRequest } from './operations';
import { Store } from './store';
import { waitUntil } from './wait-until';

/** What the scripts of the vendor's API page get wrong; a test for each. */
describe('where the scripts of the API page go wrong', () => {
  let simulator: Simulator;
  let transport: ReturnType<typeof createAxiosTransport>;
  let client: AllegroClient;
  const signal = AbortSignal.timeout(300_000);

  beforeAll(async () => {
    simulator = await startSimulator({ historySeconds: 60 });
    transport = createAxiosTransport({
      baseUrl: simulator.url,
      token: TOKEN,
      caCertificate: simulator.certificatePem,
      ignoreCertificateErrors: false,
    });
    client = new AllegroClient({ transport, context: fastContext() });
  }, 60_000);
  afterAll(async () => {
    transport.destroy();
    await simulator.close();
  });
  beforeEach(() => {
    simulator.faults.clear();
    simulator.clearRequests();
    simulator.setQuiet(false);
    Object.assign(simulator.switches, DEFAULT_SWITCHES);
  });

  const met = (path: string) => simulator.requests.filter((one) => one.path.startsWith(path));
  const queryOf = (url: string) => new URL(url, simulator.url).searchParams;
  const wholeFile = async () => {
    const { startUs, endUs } = pastWindow(simulator);
    return simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs);
  };

  it('script 1: a capture that comes compressed is stored as a pcap, not as gzip', async () => {
    simulator.faults.add({ path: OPERATIONS.capture.path, kind: 'gzip' });
    const request = captureRequest(simulator);
    const { startUs, endUs } = (request as { window: { startUs: number; endUs: number } }).window;
    const store = new Store();
    const { bytes } = await store.keep(await client.capture(request, { signal }));
    expect(bytes.equals(await simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs))).toBe(true);
    expect(met(OPERATIONS.capture.path)[0].headers['accept-encoding']).toBe('identity');
  });

  it('script 1: a live capture ends on a quiet network too, as a normal end', async () => {
    simulator.setQuiet(true);
    const live = { source: 'live', durationSeconds: 30 } as const;
    const store = new Store();
    const request = captureRequest(simulator, live);
    const { summary } = await store.keep(await client.capture(request, { signal }));
    expect(summary).toMatchObject({ packets: 0, complete: true, endedBy: 'duration' });
    await waitUntil(() => simulator.openCaptures() === 0);
  });

  it('script 1: an error page is not saved as a capture', async () => {
    const path = OPERATIONS.capture.path;
    simulator.faults.add({ path, kind: 'answer', status: 403, body: '{"error":"no"}' });
    const store = new Store();
    await expect(client.capture(captureRequest(simulator), { signal })).rejects.toMatchObject({
      kind: 'permission',
      status: 403,
    });
    expect(store.files).toEqual([]);
  });

  it('script 3: no page is fetched twice and no row comes twice', async () => {
    simulator.switches.countCap = 5;
    const path = '/API/stats/modules/ip/ips_paged';
    const { startUs, endUs } = pastWindow(simulator);
    const { rows, total } = await client.rows(
      { path, query: { sort: 'bytes', starttime: startUs / 1e6, endtime: endUs / 1e6 } },
      { signal },
    );
    const addresses = rows.map(({ ip }) => ip);
    expect(rows.length).toBe(total);
    expect(new Set(addresses).size).toBe(addresses.length);
    const pages = met(path).map(({ url }) => queryOf(url).get('page'));
    expect(new Set(pages).size).toBe(pages.length);
  });

  it('script 4: an error page is not taken for a CSV', async () => {
    const path = '/API/stats/modules/ip/globalConnections/csv';
    simulator.faults.add({ path, kind: 'answer', status: 500, body: '<html>broken</html>' });
    const options = { signal, onBytes: () => undefined };
    await expect(client.connectionsCsv({}, options)).rejects.toMatchObject({
      kind: 'appliance',
      status: 500,
    });
  });

  it('script 5: a job that never ends is given up, and one that is answered at once is read', async () => {
    const path = '/API/stats/modules/ip/globalConnections';
    simulator.switches.asyncPolls = Infinity;
    await expect(client.get(path, { mode: 'rtpStats' }, { signal })).rejects.toMatchObject({
      kind: 'timeout',
    });
    Object.assign(simulator.switches, DEFAULT_SWITCHES, { asyncDirect: true });
    simulator.clearRequests();
    expect(await client.get(path, { mode: 'rtpStats' }, { signal })).toHaveProperty(
      'displayedItems',
    );
    expect(met('/API/async/')).toEqual([]);
  });

  it('script 5: the last packet is in the capture although the end is exclusive', async () => {
    const { startUs, endUs } = pastWindow(simulator);
    const file = await simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs);
    const lastUs = timesOf(file).at(-1)!;
    const whole = new Store();
    const request = captureRequest(simulator, {
      source: 'ringBuffer',
      window: { startUs, endUs: lastUs + 0.5, clockOffsetSeconds: 0 },
    });
    const { bytes } = await whole.keep(await client.capture(request, { signal }));
    expect(timesOf(bytes).at(-1)).toBe(lastUs);
    const { url } = met(OPERATIONS.capture.path)[0];
    expect(queryOf(url).get('endTime')).toMatch(/^\d{16}$/);
  });

  it('script 5: blanks travel as %20, so that an appliance which takes a plus as it is understands', async () => {
    simulator.switches.plusIsBlank = false;
    const expression = `ip == ${STEADY_HOST} and port != 1`;
    const store = new Store();
    const { summary } = await store.keep(
      await client.capture(captureRequest(simulator, { expression }), { signal }),
    );
    expect(summary.packets).toBeGreaterThan(0);
    const { url } = met(OPERATIONS.capture.path)[0];
    expect(url).not.toContain('+');
    expect(queryOf(url).get('expression')).toBe(expression);
  });

  it('script 6: the buffer is resumed as it was suspended, with a content type', async () => {
    await client.setRingBufferSuspended(0, true, { signal });
    expect(simulator.isBufferSuspended()).toBe(true);
    await client.setRingBufferSuspended(0, true, { signal });
    expect(simulator.isBufferSuspended()).toBe(true);
    await client.setRingBufferSuspended(0, false, { signal });
    expect(simulator.isBufferSuspended()).toBe(false);
    const [{ headers }] = met('/API/data/modules/capture/buffer/');
    expect(headers['content-type']).toBe('application/json');
  });

  it('script 6: a refusal is an error, not a page that is printed', async () => {
    const path = '/API/data/modules/capture/buffer/';
    simulator.faults.add({ path, kind: 'answer', status: 401 });
    await expect(client.setRingBufferSuspended(0, true, { signal })).rejects.toMatchObject({
      kind: 'login',
    });
  });

  it('upload by curl: a slot that a colleague uses is not taken', async () => {
    const file = await wholeFile();
    await client.upload(uploadRequest(file, { slot: 2 }), { signal });
    const second = uploadRequest(file, { slot: 2, replaceSlot: false });
    const { slot, warnings } = await client.upload(second, { signal });
    expect(slot).not.toBe(2);
    expect(warnings).toEqual([expect.stringContaining(`slot ${slot} instead of slot 2`)]);
  });

  it('upload by curl: live statistics are not reset by accident', async () => {
    simulator.switches.analysisSlots = 0;
    const file = await wholeFile();
    await expect(client.upload(uploadRequest(file), { signal })).rejects.toMatchObject({
      kind: 'refused',
    });
    expect(met('/API/system/')).toEqual([]);
  });

  it('curl: the times of a capture are in the case that the parameter list names', async () => {
    simulator.switches.strictCaptureParamCase = true;
    const request = captureRequest(simulator);
    const { startUs, endUs } = (request as { window: { startUs: number; endUs: number } }).window;
    const store = new Store();
    const { bytes } = await store.keep(await client.capture(request, { signal }));
    expect(bytes.equals(await simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs))).toBe(true);
  });

  it('curl: a page is asked for with no more than the documented 100 rows', async () => {
    const path = '/API/stats/modules/ip/ips_paged';
    await client.rows({ path, query: { sort: 'bytes' }, limit: 9999 }, { signal });
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
