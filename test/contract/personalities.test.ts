import { AllegroClient, AllegroError } from '../../client';
import { DEFAULT_SWITCHES } from '../../simulator';
import { PERSONALITIES, type Personality } from '../../simulator/personalities';
import { ask } from '../simulator/support';
import { useSimulator } from './support/bench';
import { fastContext } from './support/fast-context';
import {
  CALL_NAMES,
  NODE_CALLS,
  nodeOf,
  runCall,
  type CallName,
  type NodeCall,
  type Samples,
} from './node-calls';
import { BY_TOKEN, BY_PERSONALITY, type Difference } from './node-differences';
import { pastWindow, uploadRequest } from './support/operations';
import { runDefinition, type Ran } from './support/run-definition';
import { axiosTransport, TOKEN } from './support/transports';

/** Sleeps up to this pass 30 times as fast: those between polls. Limits stay what they are. */
const QUICK_SLEEP_MS = 1500;
/** What no answer of an appliance, however odd, may lead to. */
const NEVER = /internal|URL is that of an Allegro|Invalid time|undefined|NaN|\[object/i;

describe('each node and trigger', () => {
  const bench = useSimulator(90);
  const closing: Array<() => void> = [];
  let samples: Samples;

  function clientFor(token: string): AllegroClient {
    const { transport, destroy } = axiosTransport(bench.simulator, token);
    closing.push(destroy);
    const [quick, usual] = [fastContext(30), fastContext(1)];
    const context = {
      ...usual,
      sleep: (milliseconds: number, signal?: AbortSignal) =>
        (milliseconds < QUICK_SLEEP_MS ? quick : usual).sleep(milliseconds, signal),
    };
    return new AllegroClient({ transport, context });
  }

  beforeAll(async () => {
    const { simulator } = bench;
    // The other device counts its past when it is first asked.
    await ask(simulator, '/API/stats/modules/ip/ips?mm-id=branch-1');
    simulator.incidents.report();
    const client = clientFor(TOKEN);
    const window = pastWindow(simulator);
    const file = await simulator.fileOf('', window.startUs, window.endUs);
    await client.upload(uploadRequest(file), { signal: new AbortController().signal });
    const list = async (device: string) => {
      const values = { timeMode: 'none', returnAll: true, device };
      const [{ json }] = await runDefinition(client, nodeOf('getConnections'), values);
      return json.connections as Samples['connection'][];
    };
    // Whole within the file: else the live traffic has more packets of it than the slot.
    const isWithin = ({ connectionStart, lastActivity }: Samples['connection']) =>
      Number(connectionStart) > window.startUs / 1000 + 1000 &&
      Number(lastActivity) < window.endUs / 1000 - 1000;
    samples = {
      ...{ simulator, file, window },
      connection: (await list('')).find(isWithin)!,
      slotConnection: (await list(':1')).find(isWithin)!,
    };
  });
  afterEach(async () => {
    if (!bench.simulator.isBufferSuspended()) return;
    Object.assign(bench.simulator.switches, DEFAULT_SWITCHES);
    const { signal } = new AbortController();
    await bench.client.setRingBufferSuspended(0, false, { signal });
  });
  afterAll(() => {
    for (const close of closing) close();
  });

  describe.each(Object.keys(BY_PERSONALITY) as Personality[])('of the personality %s', (name) => {
    const { mayWarn, differs } = BY_PERSONALITY[name];
    let client: AllegroClient;
    beforeAll(() => void (client = clientFor(TOKEN)));
    beforeEach(() => {
      Object.assign(bench.simulator.switches, DEFAULT_SWITCHES, PERSONALITIES[name]);
    });
    it.each(CALL_NAMES)('%s', (call) => expectCall(client, call, differs?.[call], mayWarn));
  });

  describe.each(Object.keys(BY_TOKEN))('for %s', (token) => {
    const { mayWarn, differs } = BY_TOKEN[token];
    let client: AllegroClient;
    beforeAll(() => void (client = clientFor(token)));
    it.each(CALL_NAMES)('%s', (call) => expectCall(client, call, differs?.[call], mayWarn));
  });

  async function expectCall(
    client: AllegroClient,
    name: CallName,
    difference: Difference | undefined,
    mayWarn = /^$/,
  ): Promise<void> {
    const call: NodeCall = NODE_CALLS[name];
    const work = runCall(client, call, samples);
    if (difference && 'fails' in difference) {
      const error: unknown = await work.then(warningsOf, (reason: unknown) => reason);
      expect(error).toBeInstanceOf(AllegroError);
      const { kind, message } = error as AllegroError;
      expect(`${kind}: ${message}`).toMatch(difference.says);
      expect(kind).toBe(difference.fails);
      expect(message).not.toMatch(NEVER);
      expect(bench.simulator.isBufferSuspended()).toBe(false);
      return;
    }
    const ran = await work;
    const warnings = warningsOf(ran);
    await (difference?.check ?? call.check)(ran[0], samples);
    for (const text of warnings) {
      expect(text).not.toMatch(NEVER);
      if (!difference?.warns?.test(text) && !call.mayWarn?.test(text)) {
        expect(text).toMatch(mayWarn);
      }
    }
    if (difference?.warns) expect(warnings.join('\n')).toMatch(difference.warns);
  }
});

function warningsOf(ran: Ran[]): string[] {
  return ran.flatMap(({ json }) => ((json.warnings as unknown[] | undefined) ?? []).map(String));
}
