import type { CaptureRequest } from '../../../client/capture/capture-request';
import { errorOf } from '../../support/error-of';
import { fakeClient, ManualContext } from '../../support/fake-transport';

const REQUEST: CaptureRequest = {
  ...{ source: 'ringBuffer', expression: '', limits: {}, snapLength: 65_535, ringBuffer: 0 },
  window: { startUs: 1e15, endUs: 1e15 + 1e6, clockOffsetSeconds: 0 },
  fileNamePrefix: '',
  onProgress: () => undefined,
};
/** So many may run at once. */
const OTHERS = 4;

/** Captures that get no answer, and one that waits for them. */
function waitingCapture(totalLimit: number) {
  const { client, transport, context } = fakeClient(
    () => ({ body: silent, text: '' }),
    new ManualContext(),
  );
  async function* silent(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
    yield new Uint8Array();
  }
  const [others, own] = [new AbortController(), new AbortController()];
  const ended = Array.from({ length: OTHERS }, () =>
    errorOf(client.captureToStorage(REQUEST, { signal: others.signal })),
  );
  const error = errorOf(
    client.captureToStorage({ ...REQUEST, totalLimit }, { signal: own.signal }),
  );
  const end = async () => {
    others.abort();
    await Promise.all(ended);
  };
  return { error, cancel: () => own.abort(), context, transport, end };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a capture to the appliance's storage that waits for others", () => {
  it.each([
    ['is cancelled', 'cancelled', /cancelled.*Nothing was kept/],
    ['runs out of time', 'timeout', /waited 60 s .* was not sent.*Nothing was stored/],
  ])('and %s was not sent, and says so', async (how, kind, says) => {
    const { error, cancel, context, transport, end } = waitingCapture(60_000);
    await turn();
    if (how === 'is cancelled') cancel();
    else context.advance(60_000);
    expect(await error).toMatchObject({ kind, message: expect.stringMatching(says) });
    expect((await error).message).not.toMatch(/nevertheless|may still/);
    expect(transport.requests).toHaveLength(OTHERS);
    await end();
    expect(context.sleeping).toBe(0);
  });
});
