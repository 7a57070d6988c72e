import { AllegroError, type AllegroClient } from '../../../client';
import type { LocalContext } from '../../../nodes/definitions/model/run-context';
import { suspendBuffer } from '../../../nodes/definitions/ring-buffer/suspend-buffer';
import { errorOf } from '../../support/error-of';
import { say } from '../../../client/values/sentence';

const NOW = Date.parse('2026-11-23T15:50:00Z');
const [PLANNED, EARLIER] = ['2026-11-23T16:20:00.000Z', '2026-11-23T16:00:00.000Z'];

/** Runs Suspend Buffer where something may be planned already. */
async function run(
  values: { bufferAction: 'suspend' | 'resume'; resumeAfterMinutes: number | null },
  { before, was, failure }: { before?: string; was?: boolean; failure?: Error } = {},
) {
  const plans: Array<string | undefined> = [before];
  const order: string[] = [];
  const client = {
    baseUrl: 'https://box',
    now: () => NOW,
    isRingBufferSuspended: () => Promise.resolve(was),
    setRingBufferSuspended: (_buffer: number, isSuspended: boolean) => {
      order.push(isSuspended ? 'suspend' : 'resume');
      return failure ? Promise.reject(failure) : Promise.resolve({ isConfirmed: true, answer: {} });
    },
  } as unknown as AllegroClient;
  const context = {
    client,
    signal: new AbortController().signal,
    progress: () => undefined,
    plannedResumes: {
      exclusively: (_buffer: unknown, work: () => unknown) => work(),
      get: () => Promise.resolve(plans.at(-1)),
      set: (_buffer: unknown, at: string | undefined) => {
        order.push('plan');
        plans.push(at);
        return Promise.resolve();
      },
    },
  } as unknown as LocalContext & { client: AllegroClient };
  const all = { ringBuffer: 0, deviceScope: 'one', device: '', ...values };
  const results = suspendBuffer.run(context, all as never);
  const outcome = results.next().then(({ value }) => value as { json: Record<string, unknown> });
  return { outcome, plan: () => plans.at(-1), order, context };
}

const SUSPEND = { bufferAction: 'suspend', resumeAfterMinutes: 30 } as const;
const FOR_EVER = { bufferAction: 'suspend', resumeAfterMinutes: null } as const;
const RESUME = { bufferAction: 'resume', resumeAfterMinutes: null } as const;
const REFUSED = new AllegroError({ kind: 'permission', what: say`No.`, advice: say`` });
const SILENT = new AllegroError({ kind: 'timeout', what: say`Silent.`, advice: say`` });

describe('Suspend Buffer with Resume After', () => {
  it.each([
    ['plans before it suspends', SUSPEND, {}, PLANNED, [], ['plan', 'suspend']],
    ['prolongs its own plan', SUSPEND, { before: EARLIER, was: true }, PLANNED, [], undefined],
    [
      'leaves what others suspended',
      SUSPEND,
      { was: true },
      undefined,
      [/already suspended/],
      undefined,
    ],
    ['plans where the state is not reported', SUSPEND, { was: undefined }, PLANNED, [], undefined],
    [
      'drops a plan where it is to stay so',
      FOR_EVER,
      { before: EARLIER },
      undefined,
      [/dropped/],
      ['plan', 'suspend', 'plan'],
    ],
    [
      'drops the plan when it has resumed',
      RESUME,
      { before: EARLIER },
      undefined,
      [],
      ['resume', 'plan'],
    ],
  ] as const)('%s', async (_what, values, before, plan, warnings, order) => {
    const ran = await run(values, before);
    const { json } = await ran.outcome;
    expect(json.warnings).toEqual(warnings.map((warning) => expect.stringMatching(warning)));
    expect(json.resumeAt).toBe(plan ?? null);
    expect(ran.plan()).toBe(plan);
    if (order) expect(ran.order).toEqual(order);
  });

  it.each([
    ['refused: what was planned before is kept', SUSPEND, REFUSED, EARLIER, 'No.'],
    ['not answered: the plan is kept', SUSPEND, SILENT, PLANNED, `resumed at ${PLANNED}`],
    ['refused, and was to stay so: the plan is kept', FOR_EVER, REFUSED, EARLIER, 'No.'],
    [
      'not answered, and was to stay so: the plan is kept',
      FOR_EVER,
      SILENT,
      EARLIER,
      `resumed at ${EARLIER}`,
    ],
    ['to resume, and fails: the plan is kept', RESUME, SILENT, EARLIER, 'Silent.'],
  ] as const)('is %s', async (_what, values, failure, plan, says) => {
    const ran = await run(values, { before: EARLIER, failure });
    const error = await errorOf(ran.outcome);
    expect(error).toMatchObject({ kind: failure.kind, what: expect.stringContaining(says) });
    expect(ran.plan()).toBe(plan);
  });

  it('is refused where the host cannot do it', async () => {
    const { context } = await run(RESUME);
    const values = { ringBuffer: 0, deviceScope: 'one', device: '', ...SUSPEND };
    const results = suspendBuffer.run({ ...context, plannedResumes: undefined }, values as never);
    await expect(results.next()).rejects.toMatchObject({ field: 'resumeAfterMinutes' });
  });
});
