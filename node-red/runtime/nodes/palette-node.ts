import { AllegroError } from '../../../client';
import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';
import type { LocalContext } from '../../../nodes/definitions/model/run-context';
import { readQueuePolicy } from './queue-fields';
import { clientOf } from '../config-node/appliance-client';
import { fileStoreOf } from '../files/file-store';
import { forgetRepeats } from './kept-repeats';
import { LeftoverSuspensions } from '../suspensions/leftover-suspensions';
import { deviceFailure, toNodeFailure } from './node-failure';
import { languageOf } from '../values/language';
import { withinCloseLimit } from '../values/close-limit';
import { typeOf } from '../values/names';
import type { Done, Message, NodeConfig, RuntimeApi, RuntimeNode, Send } from '../runtime-api';
import { outputsOf, type Output } from './outputs';
import type { RunOptions } from './run-definition';
import { runForEach, type ElementFailure } from './run-for-each';
import { DeviceTally } from './device-tally';
import { StatusLine, type RunLine } from './status-line';
import { fieldNamesOf, type FieldNames } from './field-names';
import { outcomeStatus, type RunStatus, type StatusWords } from './status-text';
import { WorkQueue } from './work-queue';
import { listed, say, type Sentence } from '../../../client/values/sentence';

/** Why runs were ended. A redeploy is not reported to the flow. */
const CLOSED = cancelledBy(say`Stopped, because the flow was stopped or deployed.`);
const CANCELLED = cancelledBy(say`Cancelled by a message with msg.cancel.`);

/** Without a result there was no element to work on. */
const EMPTY_LIST: RunStatus = { fill: 'yellow', shape: 'ring', text: 'empty list' };

/** What ends a run: without a result (`signal`), and with the result so far (`finish`). */
type Signals = Pick<LocalContext, 'signal' | 'finish'>;

/** Registers the palette node of a definition. */
export function registerPaletteNode(RED: RuntimeApi, definition: NodeDefinition): void {
  function PaletteNode(this: RuntimeNode, config: NodeConfig): void {
    RED.nodes.createNode(this, config);
    const runs = new Runs(RED, this, config, definition);
    if (definition.producesFile) void reportLeftovers(RED, this);
    this.on('input', (message, send, done) => runs.input(message, send, done));
    this.on('close', (isRemoved, done) => {
      if (isRemoved && definition.producesFile) void forgetRepeats(RED, this);
      runs.close(isRemoved, done);
    });
  }
  RED.nodes.registerType(typeOf(definition), PaletteNode);
}

/** Files that a crash left behind are removed at the next start; the first node reports them. */
async function reportLeftovers(RED: RuntimeApi, node: RuntimeNode): Promise<void> {
  const language = languageOf(RED);
  const paths = await fileStoreOf(RED).temporaryFiles.removeLeftovers((path, code) =>
    node.warn(
      language.show(
        say`Incomplete files (.part) of an interrupted run may be left over: the note about them cannot be read (${path}, ${code}). Check the permissions of the path; it is read again when Node-RED starts.`,
      ),
    ),
  );
  if (paths.length === 0) return;
  const removed = say`Removed ${paths.length} incomplete [file|files] of an interrupted run: ${listed(paths)}`;
  node.warn(language.show(removed));
}

/**
 * The messages that a node has in flight and in its queue. Owns every promise of the node: none of
 * them rejects.
 */
class Runs {
  private readonly names: FieldNames;
  private readonly words: StatusWords;
  private readonly status: StatusLine;
  private readonly queue: WorkQueue | undefined;
  private readonly fault: Error | undefined;
  private readonly leftovers: LeftoverSuspensions | undefined;
  private isClosed = false;

  constructor(
    private readonly RED: RuntimeApi,
    private readonly node: RuntimeNode,
    private readonly config: NodeConfig,
    private readonly definition: NodeDefinition,
  ) {
    this.names = fieldNamesOf(RED, definition);
    this.words = this.names.words;
    this.status = new StatusLine(node, this.words);
    try {
      const policy = readQueuePolicy(RED, node, config);
      this.queue = new WorkQueue(policy, (count) => this.status.waiting(count));
    } catch (error) {
      const { error: failure, status } = toNodeFailure(RED, error, this.names);
      this.fault = failure;
      node.status(status);
    }
    if (definition.needsAppliance === false) return;
    try {
      clientOf(RED, config.appliance);
    } catch (error) {
      node.status(toNodeFailure(RED, error, this.names).status);
    }
    if (definition.resumeLeftover) {
      const getClient = () => clientOf(RED, config.appliance);
      this.leftovers = new LeftoverSuspensions(
        fileStoreOf(RED).resumePlans,
        node,
        definition.resumeLeftover,
        getClient,
        this.words,
        languageOf(RED),
      );
    }
  }

  input(message: Message, send: Send, done: Done): void {
    if (message.cancel === true) {
      this.queue?.endAll(CANCELLED);
      this.finish(done);
      return;
    }
    if (message.finish === true && this.definition.mayFinishEarly) {
      this.queue?.finishRunning();
      this.finish(done);
      return;
    }
    if (!this.queue) {
      this.finish(done, this.fault);
      return;
    }
    const admission = this.queue.offer({
      run: (signal, finish) => this.run(message, send, done, { signal, finish }),
      refuse: (reason) => this.finish(done, reason === CLOSED ? undefined : this.failureOf(reason)),
    });
    if (admission === 'full') this.finish(done, this.failureOf(fullError()));
    // A dropped message is not completed, so that it does not trigger a Complete node.
    if (admission === 'dropped') this.status.dropped();
  }

  close(isRemoved: boolean, done: () => void): void {
    this.isClosed = true;
    this.leftovers?.close(isRemoved);
    this.status.close();
    const ended = this.queue?.size ?? 0;
    if (ended > 0) {
      const warning = say`Ended the work of ${ended} [message|messages]: the flow was stopped or deployed.`;
      this.node.warn(languageOf(this.RED).show(warning));
    }
    void withinCloseLimit(this.queue?.close(CLOSED)).then(done);
  }

  /** A `done` that throws is a fault of another node; it must not end the runtime. */
  private finish(done: Done, failure?: Error): void {
    try {
      done(failure);
    } catch (error) {
      this.node.error(this.failureOf(error));
    }
  }

  /** Calls `done` exactly once, whatever happens. Never rejects. */
  private async run(message: Message, send: Send, done: Done, signals: Signals): Promise<void> {
    const line = this.status.started();
    let status: RunStatus = EMPTY_LIST;
    let failure: Error | undefined;
    const devices = new DeviceTally();
    const reports: Array<() => void> = [];
    let sent = 0;
    await this.leftovers?.tried;
    try {
      for await (const outcome of this.outputs(message, signals, line, reports)) {
        devices.add(outcome.json);
        status =
          devices.statusIn(this.words) ??
          outcomeStatus(this.words, outcome.json, this.definition.itemsProperty);
        const report = this.reportOf(outcome);
        if (report) reports.push(report);
        sent++;
        if (this.isClosed) this.reportUnsent(outcome);
        else send(outcome.message);
      }
      if (reports.length > 0 && !devices.hasFailures) {
        const counts = { done: sent, total: sent + reports.length };
        status = {
          ...status,
          fill: 'yellow',
          text: this.words.text('__done__ of __total__', counts),
        };
      }
      // After the results: what they answer must not find a failure first.
      if (!this.isClosed) reports.forEach((report) => report());
    } catch (thrown) {
      const failed = toNodeFailure(this.RED, thrown, this.names);
      status = failed.status;
      failure = failed.error;
      // Not by assignment, which throws for a message that is frozen.
      if (failed.statusCode !== undefined) Reflect.set(message, 'statusCode', failed.statusCode);
    }
    line.ended(status);
    this.finish(done, signals.signal.reason === CLOSED ? undefined : failure);
  }

  /** A file that was stored all the same: nobody else would learn of it. */
  private reportUnsent({ json, message }: Output): void {
    const files = Array.isArray(json.files)
      ? (json.files as Array<{ path?: unknown } | null>)
      : [json];
    const paths = files.map((file) => file?.path).filter((path) => typeof path === 'string');
    // A path in the JSON of the appliance is no file of this machine.
    if (!paths.includes(message.filename as string)) return;
    const warning = say`Stored ${listed(paths)}, but sent no message: the flow was stopped or deployed.`;
    this.node.warn(languageOf(this.RED).show(warning));
  }

  /**
   * Tells Catch nodes of a device that failed. Without the HTTP request, which the output answers: a
   * second answer to it would be an error of its own.
   */
  private reportOf({ json, message }: Output): (() => void) | undefined {
    const { deviceId, error } = json;
    if (deviceId === undefined || typeof error !== 'object' || error === null) return undefined;
    const failure = deviceFailure(deviceId, error as Record<string, unknown>);
    return () => this.node.error(failure, this.withoutRequest(message));
  }

  private reportOfElement({ message, thrown }: ElementFailure): () => void {
    const { error, statusCode } = toNodeFailure(this.RED, thrown, this.names);
    const status = statusCode === undefined ? {} : { statusCode };
    return () => this.node.error(error, { ...this.withoutRequest(message), ...status });
  }

  private failureOf(thrown: unknown): Error {
    return toNodeFailure(this.RED, thrown).error;
  }

  private withoutRequest(message: Message): Message {
    const { req: _req, res: _res, ...copy } = this.RED.util.cloneMessage(message);
    return copy;
  }

  private outputs(
    message: Message,
    signals: Signals,
    line: RunLine,
    reports: Array<() => void>,
  ): AsyncGenerator<Output> {
    const options: RunOptions = {
      definition: this.definition,
      config: this.config,
      scope: { RED: this.RED, node: this.node, message, signal: signals.signal },
      store: fileStoreOf(this.RED),
      getClient: () => clientOf(this.RED, this.config.appliance),
      ...signals,
      progress: (progress) => line.progress(progress),
    };
    const outcomes = runForEach(options, (failed) => {
      reports.push(this.reportOfElement(failed));
    });
    return outputsOf(this.RED, message, outcomes);
  }
}

function cancelledBy(what: Sentence): AllegroError {
  return new AllegroError({
    kind: 'cancelled',
    what,
    advice: say`Nothing was kept. Send the message again if you still need it.`,
  });
}

function fullError(): AllegroError {
  return new AllegroError({
    kind: 'busy',
    what: say`The node is busy, and its queue is full.`,
    advice: say`Send fewer messages, or raise "Queue Limit" or "Max Parallel" in the node.`,
    canRetry: true,
  });
}
