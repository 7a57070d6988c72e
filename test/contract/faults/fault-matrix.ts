import { inspect } from 'node:util';
import { AllegroClient, AllegroError, type Transport } from '../../../client';
import { DEFAULT_SWITCHES, type Simulator } from '../../../simulator';
import { useBranch, useSimulator } from '../support/bench';
import { fastContext } from '../support/fast-context';
import { expectRequests, kindOf, type FaultRow } from './fault-row';
import { FAULT_ROWS } from './fault-rows';
import { OPERATION_NAMES, OPERATIONS, releaseWindow } from '../support/operations';
import { Store, type Kept } from '../support/store';
import { waitUntil } from '../support/wait-until';
import { TOKEN } from '../support/transports';

/** However long a limit is meant to be, with the fast clock nothing takes longer than this. */
const LONGEST_MS = 100_000;
/** For what waits for a limit of minutes. */
const LONG_SPEED = 90;

/** Makes a transport to an appliance; the tests end it. */
export type MakeTransport = (simulator: Simulator) => { transport: Transport; destroy(): void };

/** Runs every row of the matrix over a transport. */
export function describeFaultMatrix(name: string, makeTransport: MakeTransport): void {
  describe(`faults over ${name}`, () => {
    const bench = useSimulator(60);
    useBranch(bench);

    describe.each(OPERATION_NAMES)('%s', (operation) => {
      const rows = FAULT_ROWS.filter((row) => row.operation === operation);
      it.each(rows.map((row) => [row.fault, kindOf(row.outcome), row] as const))(
        '%s → %s',
        (_fault, _kind, row) => runRow(row, bench.simulator, makeTransport),
      );
    });
  });
}

async function runRow(
  row: FaultRow,
  simulator: Simulator,
  makeTransport: MakeTransport,
): Promise<void> {
  const { operation, arrange, outcome, isLong } = row;
  const { transport, destroy } = makeTransport(simulator);
  const context = fastContext(isLong ? LONG_SPEED : undefined);
  const client = new AllegroClient({ transport, context });
  const store = new Store();
  const signal = AbortSignal.timeout(LONGEST_MS);
  await arrange(simulator);
  simulator.clearRequests();
  const { path, method, run } = OPERATIONS[operation];
  const startedAt = performance.now();
  try {
    const result = await run({ simulator, client, store, signal }).then(
      (value: unknown) => ({ value, error: undefined }),
      (error: unknown) => ({ value: undefined, error }),
    );
    expect(performance.now() - startedAt).toBeLessThan(LONGEST_MS);
    if ('ok' in outcome) {
      expect(result.error).toBeUndefined();
      if (outcome.check) outcome.check(result.value, simulator);
      else if (operation === 'capture') await expectSamePackets(result.value as Kept, simulator);
    } else {
      expectError(result.error, outcome, simulator);
      expect(store.files).toEqual([]);
    }
    const met = simulator.requests.filter(
      (request) => request.method === method && request.path.startsWith(path),
    );
    expectRequests(row, met);
    // The work is over: no answer is being read any more, and nobody waits for a limit.
    await waitUntil(() => simulator.requests.every(({ isOpen }) => !isOpen));
    await waitUntil(() => context.sleeping === 0);
  } finally {
    releaseWindow(simulator);
    destroy();
  }
  await waitUntil(() => simulator.connections.open === 0);
}

/** What was kept is, packet by packet and in the usual format byte by byte, what there was. */
async function expectSamePackets(
  { bytes, sha256, summary }: Kept,
  simulator: Simulator,
): Promise<void> {
  const { from, to } = summary.requestedWindow!;
  const [startUs, endUs] = [from, to].map((time) => Date.parse(time) * 1000);
  const there = await simulator.packetsIn(summary.expression, startUs!, endUs!);
  expect(summary.packets).toBe(there.packets);
  expect(summary.packets).toBeGreaterThan(0);
  expect(summary.sha256).toBe(sha256);
  if (simulator.switches.captureFormat !== DEFAULT_SWITCHES.captureFormat) return;
  const file = await simulator.fileOf(summary.expression, startUs!, endUs!);
  expect(bytes.equals(file)).toBe(true);
}

function expectError(
  error: unknown,
  outcome: Exclude<FaultRow['outcome'], { ok: true }>,
  simulator: Simulator,
): void {
  expect(error).toBeInstanceOf(AllegroError);
  const facts = error as AllegroError;
  expect(`${facts.kind}: ${facts.message}`).toMatch(outcome.says);
  expect(facts.kind).toBe(outcome.kind);
  if (outcome.status !== undefined) expect(facts.status).toBe(outcome.status);
  expect(facts.device).toBe(simulator.url);
  expect(facts.advice).not.toBe('');
  // Whatever somebody may print of it: message, facts, causes, stack.
  for (const text of [JSON.stringify(facts), inspect(error, { depth: 12, showHidden: true })]) {
    expect(text).not.toContain(TOKEN);
    expect(text).not.toMatch(/Bearer|Authorization/i);
  }
}
