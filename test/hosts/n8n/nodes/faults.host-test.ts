import type { CaptureSummary } from '../../../../client/capture/capture-summary';
import type { Execution } from '../../../../scripts/hosts/n8n-rest';
import { DEFAULT_SWITCHES, STEADY_HOST } from '../../../../simulator';
import { expectRequests, type FaultRow } from '../../../contract/faults/fault-row';
import { waitUntil } from '../../../contract/support/wait-until';
import {
  LIMITS,
  LIVE_FIELDS,
  LIVE_ROWS,
  RING_BUFFER_ROWS,
  ringBufferFields,
} from '../../capture-rows';
import { CAPTURE } from '../support/bench';
import { CAPTURE_PATH, SimulatorBench } from '../support/simulator-bench';
import { NODE, oneNode } from '../support/workflows';
import { hashOf } from '../../truth';

const TOKENS = ['demo-token', 'stats-token', 'wrong-token-0815'];

/** What goes wrong at the appliance or on the way, and what a person sees of it in n8n. */
describe('failures in n8n, with the simulator', () => {
  let bench: SimulatorBench;

  beforeAll(async () => {
    bench = await SimulatorBench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => {
    bench.simulator.faults.clear();
    bench.simulator.clearRequests();
    Object.assign(bench.simulator.switches, DEFAULT_SWITCHES);
  });

  const capture = (more: Record<string, unknown>, credentials = bench.withToken) =>
    oneNode({ parameters: { ...CAPTURE, host: STEADY_HOST, ...more }, credentials });

  it.each([
    [
      'a token that may not capture',
      'stats-token',
      /Permission denied.*\(HTTP 403\)/,
      /pcap/,
      '403',
    ],
    ['a token that is wrong', 'wrong-token-0815', /login \(HTTP 401\)/, /Check the API t/, '401'],
  ])('refuses %s', async (_, token, says, advises, httpCode) => {
    const execution = await bench.run(capture({}, await bench.withOtherToken('Other', token)));
    expectFailure(execution, says, advises);
    expect(execution.error?.httpCode).toBe(httpCode);
  });

  // n8n takes what an expression does not find for nothing; here that would be everybody's packets.
  describe('of a filter that is not there', () => {
    const nothing = '={{ $json.nobody }}';

    it.each([
      ['the host', { host: nothing }, /Host/],
      ['a host that is blank', { host: '={{ $json.nobody ?? "" }}' }, /Host/],
      ['the expression', { captureScope: 'filter', expression: nothing }, /Expression/],
    ])('captures nothing: %s', async (_, more, says) => {
      expectFailure(await bench.run(capture(more)), says, /./);
      expect(bench.simulator.requests).toEqual([]);
    });

    it('captures all traffic only where that was chosen', async () => {
      const { status, items } = await bench.run(capture({ captureScope: 'all' }));
      expect(status).toBe('success');
      expect(items[NODE][0]?.json).toMatchObject({ expression: '' });
    });
  });

  // One row of the fault matrix for each kind of outcome.
  describe.each([
    ['from the ring buffer', RING_BUFFER_ROWS, () => ringBufferFields(bench.simulator)],
    ['of live traffic', LIVE_ROWS, () => ({ ...LIVE_FIELDS, maxMegabytes: 10 })],
  ])('a capture %s', (_name, rows, fieldsOf) => {
    it.each(rows.map((row) => [row.fault, row] as const))('%s', async (_fault, row) => {
      const { simulator } = bench;
      const before = bench.storedFiles();
      const workflow = capture({ ...fieldsOf(), options: LIMITS });
      await row.arrange(simulator);
      const execution = await bench.run(workflow);
      if ('ok' in row.outcome) await expectWhole(row, execution);
      else {
        const { kind, says, status } = row.outcome;
        expectFailure(execution, /./, /./);
        const { error } = execution;
        expect(`${kind}: ${error?.message} ${error?.description}`).toMatch(says);
        if (status) expect(error?.httpCode).toBe(String(status));
        // Nothing is stored of what is not whole, whether an item leads to it or not.
        expect(bench.storedFiles()).toEqual(before);
      }
      expectRequests(
        row,
        simulator.requests.filter(({ path }) => path === CAPTURE_PATH),
      );
      await waitUntil(() => simulator.requests.every(({ isOpen }) => !isOpen));
    });
  });

  it('keeps every login out of the log of n8n', () => {
    expect(bench.wholeLog.length).toBeGreaterThan(100);
    for (const token of TOKENS) expect(bench.wholeLog).not.toContain(token);
    expect(bench.wholeLog).not.toMatch(/Bearer /);
  });

  async function expectWhole({ outcome }: FaultRow, execution: Execution): Promise<void> {
    const { status, error, items } = execution;
    expect([status, error]).toEqual(['success', undefined]);
    const [{ json, binary }] = items[NODE];
    const summary = json as unknown as CaptureSummary;
    const id = binary?.data?.id;
    const bytes = id ? await bench.host.rest.binary(id) : Buffer.alloc(0);
    const sha256 = hashOf(bytes);
    expect(summary).toMatchObject({ complete: true, bytes: bytes.length });
    if (id) expect(summary.sha256).toBe(sha256);
    if ('ok' in outcome) outcome.check?.({ bytes, sha256, summary }, bench.simulator);
  }

  function expectFailure({ status, error, items, raw }: Execution, says: RegExp, advises: RegExp) {
    expect(status).toBe('error');
    expect(error?.message).toMatch(says);
    expect(error?.description).toMatch(advises);
    expect(items[NODE]).toEqual([]);
    for (const token of TOKENS) expect(raw).not.toContain(token);
    expect(raw).not.toMatch(/Bearer|Authorization/i);
  }
});
