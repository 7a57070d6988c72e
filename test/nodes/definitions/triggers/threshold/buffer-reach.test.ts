import { readFieldValues } from '../../../../../nodes/definitions/model/read-field-values';
import { thresholdTrigger } from '../../../../../nodes/definitions/triggers/threshold-trigger';
import { classicFile } from '../../../../support/pcap-fixtures';
import { TriggerRunner } from '../../../../support/trigger-runner';

const START = Math.floor(Date.UTC(2026, 10, 23, 15, 50) / 1000);
const DAY = { watched: 'buffer', limit: 24, coolDownSeconds: 0, reportCleared: true };

type Oldest = number | string | undefined;

/** A buffer whose oldest packet is of some hours before now; without it is empty. A text is the answer. */
function bench(raw: Record<string, unknown> = {}) {
  let now = START;
  let hours: Oldest;
  const runner = new TriggerRunner(thresholdTrigger, { ...DAY, ...raw }, (path) => {
    if (path === '/API/stats/time') return { json: { currentTime: now * 1000 } };
    if (path !== '/API/data/modules/capture') return { status: 404 };
    if (typeof hours === 'string') return { text: hours };
    const packets =
      hours === undefined
        ? []
        : [{ ns: BigInt(now - hours * 3600) * 1_000_000_000n, captured: 60 }];
    const { bytes } = classicFile(packets);
    return {
      body: async function* () {
        yield bytes;
      },
    };
  });
  return {
    runner,
    pollAt: (oldest: Oldest) => {
      hours = oldest;
      now += 300;
      runner.pass(300);
      return runner.poll();
    },
  };
}

describe('the Threshold Trigger on the reach of a ring buffer', () => {
  it('reports when it falls below the threshold, and when it is over', async () => {
    const { pollAt } = bench({ clearLimit: 30, ringBuffer: 1 });
    expect(await pollAt(48)).toEqual([]);
    const [raised, ...others] = await pollAt(23.5);
    expect(others).toEqual([]);
    expect(raised).toMatchObject({
      ...{ event: 'raised', watched: 'buffer', element: 'ring buffer 1', expression: null },
      ...{ measure: 'hoursBack', unit: 'h', value: 23.5, condition: 'below', limit: 24 },
    });
    expect(raised).not.toHaveProperty('direction');
    expect(await pollAt(25)).toEqual([]);
    expect(await pollAt(30)).toEqual([expect.objectContaining({ event: 'cleared', value: 30 })]);
  });

  it.each([
    ['an empty buffer counts as none', undefined, [0]],
    ['one that reaches back far enough is not reported', 24, []],
  ])('%s', async (_what, hours, values) => {
    const { pollAt } = bench();
    await pollAt(48);
    expect((await pollAt(hours)).map(({ value }) => value)).toEqual(values);
  });

  it('keeps what it reported over a restart, and is quiet during the cool-down', async () => {
    const { runner, pollAt } = bench({ coolDownSeconds: 3600 });
    await pollAt(48);
    expect(await pollAt(20)).toHaveLength(1);
    const values = readFieldValues(thresholdTrigger, { ...DAY, coolDownSeconds: 3600 });
    runner.state = thresholdTrigger.restored!(values, runner.state!);
    expect(await pollAt(20)).toEqual([]);
  });

  it('takes no other answer for an empty buffer', async () => {
    const { pollAt } = bench();
    await pollAt(48);
    await expect(pollAt('<html>Sign in</html>')).rejects.toMatchObject({ kind: 'badAnswer' });
    expect(await pollAt(48)).toEqual([]);
  });

  it.each([
    ['an analysis slot', { device: ':1' }, 'device'],
    ['a clear threshold on the wrong side', { clearLimit: 12 }, 'clearLimit'],
  ])('refuses %s', async (_what, raw, field) => {
    await expect(bench(raw).runner.poll()).rejects.toMatchObject({ field });
  });
});
