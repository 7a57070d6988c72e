import { randomUUID } from 'node:crypto';
import { AllegroError } from '../../client';
import type { NodeDefinition } from '../../nodes/definitions/definition';
import { clientOf } from './client-of';
import { toNodeFailure } from './errors';
import { typeOf } from './names';
import type { Done, Message, NodeConfig, RuntimeApi, RuntimeNode, Send } from './red';
import { runDefinition, type Outcome } from './run';
import { outcomeStatus, StatusLine, type RunStatus } from './status';

/** Node-RED waits up to 15 s for a node to close; runs that hang are left behind before that. */
const CLOSE_LIMIT_MS = 8000;

/** Why runs were ended: told apart, because a redeploy is nothing that a flow has to hear of. */
const CLOSED = cancelledBy('The work was ended, because the flow was stopped or deployed.');

/** Registers the palette node of a definition. */
export function registerPaletteNode(RED: RuntimeApi, definition: NodeDefinition): void {
  function PaletteNode(this: RuntimeNode, config: NodeConfig): void {
    RED.nodes.createNode(this, config);
    const runs = new Runs(RED, this, config, definition);
    this.on('input', (message, send, done) => runs.input(message, send, done));
    this.on('close', (_removed, done) => runs.close(done));
  }
  RED.nodes.registerType(typeOf(definition), PaletteNode);
}

/** The messages that a node has in flight. Owns every promise of the node: none of them rejects. */
class Runs {
  private readonly running = new Map<AbortController, Promise<void>>();
  private readonly status: StatusLine;
  private isClosed = false;

  constructor(
    private readonly RED: RuntimeApi,
    private readonly node: RuntimeNode,
    private readonly config: NodeConfig,
    private readonly definition: NodeDefinition,
  ) {
    this.status = new StatusLine(node);
  }

  input(message: Message, send: Send, done: Done): void {
    if (message.cancel === true) {
      this.cancel();
      done();
      return;
    }
    const controller = new AbortController();
    this.status.started();
    const run = this.run(message, send, done, controller.signal)
      // A `done` or `send` that throws is a fault of a node behind; it must not end the runtime.
      .catch((error: unknown) => this.node.error(toNodeFailure(error).error))
      .finally(() => this.running.delete(controller));
    this.running.set(controller, run);
  }

  close(done: () => void): void {
    this.isClosed = true;
    this.status.close();
    for (const controller of this.running.keys()) controller.abort(CLOSED);
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_LIMIT_MS);
    });
    void Promise.race([Promise.all(this.running.values()), limit]).then(() => {
      clearTimeout(timer);
      done();
    });
  }

  private cancel(): void {
    for (const controller of this.running.keys())
      controller.abort(cancelledBy('The work was cancelled by a message with msg.cancel.'));
  }

  /** Calls `done` exactly once, whatever happens. */
  private async run(message: Message, send: Send, done: Done, signal: AbortSignal): Promise<void> {
    let status: RunStatus = outcomeStatus({}, undefined);
    let failure: Error | undefined;
    try {
      for await (const outcome of this.outcomes(message, signal)) {
        status = outcomeStatus(outcome.json, this.definition.itemsProperty);
        if (!this.isClosed) send(outcome.message);
      }
    } catch (thrown) {
      const failed = toNodeFailure(thrown);
      status = failed.status;
      failure = failed.error;
      if (failed.statusCode !== undefined) message.statusCode = failed.statusCode;
    }
    this.status.ended(status);
    done(signal.reason === CLOSED ? undefined : failure);
  }

  /**
   * The messages to send. Each is held back until it is known whether there is another, because
   * the last of several has to tell their number, and a single one must not look like a part.
   */
  private async *outcomes(
    message: Message,
    signal: AbortSignal,
  ): AsyncGenerator<{ json: Outcome['json']; message: Message }> {
    const outcomes = runDefinition({
      definition: this.definition,
      config: this.config,
      scope: { RED: this.RED, node: this.node, message },
      getClient: () => clientOf(this.RED, this.config.appliance),
      signal,
      progress: (progress) => this.status.progress(progress),
    });
    const parts = partsMaker(message);
    let held: Outcome | undefined;
    let index = 0;
    let failure: { thrown: unknown } | undefined;
    try {
      for await (const outcome of outcomes) {
        if (held) yield this.output(message, held, parts(index++));
        held = outcome;
      }
    } catch (thrown) {
      failure = { thrown };
    }
    // What did come out is passed on, even if the next result failed.
    if (held) {
      const count = failure ? undefined : index + 1;
      yield this.output(message, held, index === 0 ? undefined : parts(index, count));
    }
    if (failure) throw failure.thrown;
  }

  /** Reuses the message, so that what a flow put on it stays. */
  private output(
    message: Message,
    { json, properties }: Outcome,
    parts: Message | undefined,
  ): { json: Outcome['json']; message: Message } {
    const output = parts ? { ...this.RED.util.cloneMessage(message), parts } : message;
    for (const [name, value] of Object.entries(properties)) {
      if (value === undefined) delete output[name];
      else output[name] = value;
    }
    return { json, message: output };
  }
}

/** As the Split node does it, so that a Join node puts the results together again. */
function partsMaker(message: Message): (index: number, count?: number) => Message {
  const id = randomUUID();
  const outer = message.parts === undefined ? {} : { parts: message.parts };
  return (index, count) => ({
    id,
    type: 'array',
    len: 1,
    index,
    ...(count === undefined ? {} : { count }),
    ...outer,
  });
}

function cancelledBy(what: string): AllegroError {
  return new AllegroError({
    kind: 'cancelled',
    what,
    advice: 'Nothing was kept. Send the message again if it is still needed.',
  });
}
