import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CaptureSummary } from '../../../../client/capture/capture-summary';
import { until, type FlowNode } from '../../../../scripts/hosts/node-red-host';
import { DEFAULT_SWITCHES, STEADY_HOST } from '../../../../simulator';
import { CAPTURE_PATH } from '../../../contract/support/capture-faults';
import { expectRequests, type FaultRow } from '../../../contract/faults/fault-row';
import { waitUntil } from '../../../contract/support/wait-until';
import {
  LIMITS,
  LIVE_FIELDS,
  LIVE_ROWS,
  RING_BUFFER_ROWS,
  ringBufferFields,
} from '../../capture-rows';
import { watchFlow } from '../support/host-flows';
import { SimulatorBench, TOKEN } from '../support/simulator-bench';

interface Reply {
  error?: { message: string; code: string; cause: Record<string, unknown> };
  filename?: string;
  payload: CaptureSummary;
  statusCode?: number;
  kept?: string;
}

const FOLDER = 'faulty';
const CAPTURE = { captureSource: 'ringBuffer', timeMode: 'around', host: STEADY_HOST };

const TOKENS = { wrong: 'wrong-token-7f3a', stats: 'stats-token', capture: 'capture-token' };

/** None of them may turn up anywhere but in the requests. */
const SECRETS = new RegExp(
  `${[TOKEN, ...Object.values(TOKENS)].join('|')}|Bearer |Basic |"viewer"`,
);

describe('what goes wrong at the appliance, in a real Node-RED', () => {
  let bench: SimulatorBench;
  let logins = 0;

  beforeAll(async () => {
    bench = await SimulatorBench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => bench.reset());
  afterEach(() => {
    Object.assign(bench.simulator.switches, DEFAULT_SWITCHES);
    expect(bench.host.isRunning).toBe(true);
    expect(bench.host.log).not.toMatch(/uncaught|unhandled/i);
  });

  describe('a login that does not do', () => {
    it.each([
      ['unknown', { token: TOKENS.wrong }, 'login', 401],
      ['a token without the permission', { token: TOKENS.stats }, 'permission', 403],
      ['a user without the permission', { user: 'viewer', password: 'viewer' }, 'permission', 403],
    ])('is refused: %s', async (_name, login, kind, status) => {
      const reply = await runAs(login, 'capturePcap', { ...CAPTURE, fileFolder: FOLDER });
      await expectFailure(reply, kind, { status, method: 'GET', canRetry: false });
      expect(reply.statusCode).toBe(status);
      expect(bench.filesIn(FOLDER)).toEqual([]);
    });

    it('may capture, but not suspend the ring buffer', async () => {
      const reply = await runAs({ token: TOKENS.capture }, 'suspendBuffer', {
        bufferAction: 'suspend',
      });
      await expectFailure(reply, 'permission', { status: 403, method: 'POST' });
      expect(bench.simulator.isBufferSuspended()).toBe(false);
    });
  });

  // One row of the fault matrix for each kind of outcome.
  describe.each([
    ['from the ring buffer', RING_BUFFER_ROWS, () => ringBufferFields(bench.simulator)],
    [
      'of live traffic',
      LIVE_ROWS,
      () => ({ ...LIVE_FIELDS, liveSeconds: String(LIVE_FIELDS.liveSeconds) }),
    ],
  ])('a capture %s', (_name, rows, fieldsOf) => {
    beforeAll(async () => {
      const { since: _since, until: _until, ...fields }: Record<string, string> = fieldsOf();
      const idleSeconds = String(LIMITS.idleSeconds);
      const totalSeconds = String(LIMITS.totalSeconds);
      const limits = fields.captureSource === 'live' ? {} : { idleSeconds, totalSeconds };
      await bench.host.deploy(flow('capturePcap', { ...fields, ...limits, fileFolder: FOLDER }));
    });

    it.each(rows.map((row) => [row.fault, row] as const))('%s', async (_fault, row) => {
      const before = bench.filesIn(FOLDER);
      const { since, until: end }: Record<string, string> = fieldsOf();
      await row.arrange(bench.simulator);
      const { body } = await bench.post<Reply>('/run', { since, until: end });
      const stored = bench.filesIn(FOLDER).filter((name) => !before.includes(name));
      if ('ok' in row.outcome) expectWhole(row, body, stored);
      else {
        const { kind, status, says } = row.outcome;
        await expectFailure(body, kind, status ? { status } : {});
        expect(`${kind}: ${body.error?.message}`).toMatch(says);
        // Nothing under its name, and nothing that was begun under another.
        expect(stored).toEqual([]);
        expect(body.filename).toBeUndefined();
      }
      expectRequests(
        row,
        bench.simulator.requests.filter(({ path }) => path === CAPTURE_PATH),
      );
      await waitUntil(() => bench.simulator.requests.every(({ isOpen }) => !isOpen));
    });
  });

  function flow(node: string, config: Record<string, unknown>): FlowNode[] {
    return bench.make.flowFor(node, config, watchFlow());
  }

  /** With an appliance node of its own, because Node-RED keeps the login of one that it knows. */
  async function runAs(
    credentials: Record<string, string>,
    node: string,
    config: Record<string, unknown>,
  ): Promise<Reply> {
    const id = `login${++logins}`;
    const authentication = 'token' in credentials ? 'token' : 'password';
    const appliance = bench.make.applianceNode(id, { authentication, credentials });
    await bench.host.deploy([...flow(node, { ...config, appliance: id }), appliance]);
    const alertTime = new Date(bench.simulator.nowUs() / 1000 - 300_000).toISOString();
    return (await bench.post<Reply>('/run', { alertTime })).body;
  }

  function expectWhole(
    { outcome }: FaultRow,
    { error, filename, payload: summary }: Reply,
    stored: string[],
  ): void {
    expect(error).toBeUndefined();
    expect(stored).toHaveLength(filename ? 1 : 0);
    const bytes = filename ? readFileSync(filename) : Buffer.alloc(0);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(summary).toMatchObject({ complete: true, bytes: bytes.length });
    if (filename) expect(summary.sha256).toBe(sha256);
    if ('ok' in outcome) outcome.check?.({ bytes, sha256, summary }, bench.simulator);
  }

  /** As Catch sees it: with the message it happened to, and with facts about the appliance. */
  async function expectFailure(
    reply: Reply,
    kind: string,
    facts: Record<string, unknown>,
  ): Promise<void> {
    const { error, kept } = reply;
    expect(error?.cause).toMatchObject({ kind, ...facts });
    expect(error?.cause.device).toContain(bench.simulator.url);
    expect(error?.code).toBe(`ALLEGRO_${kind.replace(/[A-Z]/g, '_$&').toUpperCase()}`);
    expect(error?.message).toMatch(/\. .+\. Request: [A-Z]+ \/API\/.* on https:/s);
    expect(kept).toBe('yes');
    await until('a red status', () => bench.events.statusesOf('node').length > 0);
    for (const text of [bench.host.log, bench.events.text, JSON.stringify(reply)]) {
      expect(text).not.toMatch(SECRETS);
    }
  }
});
