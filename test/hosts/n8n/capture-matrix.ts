import type { CaptureSummary } from '../../../client/capture/capture-summary';
import { DEFAULT_SWITCHES, type Simulator } from '../../../simulator';
import type { Execution } from '../../../scripts/n8n-rest';
import {
  CAPTURE_ROWS,
  captureFields,
  IDLE_SECONDS,
  LIVE_FIELDS,
  LONGEST_HOST_MS,
  TOTAL_SECONDS,
} from '../../contract/capture-rows';
import { expectRequests, type FaultRow } from '../../contract/fault-row';
import { liveRows } from '../../contract/live-rows';
import { waitUntil } from '../../contract/wait-until';
import { CAPTURE } from './bench';
import type { SimulatorBench } from './simulator-bench';
import { CAPTURE_PATH, hashOf } from './simulator-bench';
import { NODE, oneNode } from './workflows';

const OPTIONS = { idleSeconds: IDLE_SECONDS, totalSeconds: TOTAL_SECONDS };
const TOKEN = 'demo-token';

/**
 * The same rows as over the bare client, with all that an n8n puts around it.
 *
 * @param benchOf gives the n8n and the simulator of the tests that this is part of
 */
export function describeCaptureMatrix(benchOf: () => SimulatorBench): void {
  afterEach(() => {
    const { simulator } = benchOf();
    simulator.faults.clear();
    simulator.setQuiet(false);
    Object.assign(simulator.switches, DEFAULT_SWITCHES);
  });

  describe('from the ring buffer', () => {
    describeRows(benchOf, CAPTURE_ROWS, captureFields);
  });
  describe('of live traffic', () => {
    describeRows(benchOf, liveRows, () => ({ ...LIVE_FIELDS, maxMegabytes: 10 }));
  });
}

function describeRows(
  benchOf: () => SimulatorBench,
  rows: FaultRow[],
  fieldsOf: (simulator: Simulator) => Record<string, unknown>,
): void {
  it.each(rows.map((row) => [row.fault, row] as const))(
    '%s',
    async (_fault, row) => {
      const bench = benchOf();
      const { simulator } = bench;
      const before = bench.storedFiles();
      const parameters = { ...CAPTURE, ...fieldsOf(simulator), options: OPTIONS };
      await row.arrange(simulator);
      simulator.clearRequests();
      const startedAt = Date.now();
      const execution = await bench.run(oneNode({ parameters, credentials: bench.withToken }));
      expect(Date.now() - startedAt).toBeLessThan(LONGEST_HOST_MS);
      await expectOutcome(bench, row, execution);
      const stored = bench.storedFiles().filter((name) => !before.includes(name));
      // Nothing is stored of what is not whole, whether an item leads to it or not.
      if (!('ok' in row.outcome)) expect(stored).toEqual([]);
      const met = simulator.requests.filter(({ path }) => path === CAPTURE_PATH);
      expectRequests(row, met);
      for (const text of [execution.raw, bench.wholeLog]) {
        expect(text).not.toContain(TOKEN);
        expect(text).not.toMatch(/Bearer /);
      }
      await waitUntil(() => simulator.requests.every(({ isOpen }) => !isOpen));
    },
    LONGEST_HOST_MS + 20_000,
  );
}

async function expectOutcome(
  bench: SimulatorBench,
  { outcome }: FaultRow,
  execution: Execution,
): Promise<void> {
  const { status, error, items } = execution;
  if ('ok' in outcome) {
    expect([status, error]).toEqual(['success', undefined]);
    const [{ json, binary }] = items[NODE];
    const summary = json as unknown as CaptureSummary;
    const id = binary?.data?.id;
    const bytes = id ? await bench.host.rest.binary(id) : Buffer.alloc(0);
    const sha256 = hashOf(bytes);
    expect(summary).toMatchObject({ complete: true, bytes: bytes.length });
    if (id) expect(summary.sha256).toBe(sha256);
    outcome.check?.({ bytes, sha256, summary }, bench.simulator);
    return;
  }
  expect(status).toBe('error');
  expect(`${outcome.kind}: ${error?.message} ${error?.description}`).toMatch(outcome.says);
  expect(error?.description).not.toBe('');
  if (outcome.status) expect(error?.httpCode).toBe(String(outcome.status));
  expect(items[NODE]).toEqual([]);
}
