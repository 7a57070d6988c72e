import { AllegroClient, AllegroError } from '../../../client';
import { FakeContext } from '../../support/fake-transport';
import { CALL_NAMES, NODE_CALLS, runCall, type CallName, type Samples } from '../node-calls';
import { useSimulator } from '../support/bench';
import { fastContext } from '../support/fast-context';
import type { Ran } from '../support/run-definition';
import { prepareSamples } from '../support/samples';
import { mutantsOf, type Mutant } from './mutants';
import { Recorder, replay, type Recorded } from './recording';

/** How many mutants of a call are tried; drawing a picture takes long. */
const tried = (name: CallName) => (name.startsWith('Chart') ? 20 : 200);
/** What no answer, however odd, may lead to. */
const NEVER = /internal|undefined|NaN|Infinity|\[object|not iterable|not a function|Cannot read/;
/** They read no JSON, or go on with a file that is only there while it is read. */
const NOT_REPLAYED: CallName[] = ['Pcap Summary', 'Threshold Trigger of the ring buffer'];

/**
 * Each node is run on the answers of the simulator, with one place of one of them changed. The result
 * must be the same where the change says the same in another form; else it may be another, or an error
 * that says what happened on which device.
 */
describe('an answer with one odd value', () => {
  const bench = useSimulator(90);
  let samples: Samples;
  beforeAll(async () => {
    samples = await prepareSamples(bench.simulator, bench.client);
  });

  it.each(CALL_NAMES.filter((name) => !NOT_REPLAYED.includes(name)))('%s', async (name) => {
    const { answers, startedAt } = await record(name);
    const run = (replaced?: Parameters<typeof replay>[1]) => {
      const context = new FakeContext();
      context.time = startedAt;
      const transport = replay(answers, replaced);
      return runCall(new AllegroClient({ transport, context }), NODE_CALLS[name], samples);
    };
    const usual = comparable(await run());
    for (const { answer, mutant } of chosen(answers, tried(name))) {
      const bytes = Buffer.from(JSON.stringify(mutant.json) ?? '');
      const outcome = await run({ answer, bytes }).catch((error: unknown) => error);
      expectPlain(outcome, `${answer.key}, ${mutant.label}`);
      if (mutant.isSame) expect([mutant.label, comparable(outcome)]).toEqual([mutant.label, usual]);
    }
  });

  async function record(name: CallName): Promise<{ answers: Recorded[]; startedAt: number }> {
    const startedAt = Date.now();
    const transport = new Recorder(bench.transport);
    await runCall(
      new AllegroClient({ transport, context: fastContext(1) }),
      NODE_CALLS[name],
      samples,
    );
    return { answers: transport.answers, startedAt };
  }
});

/** An error that a person can use, or a result without the words of a mistake. */
function expectPlain(outcome: unknown, where: string): void {
  if (Array.isArray(outcome)) {
    for (const { json } of outcome as Ran[]) {
      expect(`${where}: ${JSON.stringify(json)}`).not.toMatch(NEVER);
    }
    return;
  }
  const { message, stack } = outcome as Error;
  expect([where, outcome instanceof AllegroError || stack]).toEqual([where, true]);
  expect(`${where}: ${message}`).toContain('https://allegro-mm-test');
  expect(`${where}: ${message}`).not.toMatch(NEVER);
}

/** Some mutants of each answer that is JSON, spread evenly over all places. */
function chosen(
  answers: readonly Recorded[],
  count: number,
): Array<{ answer: Recorded; mutant: Mutant }> {
  const seen = new Set<string>();
  const all = answers.flatMap((answer) => {
    const json = jsonOf(answer);
    // The same path is asked again and again; its answers are alike.
    if (json === undefined || seen.size === seen.add(answer.key).size) return [];
    return [...mutantsOf(json)].map((mutant) => ({ answer, mutant }));
  });
  // A step without a common factor with the number of changes of a place meets all kinds of them.
  const step = Math.max(1, Math.floor(all.length / count)) | 1;
  return all.filter((_, index) => index % step === 0);
}

function jsonOf({ bytes }: Recorded): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** Without what is told of the form: numbers and booleans as text count as such. */
function comparable(outcome: unknown): unknown {
  if (outcome instanceof Error) return outcome.message;
  const ran = (outcome as Ran[]).map(({ json, file }) => [json, file?.sha256]);
  return JSON.parse(JSON.stringify(ran), (_, value: unknown) => {
    if (typeof value === 'boolean') return Number(value);
    if (value === 'true' || value === 'false') return Number(value === 'true');
    return typeof value === 'string' && value !== '' && Number.isFinite(Number(value))
      ? Number(value)
      : value;
  });
}
