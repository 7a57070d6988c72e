import { capturePcap } from '../../../nodes/definitions/capture/capture-pcap';
import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';
import { freezeEvidence } from '../../../nodes/definitions/ring-buffer/freeze-evidence';
import { STEADY_HOST } from '../../../simulator';
import { errorOf } from '../../support/error-of';
import { useSimulator } from '../support/bench';
import { pastWindow } from '../support/operations';
import { runDefinition } from '../support/run-definition';
import { waitUntil } from '../support/wait-until';

const CAPTURE = '/API/data/modules/capture';
const STORE = { saveTo: 'appliance', host: STEADY_HOST };

/** Little-endian, microseconds, version 2.4. */
const PCAP_HEAD = Buffer.from('d4c3b2a102000400', 'hex');

describe("a capture to the appliance's storage", () => {
  const bench = useSimulator(120, 5);
  const window = () => {
    const { startUs, endUs } = pastWindow(bench.simulator);
    return { timeMode: 'between', since: startUs, until: endUs };
  };
  const run = async (raw: Record<string, unknown>, definition: NodeDefinition = capturePcap) => {
    const [ran] = await runDefinition(bench.client, definition, { ...STORE, ...raw });
    return ran;
  };
  const last = () => bench.simulator.storedCaptures.at(-1)!;

  it.each([
    ['Capture Pcap', capturePcap],
    ['Freeze Evidence', freezeEvidence],
  ] as const)('of %s holds the packets, and there is no file here', async (_, definition) => {
    const values = window();
    const { json, file } = await run(values, definition);
    expect(file).toBeUndefined();
    expect(json).toMatchObject({
      savedTo: 'appliance',
      stored: 'unconfirmed',
      expression: `ip==${STEADY_HOST}`,
      answer: { result: 'ok', fileName: last().name },
      warnings: expect.arrayContaining([
        expect.stringMatching(/check it on the storage device\. "Size Limit" did not apply/),
      ]),
    });
    const { path, query } = json.request as { path: string; query: string };
    expect(bench.met(CAPTURE).map(({ url }) => url)).toContain(`${path}?${query}`);
    expect(query).toContain('captureToMedia=true');
    await waitUntil(() => last().isComplete);
    const expected = await bench.simulator.fileOf(`ip==${STEADY_HOST}`, values.since, values.until);
    expect((await last().read()).equals(expected)).toBe(true);
  });

  it('of live traffic goes on without this side', async () => {
    const { json } = await run({ captureSource: 'live', liveSeconds: 5, captureScope: 'all' });
    expect(json).toMatchObject({ source: 'live', stored: 'unconfirmed' });
    await waitUntil(() => last().bytes > 24);
  });

  it('says so when its window does not go by the clock of the appliance', async () => {
    bench.simulator.faults.add({ path: '/API/stats/time', kind: 'answer', status: 404, body: '' });
    const { json } = await run({ timeMode: 'last', lastAmount: 5, lastUnit: 'seconds' });
    expect(json.warnings).toContainEqual(expect.stringMatching(/clock .* cannot be read/));
  });

  it.each([
    ['text', expect.stringMatching(/was started/)],
    ['empty', null],
  ] as const)('is a result whatever the answer is: %s', async (mediaAnswer, answer) => {
    bench.simulator.switches.mediaAnswer = mediaAnswer;
    expect((await run(window())).json).toMatchObject({ stored: 'unconfirmed', answer });
  });

  it.each([
    ['an error in a 200', { body: '{"error": "disk full"}' }, 'badAnswer', /disk full/],
    ['a web page', { body: '<!doctype html><title>Login</title>' }, 'badAnswer', /web page/i],
    ['the packets', { body: PCAP_HEAD }, 'badAnswer', /instead of storing/],
    ['an outage', { status: 503 }, 'appliance', /503/],
  ] as const)('fails, after one try, on %s', async (_, answer, kind, says) => {
    bench.simulator.faults.add({ path: CAPTURE, kind: 'answer', status: 200, ...answer });
    const message = expect.stringMatching(says);
    await expect(run(window())).rejects.toMatchObject({ kind, message });
    expect(bench.met(CAPTURE)).toHaveLength(1);
  });

  it('that is cancelled may be stored nevertheless, and says so', async () => {
    bench.simulator.faults.add({ path: CAPTURE, kind: 'stallBeforeHeaders' });
    const cancel = new AbortController();
    const raw = { ...STORE, ...window() };
    const running = runDefinition(bench.client, capturePcap, raw, { signal: cancel.signal });
    const failure = errorOf(running);
    await waitUntil(() => bench.met(CAPTURE).length === 1);
    cancel.abort();
    expect(await failure).toMatchObject({
      kind: 'cancelled',
      message: expect.stringMatching(/cancelled.*may store the capture nevertheless/),
    });
  });

  it('fails where the appliance has no storage', async () => {
    bench.simulator.switches.hasStorage = false;
    await expect(run(window())).rejects.toThrow(/no storage device/);
  });

  it.each([
    ['maxMegabytes', 50],
    ['limitAction', 'refuse'],
    ['fileNamePrefix', 'ticket-4711'],
    ['maxPackets', 5],
    ['splitMegabytes', 1],
    ['splitPackets', 1],
    ['emptyIsError', true],
    ['evidenceFile', true],
  ])('refuses what does not apply to it: %s', async (field, value) => {
    for (const definition of [capturePcap, freezeEvidence]) {
      const refused = run({ ...window(), [field]: value }, definition);
      await expect(refused).rejects.toMatchObject({ kind: 'input', field });
    }
    expect(bench.simulator.requests).toEqual([]);
  });
});
