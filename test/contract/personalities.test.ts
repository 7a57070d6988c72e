import { AllegroClient, AllegroError } from '../../client';
import { Sentence } from '../../client/values/sentence';
import { DEFAULT_SWITCHES } from '../../simulator';
import { PERSONALITIES, type Personality } from '../../simulator/personalities';
import { useSimulator } from './support/bench';
import { fastContext } from './support/fast-context';
import {
  CALL_NAMES,
  NODE_CALLS,
  runCall,
  type CallName,
  type NodeCall,
  type Samples,
} from './node-calls';
import { BY_TOKEN, BY_PERSONALITY, type Difference } from './node-differences';
import type { Ran } from './support/run-definition';
import { prepareSamples } from './support/samples';
import { axiosTransport, TOKEN } from './support/transports';

/** Sleeps up to this pass 30 times as fast: those between polls. Limits stay what they are. */
const QUICK_SLEEP_MS = 1500;
/** What no answer of an appliance, however odd, may lead to. */
const NEVER = /internal|URL is that of an Allegro|Invalid time|undefined|NaN|\[object/i;

/** What a host shows in its language; all else is data, the same everywhere. */
const LOCAL = ['warnings', 'message', 'what', 'advice'];

/** The names of other properties that hold such a text. */
function localTextsIn(data: unknown, name = ''): string[] {
  if (data instanceof Sentence) return LOCAL.includes(name) ? [] : [name];
  if (Array.isArray(data)) return data.flatMap((element) => localTextsIn(element, name));
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => localTextsIn(value, key));
}

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
    samples = await prepareSamples(bench.simulator, clientFor(TOKEN));
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
    expect(ran.flatMap(({ json }) => localTextsIn(json))).toEqual([]);
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
