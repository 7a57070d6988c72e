import type { RunContext } from '../../nodes/definitions/model/run-context';
import { readFieldValues } from '../../nodes/definitions/model/read-field-values';
import type {
  PollOutcome,
  PollTrigger,
  TriggerEvent,
  TriggerState,
} from '../../nodes/definitions/triggers/trigger';
import { fakeClient, runContext, type FakeAnswer, type FakeContext } from './fake-transport';
import type { Sentence } from '../../client/values/sentence';

/** Polls a trigger as a host would, over answers that a test makes up. */
export class TriggerRunner {
  state: TriggerState | undefined;
  readonly warnings: string[] = [];
  readonly paths: string[] = [];
  private readonly context: RunContext;
  private readonly clock: FakeContext;

  constructor(
    private readonly trigger: PollTrigger,
    private raw: Record<string, unknown>,
    answer: (path: string, query: URLSearchParams) => FakeAnswer,
  ) {
    const { client, context } = fakeClient(({ path }) => {
      this.paths.push(path);
      const [bare, query] = path.split('?');
      return answer(bare, new URLSearchParams(query));
    });
    this.clock = context;
    const warn = (message: Sentence) => void this.warnings.push(String(message));
    this.context = runContext({ client, log: { debug: () => undefined, warn } });
  }

  /** Lets time pass on this machine; the appliance has a clock of its own. */
  pass(seconds: number): void {
    this.clock.time += seconds * 1000;
  }

  /** One poll; the state goes through JSON, as every host keeps it. */
  async poll(): Promise<TriggerEvent[]> {
    return (await this.outcome()).events;
  }

  async outcome(): Promise<PollOutcome> {
    const values = readFieldValues(this.trigger, this.raw);
    const outcome = await this.trigger.poll(this.context, values, this.state);
    this.state = JSON.parse(JSON.stringify(outcome.state)) as TriggerState;
    return outcome;
  }

  preview(): Promise<TriggerEvent[]> {
    return this.trigger.preview(this.context, readFieldValues(this.trigger, this.raw));
  }

  change(raw: Record<string, unknown>): void {
    this.raw = { ...this.raw, ...raw };
  }
}
