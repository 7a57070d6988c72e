import { STEADY_HOST } from '../../simulator';
import { useSimulator } from './support/bench';
import { captureRequest, OPERATIONS, pastWindow, uploadRequest } from './support/operations';
import { Store } from './support/store';

/**
 * What the scripts of the vendor's API page get wrong, as far as no other suite has it: error pages,
 * quiet live captures and jobs are rows of the fault matrix, pages in `test/client/api/rows.test.ts`,
 * the last packet in `connections.test.ts`, the content type of a POST in `api-request.test.ts`.
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
});
