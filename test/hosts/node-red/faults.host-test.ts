import { until, type FlowNode } from '../../../scripts/demo/node-red-host';
import { STEADY_HOST } from '../../../simulator';
import { captureFaults } from '../../contract/capture-faults';
import { describeCaptureMatrix } from './capture-matrix';
import { watchFlow } from './host-flows';
import { SimulatorBench, TOKEN } from './simulator-bench';

jest.setTimeout(90_000);

interface Reply {
  error?: { message: string; code: string; cause: Record<string, unknown>; stack?: string };
  filename?: string;
  payload: unknown;
  statusCode?: number;
  kept?: string;
}

const FOLDER = 'faulty';
const AROUND = { captureSource: 'ringBuffer', timeMode: 'around', host: STEADY_HOST };
const CAPTURE = { ...AROUND, fileFolder: FOLDER, idleSeconds: '1' };

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
    expect(bench.host.isRunning).toBe(true);
    expect(bench.host.log).not.toMatch(/uncaught|unhandled/i);
  });

  describe('a login that does not do', () => {
    it('is told from one that may not', async () => {
      const reply = await runAs({ token: TOKENS.wrong }, 'getStats', {
        path: 'API/stats/time',
        timeMode: 'none',
      });
      await expectFailure(reply, 'login refused', 'login', { status: 401, canRetry: false });
      expect(reply.statusCode).toBe(401);
    });

    it.each([
      ['token', { token: TOKENS.stats }],
      ['user', { user: 'viewer', password: 'viewer' }],
    ])('may not capture: %s', async (_name, login) => {
      const reply = await runAs(login, 'capturePcap', CAPTURE);
      await expectFailure(reply, 'not permitted', 'permission', {
        status: 403,
        method: 'GET',
        canRetry: false,
      });
      expect(reply.statusCode).toBe(403);
      expect(bench.filesIn(FOLDER)).toEqual([]);
    });

    it('may capture, but not suspend the ring buffer', async () => {
      const reply = await runAs({ token: TOKENS.capture }, 'suspendBuffer', {
        bufferAction: 'suspend',
      });
      await expectFailure(reply, 'not permitted', 'permission', { status: 403, method: 'POST' });
      expect(bench.simulator.isBufferSuspended()).toBe(false);
    });
  });

  describe('a capture', () => {
    beforeAll(() => bench.host.deploy(flow('capturePcap', CAPTURE)));

    it('is whole when nothing goes wrong', async () => {
      const { error, filename } = await run();
      expect(error).toBeUndefined();
      expect(filename).toBeDefined();
      expectNoSecret(filename!);
    });

    it.each([
      ['cut', 'incomplete', 'incomplete', true],
      ['cutWithLength', 'incomplete', 'incomplete', true],
      ['cutWithoutMark', 'incomplete', 'incomplete', true],
      ['stall', 'timeout', 'timeout', true],
      ['page', 'bad answer', 'badAnswer', false],
      ['garbled', 'incomplete', 'incomplete', true],
      ['refused', 'not permitted', 'permission', false],
    ] as const)('that is %s is "%s", and no file', async (name, status, kind, canRetry) => {
      const before = bench.filesIn(FOLDER);
      bench.simulator.faults.add(captureFaults[name]);
      const reply = await run();
      await expectFailure(reply, status, kind, { method: 'GET', canRetry });
      expect(reply.filename).toBeUndefined();
      expect(bench.filesIn(FOLDER)).toEqual(before);
    });

    it('that is a page for browsers is quoted without its markup', async () => {
      bench.simulator.faults.add(captureFaults.page);
      const { error } = await run();
      expect(error?.cause.answer).toBe('Maintenance Come back later.');
    });

    it('works again when the appliance does', async () => {
      expect((await run()).error).toBeUndefined();
    });
  });

  // Every capture of the fault matrix, inside Node-RED.
  describe('a capture, as in the matrix', () => describeCaptureMatrix(() => bench));

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
    return run();
  }

  async function run(): Promise<Reply> {
    const alertTime = new Date(bench.simulator.nowUs() / 1000 - 300_000).toISOString();
    return (await bench.post<Reply>('/run', { alertTime })).body;
  }

  /** As Catch sees it: with the message it happened to, and with facts about the appliance. */
  async function expectFailure(
    reply: Reply,
    status: string,
    kind: string,
    facts: Record<string, unknown>,
  ): Promise<void> {
    const { error, kept } = reply;
    expect(error?.cause).toMatchObject({ kind, ...facts });
    expect(error?.cause.device).toContain(bench.simulator.url);
    expect(error?.code).toBe(`ALLEGRO_${kind.replace(/[A-Z]/g, '_$&').toUpperCase()}`);
    expect(error?.message).toMatch(/\. .+\.$/s);
    expect(kept).toBe('yes');
    await until(`the status ${status}`, () => bench.events.statusesOf('node').at(-1) === status);
    expectNoSecret(JSON.stringify(reply));
  }

  function expectNoSecret(...texts: string[]): void {
    for (const text of [bench.host.log, bench.events.text, ...texts]) {
      expect(text).not.toMatch(SECRETS);
    }
  }
});
