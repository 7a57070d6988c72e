import type { Execution } from '../../../scripts/n8n-rest';
import { STEADY_HOST, type FaultKind } from '../../../simulator';
import { waitUntil } from '../../contract/wait-until';
import { CAPTURE } from './bench';
import { CAPTURE_PATH, SimulatorBench } from './simulator-bench';
import { describeCaptureMatrix } from './capture-matrix';
import { NODE, oneNode } from './workflows';

const LOGIN_PAGE = '<html><head><title>Sign in</title></head><body>Welcome</body></html>';
const TOKENS = ['demo-token', 'stats-token', 'wrong-token-0815'];

/** What goes wrong at the appliance or on the way, and what a person sees of it in n8n. */
describe('failures in n8n, with the simulator', () => {
  let bench: SimulatorBench;

  beforeAll(async () => {
    bench = await SimulatorBench.start();
  }, 300_000);
  afterAll(() => bench?.stop());
  beforeEach(() => {
    bench.simulator.faults.clear();
    bench.simulator.clearRequests();
  });

  const capture = (credentials = bench.withToken, more: Record<string, unknown> = {}) =>
    oneNode({ parameters: { ...CAPTURE, host: STEADY_HOST, ...more }, credentials });

  describe('of a capture', () => {
    interface Row {
      fault: FaultKind;
      says: RegExp;
      advises: RegExp;
    }
    const cut = (framing: 'length' | 'chunked' | 'close', afterBytes = 20_000): FaultKind => ({
      kind: 'cut',
      afterBytes,
      framing,
    });
    const answer = (status: number, body: string, type = 'text/html'): FaultKind => ({
      kind: 'answer',
      status,
      body,
      headers: { 'Content-Type': type },
    });
    const rows: Record<string, Row> = {
      'a body that is cut before its length': {
        fault: cut('length'),
        says: /broke off after 20000 bytes, before/,
        advises: /again/,
      },
      'a body that is cut between chunks': {
        fault: cut('chunked'),
        says: /broke off after 20000 bytes, before/,
        advises: /again/,
      },
      'a body that ends like a whole one within a packet': {
        fault: cut('close', 50),
        says: /is incomplete: The file ends at byte 50, within packet 1:/,
        advises: /again/,
      },
      'a compressed body that is cut': {
        fault: { kind: 'gzip', cutAfterBytes: 20_000 },
        says: /broke off after \d+ bytes, before/,
        advises: /again/,
      },
      'a body that stalls': {
        fault: { kind: 'stall', afterBytes: 20_000 },
        says: /No data arrived for 1 s \(20000 bytes had arrived before\)/,
        advises: /Try again, or raise the idle limit/,
      },
      'a page in the place of packets': {
        fault: answer(200, LOGIN_PAGE),
        says: /is not a capture file: it looks like an HTML page/,
        advises: /login page or a proxy.*"Sign in/,
      },
      'an error of the appliance': {
        fault: answer(500, '{"error":"out of memory"}', 'application/json'),
        says: /returned an error/,
        advises: /out of memory/,
      },
    };

    it.each(Object.entries(rows))('%s', async (_, { fault, says, advises }) => {
      const before = bench.storedFiles();
      bench.simulator.faults.add({ ...fault, method: 'GET', path: CAPTURE_PATH });
      const execution = await bench.run(capture(undefined, { options: { idleSeconds: 1 } }));
      expectFailure(execution, says, advises);
      expect(bench.storedFiles()).toEqual(before);
      await waitUntil(() => bench.simulator.openCaptures() === 0);
    });

    it.each([
      [
        'a token that may not capture',
        'stats-token',
        /Permission denied \(HTTP 403\)/,
        /pcap/,
        '403',
      ],
      ['a token that is wrong', 'wrong-token-0815', /login \(HTTP 401\)/, /Check the API t/, '401'],
    ])('%s', async (_, token, says, advises, httpCode) => {
      const execution = await bench.run(capture(await bench.withOtherToken('Other', token)));
      expectFailure(execution, says, advises);
      expect(execution.error?.httpCode).toBe(httpCode);
    });
  });

  // n8n takes what an expression does not find for nothing; here that would be everybody's packets.
  describe('of a filter that is not there', () => {
    const nothing = '={{ $json.nobody }}';

    it.each([
      ['the host', { host: nothing }, /Host/],
      ['an expression among the options', { options: { expression: nothing } }, /Expression/],
    ])('captures nothing: %s', async (_, more, says) => {
      bench.simulator.clearRequests();
      const execution = await bench.run(capture(undefined, more));
      expectFailure(execution, says, /./);
      expect(bench.simulator.requests).toEqual([]);
    });

    it('captures all where it was left blank on purpose', async () => {
      const { status, items } = await bench.run(
        capture(undefined, { host: '={{ $json.nobody ?? "" }}' }),
      );
      expect(status).toBe('success');
      expect(items[NODE][0]?.json).toMatchObject({ expression: '' });
    });
  });

  // Every capture of the fault matrix, inside n8n.
  describe('of a capture, as in the matrix', () => describeCaptureMatrix(() => bench));

  it('nothing of a login has come into the log of n8n', () => {
    expect(bench.wholeLog.length).toBeGreaterThan(100);
    for (const token of TOKENS) expect(bench.wholeLog).not.toContain(token);
  });

  function expectFailure({ status, error, items, raw }: Execution, says: RegExp, advises: RegExp) {
    expect(status).toBe('error');
    expect(error?.message).toMatch(says);
    expect(error?.description).toMatch(advises);
    expect(items[NODE]).toEqual([]);
    for (const token of TOKENS) expect(raw).not.toContain(token);
    expect(raw).not.toMatch(/Bearer|Authorization/i);
  }
});
