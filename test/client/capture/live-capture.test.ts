import type { CaptureRequest } from '../../../client/capture/capture-request';
import { fakeClient, ManualContext, never, type FakeAnswer } from '../../support/fake-transport';
import { classicFile } from '../../support/pcap-fixtures';

const SECONDS = 10;
const NOW = Date.UTC(2026, 10, 23, 15, 50);
const { bytes: FILE } = classicFile([{ ns: BigInt(NOW) * 1_000_000n, captured: 100 }]);

const live: CaptureRequest = {
  source: 'live',
  durationSeconds: SECONDS,
  expression: '',
  limits: {},
  snapLength: 65535,
  ringBuffer: 0,
  fileNamePrefix: '',
  onProgress: () => undefined,
};

/** Answers one after the other to the captures; the last one stays. */
function appliance(...answers: FakeAnswer[]) {
  const context = new ManualContext();
  let captures = 0;
  return fakeClient(({ path }) => {
    if (path.startsWith('/API/stats/time')) return { json: { currentTime: context.now() } };
    return answers[Math.min(captures++, answers.length - 1)];
  }, context);
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Runs captures to their end while the time goes on. */
async function run(
  fake: ReturnType<typeof appliance>,
  count = 1,
  onWait = () => undefined as void,
) {
  const captures = Array.from({ length: count }, async () => {
    const capture = await fake.client.capture(live, { ...never(), onWait });
    if (!capture.isEmpty) for await (const _ of capture.stream);
    return capture.finished;
  });
  const ended = Promise.allSettled(captures);
  for (let second = 0; second < 60; second++) {
    await settle();
    fake.context.advance(1000);
  }
  return ended;
}

async function runOne(...answers: FakeAnswer[]) {
  const [outcome] = await run(appliance(...answers));
  return outcome;
}

async function* silent(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  await new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  yield FILE;
}

describe('a live capture', () => {
  it('whose refusal is long in coming is refused, not empty', async () => {
    expect(await runOne({ status: 403, body: silent })).toMatchObject({
      status: 'rejected',
      reason: { kind: 'permission', status: 403 },
    });
  });

  it('that was told to come back after its end was refused, not empty', async () => {
    const busy = { status: 503, headers: { 'retry-after': '25' } };
    expect(await runOne(busy, { body: () => one(FILE) })).toMatchObject({
      status: 'rejected',
      reason: { kind: 'appliance', status: 503 },
    });
  });

  it('that began late says so', async () => {
    const busy = { status: 503, headers: { 'retry-after': '4' } };
    expect(await runOne(busy, { body: fileThenSilence })).toMatchObject({
      status: 'fulfilled',
      value: {
        packets: 1,
        warnings: [expect.stringMatching(/began \d s late.*returned an error/)],
      },
    });
  });

  it('that ended early says by how much, even if it was short', async () => {
    expect(await runOne({ body: () => one(FILE) })).toMatchObject({
      value: { endedBy: 'device', warnings: [expect.stringMatching(/ended .* 10 s early/)] },
    });
    const [short] = await Promise.allSettled([
      appliance({ body: () => one(FILE) })
        .client.capture({ ...live, durationSeconds: 1 } as CaptureRequest, never())
        .then(async ({ stream, finished }) => {
          for await (const _ of stream);
          return finished;
        }),
    ]);
    expect(short).toMatchObject({ value: { endedBy: 'device' } });
  });

  it.each([
    ['in the middle of a packet', partThenSilence, 1],
    ['before anything came', silent, 0],
  ])('that somebody ends early keeps what it has: %s', async (_, body, packets) => {
    const finish = new AbortController();
    const fake = appliance({ body });
    const request = { ...live, finish: finish.signal } as CaptureRequest;
    const outcome = fake.client.capture(request, never()).then(async (capture) => {
      if (!capture.isEmpty) for await (const _chunk of capture.stream);
      return capture.finished;
    });
    await settle();
    finish.abort();
    const summary = await outcome;
    expect(summary).toMatchObject({ packets, complete: true, endedBy: 'finish' });
    await settle();
    expect(fake.context.sleeping).toBe(0);
  });

  it('that has its permit at once did not begin late, however slow this machine is', async () => {
    const fake = appliance({ body: fileThenSilence });
    let time = NOW;
    jest.spyOn(fake.context, 'now').mockImplementation(() => (time += 2000));
    const [outcome] = await run(fake);
    expect(outcome).toMatchObject({ status: 'fulfilled', value: { packets: 1 } });
    expect(JSON.stringify(outcome)).not.toContain(' late');
  });

  it('that waits for a permit begins when it has one, says so, and lasts as long as the others', async () => {
    const fake = appliance({ body: fileThenSilence });
    let waits = 0;
    const outcomes = await run(fake, 6, () => waits++);
    expect(waits).toBe(2);
    const warnings = outcomes.map((one) => one.status === 'fulfilled' && one.value.warnings);
    expect(warnings.slice(0, 4)).toEqual(Array(4).fill([]));
    for (const late of warnings.slice(4)) {
      expect(late).toContainEqual(expect.stringMatching(/began 1\d s late/));
    }
    const windows = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.requestedWindow : undefined,
    );
    expect(outcomes.map(({ status }) => status)).toEqual(Array(6).fill('fulfilled'));
    const lengths = windows.map((one) => (Date.parse(one!.to) - Date.parse(one!.from)) / 1000);
    expect(lengths).toEqual(Array(6).fill(SECONDS));
    const begins = windows.map((one) => Date.parse(one!.from));
    for (const late of begins.slice(4)) expect(late - begins[0]!).toBeGreaterThanOrEqual(10_000);
  });

  it('holds up no capture from the ring buffer', async () => {
    const fake = appliance(...Array<FakeAnswer>(4).fill({ body: silent }), {
      body: () => one(FILE),
    });
    const lives = Array.from({ length: 4 }, () => fake.client.capture(live, never()));
    await settle();
    const endUs = NOW * 1000;
    const window = { startUs: endUs - 10e6, endUs, clockOffsetSeconds: null };
    const past = { ...live, source: 'ringBuffer', window } as CaptureRequest;
    const onWait = jest.fn();
    const { stream, finished } = await fake.client.capture(past, { ...never(), onWait });
    for await (const _ of stream);
    expect(await finished).toMatchObject({ packets: 1 });
    expect(onWait).not.toHaveBeenCalled();
    fake.context.advance((SECONDS + 5) * 1000);
    await Promise.all(lives);
  });
});

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* partThenSilence(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield FILE;
  yield FILE.subarray(24, 50);
  yield* silent(signal);
}

async function* fileThenSilence(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield FILE;
  yield* silent(signal);
}
