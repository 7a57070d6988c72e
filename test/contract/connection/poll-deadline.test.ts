import { readFieldValues } from '../../../nodes/definitions/model/read-field-values';
import { newElementTrigger } from '../../../nodes/definitions/triggers/new-element-trigger';
import { pollWithin } from '../../../nodes/definitions/triggers/poll-within';
import { thresholdTrigger } from '../../../nodes/definitions/triggers/threshold-trigger';
import type { PollTrigger } from '../../../nodes/definitions/triggers/trigger';
import type { FaultKind } from '../../../simulator';
import { runContext } from '../../support/fake-transport';
import { useSimulator } from '../support/bench';
import { errorOf } from '../../support/error-of';

const FAULTS: Array<[string, FaultKind]> = [
  ['drips', { kind: 'slow', bytesPerSecond: 1 }],
  ['stalls', { kind: 'stall', afterBytes: 5 }],
  ['never begins', { kind: 'stallBeforeHeaders' }],
];
const TRIGGERS: Array<[PollTrigger, Record<string, unknown>]> = [
  [newElementTrigger, { elementKind: 'ip' }],
  [thresholdTrigger, { watched: 'ip', limit: 1 }],
];

describe.each(TRIGGERS.map(([one, raw]) => [one.label, one, raw] as const))(
  '%s',
  (_, trigger, raw) => {
    const bench = useSimulator(60);
    const poll = (limit: number) =>
      pollWithin(new AbortController().signal, limit, (signal) =>
        trigger.poll(
          runContext({ client: bench.client, signal }),
          readFieldValues(trigger, raw),
          undefined,
        ),
      );

    it.each(FAULTS)('ends at its deadline when an answer %s, and goes on', async (_, fault) => {
      bench.simulator.faults.add({ path: '/API/stats', ...fault });
      expect(await errorOf(poll(300))).toMatchObject({
        kind: 'timeout',
        message: expect.stringContaining('longer than 0.3 s'),
      });
      bench.simulator.faults.clear();
      expect((await poll(60_000)).summary.watched).toBeGreaterThan(0);
    });
  },
);
