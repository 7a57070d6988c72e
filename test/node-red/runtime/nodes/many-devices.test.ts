import type { Message } from '../../../../node-red/runtime/runtime-api';
import { getStats } from '../../../../nodes/definitions/statistics/get-stats';
import { createNode, poll, settled } from '../../../support/fake-runtime';
import { fakeClient, ManualContext, type FakeAnswer } from '../../../support/fake-transport';

const DEVICES = Array.from({ length: 32 }, (_, index) => `device-${index}`);
/** Sends its headers, and then nothing. */
const HANGING = 'device-17';

async function* silence(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{');
  await new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

/** Get Stats on 32 devices, one of which hangs. */
function start(parallelDevices: string) {
  const answer = ({ path }: { path: string }): FakeAnswer =>
    path.includes(HANGING) ? { body: silence } : { json: { value: 1 } };
  const { client, transport, context } = fakeClient(answer, new ManualContext());
  const config = { path: 'API/stats/modules', timeMode: 'none' };
  const devices = { deviceScope: 'list', deviceList: DEVICES.join(), parallelDevices };
  const node = createNode(getStats, { ...config, ...devices }, undefined, client);
  const handled = node.handle({});
  const asked = () => transport.paths.filter((path) => path.includes('/API/stats/modules')).length;
  return { node, handled, context, asked };
}

const deviceOf = ({ payload }: Message) => (payload as { deviceId: string }).deviceId;

describe.each(['1', '4', '32'])('32 devices of which one hangs, %s at once', (parallel) => {
  it('have their results, and an error for that one', async () => {
    const { node, handled, context, asked } = start(parallel);
    const before = parallel === '1' ? DEVICES.indexOf(HANGING) + 1 : DEVICES.length;
    // No result waits for the one that hangs.
    await poll(() => asked() === before && handled.sent.length === before - 1);
    // It is given up after a minute without a byte. Devices that failed come last.
    context.advance(61_000);
    await settled(handled);
    expect(handled.done).toStrictEqual([undefined]);
    const sent = handled.sent.map(deviceOf);
    expect([...sent].sort()).toEqual([...DEVICES].sort());
    expect(sent.at(-1)).toBe(HANGING);
    expect(handled.sent.map(({ parts }) => parts)).toEqual(
      DEVICES.map((_, index) => expect.objectContaining({ index, count: DEVICES.length })),
    );
    expect(handled.sent.at(-1)!.payload).toMatchObject({ error: { kind: 'timeout' } });
    expect(node.errors).toHaveLength(1);
    expect(node.statuses.at(-1)!.text).toMatch(/31/);
    expect(context.sleeping).toBe(0);
  });

  it('are ended at once by a redeploy', async () => {
    const { node, handled, context, asked } = start(parallel);
    await poll(() => asked() > DEVICES.indexOf(HANGING));
    await node.close();
    expect(handled.done).toStrictEqual([undefined]);
    expect(node.warnings).toEqual([expect.stringContaining('Ended the work of 1 message')]);
    expect(context.sleeping).toBe(0);
  });
});
