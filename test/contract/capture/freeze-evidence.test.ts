import type { SuspendedBuffer } from '../../../nodes/definitions/model/run-context';
import type { RunResult } from '../../../nodes/definitions/model/run-result';
import { freezeEvidence } from '../../../nodes/definitions/ring-buffer/freeze-evidence';
import { readFieldValues } from '../../../nodes/definitions/model/read-field-values';
import { STEADY_HOST, type FaultKind } from '../../../simulator';
import { never, runContext } from '../../support/fake-transport';
import { useSimulator } from '../support/bench';
import { errorOf } from '../../support/error-of';
import { waitUntil } from '../support/wait-until';

const BUFFER = '/API/data/modules/capture/buffer/0';
const CAPTURE = '/API/data/modules/capture';
const RAW = { timeMode: 'last', lastAmount: 20, lastUnit: 'seconds', host: STEADY_HOST };

/** Against a simulated appliance over HTTPS; its clock runs fast, so that limits pass quickly. */
describe('freezing evidence', () => {
  const bench = useSimulator(120, 30);
  const suspend = (value: boolean) => bench.client.setRingBufferSuspended(0, value, never());
  const isSuspended = () => bench.simulator.isBufferSuspended();
  /** The first two GETs below the path are those of the state, before and after the command. */
  const onCapture = (fault: FaultKind) =>
    bench.simulator.faults.add({ path: CAPTURE, method: 'GET', skip: 2, times: 1, ...fault });
  const onCommand = (fault: FaultKind & { times?: number }) =>
    bench.simulator.faults.add({ path: BUFFER, method: 'POST', ...fault });
  const commands = () => bench.met(BUFFER).filter(({ method }) => method === 'POST').length;

  let notes: SuspendedBuffer[];
  beforeEach(() => void (notes = []));

  function start(raw: Record<string, unknown> = {}, signal = new AbortController().signal) {
    const context = runContext({
      client: bench.client,
      signal,
      noteSuspension(buffer: SuspendedBuffer) {
        expect(isSuspended()).toBe(false);
        notes.push(buffer);
        return Promise.resolve(async () => {
          expect(isSuspended()).toBe(false);
          notes.pop();
        });
      },
    });
    return freezeEvidence.run(context, readFieldValues(freezeEvidence, { ...RAW, ...raw }));
  }

  /** Up to its result, whose file is not read yet. */
  async function begin(raw?: Record<string, unknown>) {
    const results = start(raw);
    const { value } = (await results.next()) as { value: RunResult };
    return { results, value };
  }

  /** As hosts do it: the file first, then what it turned out to be. */
  async function store({ file, parts, json }: RunResult): Promise<Record<string, unknown>> {
    if (parts) {
      for await (const part of parts.files) {
        for await (const _ of part.stream);
        await part.finished;
      }
      return parts.finish();
    }
    if (!file) return json;
    for await (const _ of file.stream);
    return file.finished;
  }

  async function run(raw?: Record<string, unknown>, signal?: AbortSignal) {
    const found: Array<Record<string, unknown>> = [];
    for await (const result of start(raw, signal)) found.push(await store(result));
    expect(found).toHaveLength(1);
    return found[0];
  }

  afterEach(async () => {
    bench.simulator.faults.clear();
    await suspend(false);
  });

  it('suspends, fetches the packets and resumes, in this order', async () => {
    const json = await run();
    const order = bench.simulator.requests.map(({ method, path }) => `${method} ${path}`);
    expect(order.filter((one) => one.includes(CAPTURE))).toEqual([
      `GET ${BUFFER}`,
      `POST ${BUFFER}`,
      `GET ${BUFFER}`,
      `GET ${CAPTURE}`,
      `GET ${BUFFER}`,
      `POST ${BUFFER}`,
      `GET ${BUFFER}`,
    ]);
    expect(isSuspended()).toBe(false);
    expect(json).toMatchObject({ resumed: true, alreadySuspended: false, complete: true });
    expect(json.packets).toBeGreaterThan(0);
    expect(Date.parse(json.resumedAt as string)).toBeGreaterThan(
      Date.parse(json.suspendedAt as string),
    );
    const { suspendedAt, resumedAt, suspendedSeconds } = json;
    expect(json.evidence).toMatchObject({
      ringBuffer: { suspendedAt, resumedAt, suspendedSeconds, resumed: true },
    });
  });

  it('is suspended while the file is fetched', async () => {
    const { results, value } = await begin();
    expect(isSuspended()).toBe(true);
    expect(notes).toEqual([
      { device: bench.client.baseUrl, address: {}, ringBuffer: 0, suspendedAt: expect.any(String) },
    ]);
    await store(value);
    expect(isSuspended()).toBe(false);
    expect(notes).toEqual([]);
    await results.next();
    expect(commands()).toBe(2);
  });

  it('leaves a note of what a crash ended, from which the buffer is resumed', async () => {
    const { signal } = new AbortController();
    const results = start();
    await results.next();
    const resume = () => freezeEvidence.resumeLeftover!({ client: bench.client, signal }, notes[0]);
    expect(await resume()).toBe(true);
    expect(isSuspended()).toBe(false);
    expect(await resume()).toBe(false);
    expect(commands()).toBe(2);
    await results.return(undefined);
  });

  it('notes nothing where somebody else had suspended the buffer', async () => {
    await suspend(true);
    const results = start();
    await results.next();
    expect(notes).toEqual([]);
    await results.return(undefined);
  });

  it('resumes after a capture in several files', async () => {
    const json = await run({ splitPackets: 10 });
    expect((json.files as unknown[]).length).toBeGreaterThan(1);
    expect(json).toMatchObject({ resumed: true, evidence: { ringBuffer: { resumed: true } } });
    expect(isSuspended()).toBe(false);
  });

  it('resumes after a capture without a byte', async () => {
    onCapture({ kind: 'answer', status: 200, body: '' });
    const json = await run();
    expect(json).toMatchObject({ packets: 0, resumed: true });
    expect(isSuspended()).toBe(false);
  });

  it.each([
    ['is refused', { kind: 'answer', status: 403, body: 'no' }, 'permission'],
    ['breaks off', { kind: 'cut', afterBytes: 2000, framing: 'chunked' }, 'incomplete'],
    ['stalls', { kind: 'stall', afterBytes: 2000 }, 'timeout'],
  ] as Array<[string, FaultKind, string]>)(
    'resumes when the capture %s',
    async (_what, fault, kind) => {
      onCapture(fault);
      expect(await errorOf(run())).toMatchObject({ kind });
      expect(isSuspended()).toBe(false);
    },
  );

  it('resumes when it is cancelled, before the packets come and while they do', async () => {
    const early = new AbortController();
    const first = start({}, early.signal);
    onCapture({ kind: 'stallBeforeHeaders' });
    const pending = errorOf(first.next());
    while (!isSuspended()) await new Promise((resolve) => setTimeout(resolve, 5));
    early.abort();
    expect(await pending).toMatchObject({ kind: 'cancelled' });
    expect(isSuspended()).toBe(false);

    bench.simulator.faults.clear();
    onCapture({ kind: 'stall', afterBytes: 500 });
    const late = new AbortController();
    const running = errorOf(run({}, late.signal));
    while (!isSuspended()) await new Promise((resolve) => setTimeout(resolve, 5));
    setTimeout(() => late.abort(), 50);
    expect(await running).toMatchObject({ kind: 'cancelled' });
    expect(isSuspended()).toBe(false);
  });

  it('resumes when the consumer stops reading, and when it throws', async () => {
    for await (const { file } of start()) {
      for await (const _ of file!.stream) break;
      expect(file).toBeDefined();
      break;
    }
    expect(isSuspended()).toBe(false);

    const disk = new Error('The disk is full.');
    const failing = (async () => {
      for await (const result of start()) if (result) throw disk;
    })();
    await expect(failing).rejects.toBe(disk);
    expect(isSuspended()).toBe(false);
  });

  it('resumes at the deadline although nobody reads, and says so', async () => {
    const { results, value } = await begin({ maxSuspendedSeconds: 30 });
    expect(isSuspended()).toBe(true);
    while (isSuspended()) await new Promise((resolve) => setTimeout(resolve, 20));
    const json = await store(value);
    expect(json).toMatchObject({ resumed: true, complete: true });
    expect(json.warnings).toContainEqual(expect.stringMatching(/resumed after 30 s during/));
    await results.return(undefined);
    expect(commands()).toBe(2);
  });

  it('leaves a buffer suspended that somebody else had suspended, and warns', async () => {
    await suspend(true);
    bench.simulator.clearRequests();
    const json = await run();
    expect(json).toMatchObject({ alreadySuspended: true, resumed: false, suspendedAt: null });
    expect(json.warnings).toContainEqual(expect.stringMatching(/already suspended/));
    expect(isSuspended()).toBe(true);
    expect(commands()).toBe(0);
  });

  it('resumes such a buffer when the person wants it', async () => {
    await suspend(true);
    const json = await run({ resumeIfSuspended: true });
    expect(json).toMatchObject({ alreadySuspended: true, resumed: true });
    expect(isSuspended()).toBe(false);
  });

  it('goes on where the appliance does not report the state', async () => {
    bench.simulator.switches.tellsBufferState = false;
    const json = await run();
    expect(json).toMatchObject({ alreadySuspended: null, resumed: null, unconfirmed: true });
    expect(isSuspended()).toBe(false);
  });

  it('tells when somebody else resumed the buffer meanwhile', async () => {
    const { results, value } = await begin();
    await suspend(false);
    const json = await store(value);
    expect(json.warnings).toContainEqual(expect.stringMatching(/Someone else resumed/));
    await results.return(undefined);
  });

  it('repeats the command to resume until it gets through', async () => {
    const { results, value } = await begin();
    onCommand({ kind: 'reset', times: 2 });
    onCommand({ kind: 'answer', status: 503, times: 1 });
    expect(await store(value)).toMatchObject({ resumed: true });
    expect(isSuspended()).toBe(false);
    await results.return(undefined);
    expect(commands()).toBe(5);
  });

  it('fails loudly where resuming fails for good, after the packets were handed on', async () => {
    const { results, value } = await begin();
    onCommand({ kind: 'answer', status: 403 });
    const json = await store(value);
    expect(json).toMatchObject({ resumed: false, resumedAt: null, complete: true });
    expect(json.warnings).toContainEqual(expect.stringMatching(/still suspended/));
    const error = await errorOf(results.next());
    expect(error).toMatchObject({ kind: 'permission', status: 403 });
    expect(error.message).toMatch(/RING BUFFER 0 IS STILL SUSPENDED.*Resume it now/s);
  });

  it('fails with both reasons where the capture failed before', async () => {
    onCapture({ kind: 'cut', afterBytes: 2000, framing: 'chunked' });
    const { results, value } = await begin();
    onCommand({ kind: 'answer', status: 500 });
    await errorOf(store(value));
    const error = await errorOf(results.return(undefined));
    expect(error.message).toMatch(/STILL SUSPENDED/);
  });

  it('resumes where it is not known whether the command to suspend got through', async () => {
    onCommand({ kind: 'cut', afterBytes: 3, framing: 'length', times: 1 });
    expect(await errorOf(run())).toMatchObject({ kind: 'incomplete' });
    expect(isSuspended()).toBe(false);
    expect(commands()).toBe(2);
  });

  it('does not touch the buffer again where suspending was refused', async () => {
    onCommand({ kind: 'answer', status: 403, times: 1 });
    expect(await errorOf(run())).toMatchObject({ kind: 'permission' });
    expect(commands()).toBe(1);
    expect(bench.met(CAPTURE).filter(({ path }) => path === CAPTURE)).toEqual([]);
  });

  it('waits for an end in the future before it suspends', async () => {
    const window = { aroundTime: Date.now(), secondsBefore: 10, secondsAfter: 10 };
    const running = run({ timeMode: 'around', ...window });
    // The clock is asked again, because the time has not come.
    await waitUntil(() => bench.met('/API/stats/time').length > 1);
    expect(commands()).toBe(0);
    bench.simulator.switches.clockSkewMs += 15_000;
    await running;
    expect(commands()).toBe(2);
  });
});
