import { AllegroClient, type AllegroError } from '../../../client';
import type { FaultKind } from '../../../simulator/http/faults';
import type { Simulator } from '../../../simulator';
import { useBranch, useSimulator } from '../support/bench';
import { fastContext } from '../support/fast-context';
import { type MakeTransport } from '../faults/fault-matrix';
import { TOKEN } from '../support/transports';
import { OPERATIONS, type OperationName } from '../support/operations';
import { Store } from '../support/store';
import { waitUntil } from '../support/wait-until';
import { errorOf } from '../../support/error-of';

/** Far more than a busy machine takes, and less than any limit or wait that could end it instead. */
const PROMPT_MS = 25_000;
/** Long enough that only the cancellation can end it within the test. */
const ANSWER_AGAIN_SECONDS = '30';

/** Where an operation stands when it is cancelled. */
interface Stage {
  name: string;
  operations: OperationName[];
  /** Brings the operation to a halt there. */
  fault?: FaultKind;
  arrange?(simulator: Simulator): void;
  /** Whether the operation is there, seen from the appliance. */
  isReached(simulator: Simulator, operation: OperationName): boolean;
}

const ALL = Object.keys(OPERATIONS) as OperationName[];
const WITH_BODY: OperationName[] = [
  'read a statistic',
  'download a CSV',
  'capture',
  'capture live',
];
/** What is sent again when the appliance asks for it. */
const REPEATED: OperationName[] = ['read a statistic', 'read a list', 'start a job', 'capture'];

/** Where work may stand when a person has had enough of it. */
export const STAGES: Stage[] = [
  {
    name: 'while it waits for an answer',
    operations: ALL,
    fault: { kind: 'stallBeforeHeaders' },
    isReached: (simulator, operation) => met(simulator, operation).length > 0,
  },
  {
    name: 'in the middle of the body',
    operations: WITH_BODY,
    fault: { kind: 'stall', afterBytes: 500 },
    isReached: (simulator, operation) => met(simulator, operation).some(({ bytes }) => bytes > 0),
  },
  {
    name: 'while it waits to ask again',
    operations: REPEATED,
    fault: {
      kind: 'answer',
      status: 503,
      headers: { 'Retry-After': ANSWER_AGAIN_SECONDS },
      body: '',
    },
    isReached: (simulator, operation) => met(simulator, operation).some(({ isOpen }) => !isOpen),
  },
  {
    name: 'between the polls of a job',
    operations: ['poll a job'],
    arrange: ({ switches }) => {
      switches.asyncPolls = 1_000_000;
    },
    isReached: (simulator, operation) => met(simulator, operation).length > 3,
  },
];

const ROWS = STAGES.flatMap((stage) =>
  stage.operations.map((operation) => [operation, stage.name, stage] as const),
);

const kindOf = (error: unknown) => (error as AllegroError).kind;

function met({ requests }: Simulator, operation: OperationName): Simulator['requests'] {
  const { method, path } = OPERATIONS[operation];
  return requests.filter((one) => one.method === method && one.path.startsWith(path));
}

/** Cancels every operation at every stage, over a transport. */
export function describeCancellation(name: string, makeTransport: MakeTransport): void {
  describe(`cancelled over ${name}`, () => {
    const bench = useSimulator(60);
    useBranch(bench);

    it.each(ROWS)('%s, %s', async (operation, _name, { fault, arrange, isReached }) => {
      const { simulator } = bench;
      const { transport, destroy } = makeTransport(simulator);
      const context = fastContext(1);
      const client = new AllegroClient({ transport, context });
      const store = new Store();
      const { method, path, run } = OPERATIONS[operation];
      if (fault) simulator.faults.add({ ...fault, method, path });
      arrange?.(simulator);
      const cancel = new AbortController();
      try {
        const ended = errorOf(run({ simulator, client, store, signal: cancel.signal }));
        await waitUntil(() => isReached(simulator, operation));
        const before = performance.now();
        cancel.abort();
        const error = await ended;
        expect(performance.now() - before).toBeLessThan(PROMPT_MS);
        expect(error.kind).toBe('cancelled');
        expect(JSON.stringify(error)).not.toContain(TOKEN);
        expect(store.files).toEqual([]);
        // The appliance sees it, and is left alone from then on.
        await waitUntil(() => simulator.requests.every(({ isOpen }) => !isOpen));
        const sent = simulator.requests.length;
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(simulator.requests).toHaveLength(sent);
        await waitUntil(() => context.sleeping === 0);
      } finally {
        destroy();
      }
      await waitUntil(() => simulator.connections.open === 0);
    });

    it('leaves the place in the queue to the next one', async () => {
      const { simulator } = bench;
      const { transport, destroy } = makeTransport(simulator);
      const context = fastContext(1);
      const client = new AllegroClient({ transport, context, maxConcurrentRequests: 1 });
      const capture = (signal: AbortSignal) =>
        OPERATIONS.capture.run({ simulator, client, store: new Store(), signal });
      const [first, second] = [new AbortController(), new AbortController()];
      simulator.faults.add({
        path: OPERATIONS.capture.path,
        kind: 'stall',
        afterBytes: 500,
        times: 1,
      });
      try {
        const ends = [first, second].map(({ signal }) => capture(signal).catch(kindOf));
        const third = capture(new AbortController().signal);
        await waitUntil(() => met(simulator, 'capture').some(({ bytes }) => bytes > 0));
        second.abort();
        expect(await ends[1]).toBe('cancelled');
        expect(met(simulator, 'capture')).toHaveLength(1);
        first.abort();
        expect(await ends[0]).toBe('cancelled');
        await expect(third).resolves.toMatchObject({ summary: { complete: true } });
        expect(met(simulator, 'capture')).toHaveLength(2);
        await waitUntil(() => context.sleeping === 0);
      } finally {
        destroy();
      }
    });

    it('sends nothing at all when it was cancelled before it began', async () => {
      const { simulator } = bench;
      const { transport, destroy } = makeTransport(simulator);
      const client = new AllegroClient({ transport, context: fastContext(1) });
      try {
        const signal = AbortSignal.abort();
        for (const operation of ALL) {
          const { run } = OPERATIONS[operation];
          const store = new Store();
          await expect(run({ simulator, client, store, signal })).rejects.toMatchObject({
            kind: 'cancelled',
          });
        }
        expect(simulator.requests).toEqual([]);
      } finally {
        destroy();
      }
    });
  });
}
