import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CaptureSummary } from '../../../client/capture/capture-summary';
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
import { DEFAULT_SWITCHES, type Simulator } from '../../../simulator';
import { CAPTURE_PATH } from '../../contract/capture-faults';
import type { SimulatorBench } from './simulator-bench';
import { TOKEN } from './simulator-bench';

const FOLDER = 'matrix';
const LIMITS = { idleSeconds: String(IDLE_SECONDS), totalSeconds: String(TOTAL_SECONDS) };

interface Reply {
  error?: { message: string; code: string; cause: { kind: string; status?: number } };
  filename?: string;
  payload: CaptureSummary;
}

/**
 * The same rows as over the bare client, with all that a Node-RED puts around it.
 *
 * @param benchOf gives the Node-RED and the simulator of the tests that this is part of
 */
export function describeCaptureMatrix(benchOf: () => SimulatorBench): void {
  describe('from the ring buffer', () => {
    describeRows(benchOf, CAPTURE_ROWS, (simulator) => {
      const { captureSource, timeMode, host } = captureFields(simulator);
      return { captureSource, timeMode, host, ...LIMITS };
    });
  });
  describe('of live traffic', () => {
    const { liveSeconds, ...fields } = LIVE_FIELDS;
    describeRows(benchOf, liveRows, () => ({ ...fields, liveSeconds: String(liveSeconds) }));
  });
}

function describeRows(
  benchOf: () => SimulatorBench,
  rows: FaultRow[],
  fieldsOf: (simulator: Simulator) => Record<string, string>,
): void {
  beforeAll(async () => {
    const bench = benchOf();
    const config = { ...fieldsOf(bench.simulator), fileFolder: FOLDER };
    await bench.host.deploy(bench.make.flowFor('capturePcap', config));
  }, 90_000);
  afterEach(() => {
    const { simulator } = benchOf();
    simulator.setQuiet(false);
    Object.assign(simulator.switches, DEFAULT_SWITCHES);
  });

  it.each(rows.map((row) => [row.fault, row] as const))(
    '%s',
    async (_fault, row) => {
      const bench = benchOf();
      const { simulator } = bench;
      const before = bench.filesIn(FOLDER);
      const { since, until } = captureFields(simulator);
      await row.arrange(simulator);
      const startedAt = Date.now();
      const { body } = await bench.post<Reply>('/run', { since, until });
      expect(Date.now() - startedAt).toBeLessThan(LONGEST_HOST_MS);
      const stored = bench.filesIn(FOLDER).filter((name) => !before.includes(name));
      expectOutcome(bench, row, body, stored);
      const met = simulator.requests.filter(({ path }) => path === CAPTURE_PATH);
      expectRequests(row, met);
      // Neither what came back, nor the log, nor what the editor was shown.
      for (const text of [JSON.stringify(body), bench.host.log, bench.events.text]) {
        expect(text).not.toContain(TOKEN);
        expect(text).not.toMatch(/Bearer /);
      }
      expect(bench.host.isRunning).toBe(true);
      expect(bench.host.log).not.toMatch(/uncaught|unhandled/i);
      await waitUntil(() => simulator.requests.every(({ isOpen }) => !isOpen));
    },
    LONGEST_HOST_MS + 10_000,
  );
}

function expectOutcome(
  bench: SimulatorBench,
  { outcome }: FaultRow,
  reply: Reply,
  stored: string[],
): void {
  const { error, filename, payload: summary } = reply;
  if ('ok' in outcome) {
    expect(error).toBeUndefined();
    expect(stored).toHaveLength(filename ? 1 : 0);
    const bytes = filename ? readFileSync(filename) : Buffer.alloc(0);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(summary).toMatchObject({ complete: true, bytes: bytes.length });
    if (filename) expect(summary.sha256).toBe(sha256);
    outcome.check?.({ bytes, sha256, summary }, bench.simulator);
    return;
  }
  // Nothing under its name, and nothing that was begun under another.
  expect(stored).toEqual([]);
  expect(filename).toBeUndefined();
  expect(`${error?.cause.kind}: ${error?.message}`).toMatch(outcome.says);
  expect(error?.cause.kind).toBe(outcome.kind);
  expect(error?.cause.status).toBe(outcome.status);
}
