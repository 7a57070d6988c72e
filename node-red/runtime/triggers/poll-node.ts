import { AllegroError } from '../../../client';
import type { FieldValues } from '../../../nodes/definitions/model/field-values';
import { pollWithin } from '../../../nodes/definitions/triggers/poll-within';
import {
  POLL_LIMIT_MS,
  type PollOutcome,
  type PollTrigger,
} from '../../../nodes/definitions/triggers/trigger';
import { clientOf } from '../config-node/appliance-client';
import {
  pollStatus,
  statusWordsOf,
  withNextTime,
  type RunStatus,
  type StatusWords,
} from '../nodes/status-text';
import { fieldNamesOf } from '../nodes/field-names';
import { FailureReport } from './failure-report';
import { RepeatLimit } from './repeat-limit';
import { languageOf } from '../values/language';
import { withinCloseLimit } from '../values/close-limit';
import { typeOf } from '../values/names';
import type { NodeConfig, RuntimeApi, RuntimeNode } from '../runtime-api';
import { TriggerStore, type Stored } from './trigger-store';
import { ownFieldsOf, POLL_FIELDS } from './trigger-fields';
import { readTriggerValues, triggerContext } from './trigger-values';
import { sendEvent } from './send-event';
import { say } from '../../../client/values/sentence';

/** After the start of the flows, so that all following nodes are there. */
const FIRST_POLL_MS = 500;
/** Pause after a poll that took longer than its interval. */
const MIN_PAUSE_MS = 1000;

/**
 * Registers the input node of a trigger that polls.
 *
 * @param limit milliseconds that one poll may take
 */
export function registerPollNode(
  RED: RuntimeApi,
  trigger: PollTrigger,
  limit = POLL_LIMIT_MS,
): void {
  function PollNode(this: RuntimeNode, config: NodeConfig): void {
    RED.nodes.createNode(this, config);
    const poller = new Poller(RED, this, config, trigger, limit);
    this.on('close', (removed, done) => void poller.close(removed).then(done));
    poller.start();
  }
  RED.nodes.registerType(typeOf(trigger), PollNode);
}

/** Polls one after the other, never two at once, until the node is closed. Nothing here rejects. */
class Poller {
  private readonly abort = new AbortController();
  private readonly report: FailureReport;
  private readonly warnings = new RepeatLimit();
  private readonly words: StatusWords;
  private readonly store: TriggerStore | undefined;
  private timer?: NodeJS.Timeout;
  private running: Promise<void> = Promise.resolve();
  private known?: Stored;
  private isLoaded = false;
  /** What Status nodes know. */
  private meaning?: string;

  constructor(
    private readonly RED: RuntimeApi,
    private readonly node: RuntimeNode,
    private readonly config: NodeConfig,
    private readonly trigger: PollTrigger,
    private readonly limit: number,
  ) {
    this.words = statusWordsOf(RED);
    this.report = new FailureReport(RED, node, fieldNamesOf(RED, trigger));
    const { userDir } = RED.settings;
    this.store = userDir === undefined ? undefined : new TriggerStore(userDir, node.id);
  }

  start(): void {
    this.node.status({ fill: 'grey', shape: 'ring', text: 'waiting' });
    this.schedule(FIRST_POLL_MS);
  }

  /**
   * Ends a poll in progress. What was found is kept, unless the node is gone for good.
   *
   * @param isRemoved whether the node was deleted or disabled
   */
  async close(isRemoved: boolean): Promise<void> {
    clearTimeout(this.timer);
    this.abort.abort(closedError());
    await withinCloseLimit(this.running);
    this.node.status({});
    if (isRemoved) await this.store?.remove().catch((error: unknown) => this.warn(error));
  }

  private schedule(milliseconds: number): void {
    if (this.abort.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.running = this.turn();
    }, milliseconds);
  }

  private async turn(): Promise<void> {
    const begin = Date.now();
    let pollSeconds = 60;
    let status: RunStatus;
    let meaning: string;
    try {
      const { RED, node, config, trigger } = this;
      ({ pollSeconds } = await readTriggerValues(RED, node, config, POLL_FIELDS));
      const values = await readTriggerValues(RED, node, config, ownFieldsOf(trigger));
      await this.load();
      const { summary } = await this.poll(values);
      this.report.succeeded();
      status = pollStatus(this.words, summary);
      meaning = JSON.stringify({ ...summary, watched: undefined });
    } catch (error) {
      if (this.abort.signal.aborted) return;
      status = this.report.failed(error);
      meaning = status.text;
    }
    if (this.abort.signal.aborted) return;
    // A clock that was set back meanwhile must not make the pause longer.
    const now = Date.now();
    const pause = Math.max(MIN_PAUSE_MS, pollSeconds * 1000 - Math.max(0, now - begin));
    this.show(withNextTime(this.words, status, now + pause, pollSeconds), meaning);
    this.schedule(pause);
  }

  /**
   * The editor is told of the next poll each time. A Status node would send a message each time, so
   * it is told only when the meaning changes.
   */
  private show(status: RunStatus, meaning: string): void {
    if (meaning === this.meaning) {
      this.RED.comms.publish(`status/${this.node.id}`, status, true);
    } else {
      this.node.status(status);
    }
    this.meaning = meaning;
  }

  /** Once; sends what an earlier process had found but not sent. */
  private async load(): Promise<void> {
    if (this.isLoaded) return;
    this.known = await this.store?.load((what) => this.node.warn(languageOf(this.RED).show(what)));
    this.isLoaded = true;
    if (this.known && this.known.pending.length > 0) await this.sendPending();
  }

  private async poll(values: FieldValues): Promise<PollOutcome> {
    const client = clientOf(this.RED, this.config.appliance);
    const outcome = await pollWithin(this.abort.signal, this.limit, (signal) => {
      const context = triggerContext(this.RED, this.node, signal, this.warnings);
      return this.trigger.poll({ ...context, client }, values, this.known?.state);
    });
    // From here on nothing is lost: what was found is on disk before it is sent. When it cannot be
    // written, the next poll finds the same again.
    await this.keep({ state: outcome.state, pending: outcome.events });
    if (outcome.events.length > 0) await this.sendPending();
    return outcome;
  }

  private async keep(next: Stored): Promise<void> {
    if (JSON.stringify(next) === JSON.stringify(this.known)) return;
    await this.store?.save(next);
    this.known = next;
  }

  /** A node that is being closed sends nothing more; the events wait in the file. */
  private async sendPending(): Promise<void> {
    const { state, pending } = this.known!;
    if (this.abort.signal.aborted) return;
    for (const event of pending) sendEvent(this.RED, this.node, this.trigger, event);
    this.known = { state, pending: [] };
    await this.store?.save(this.known).catch((error: unknown) => this.warn(error));
  }

  private warn(error: unknown): void {
    this.node.warn(languageOf(this.RED).reason(error));
  }
}

function closedError(): AllegroError {
  return new AllegroError({
    kind: 'cancelled',
    what: say`The poll was stopped, because the flow was stopped or deployed.`,
    advice: say`The next poll catches up.`,
  });
}
