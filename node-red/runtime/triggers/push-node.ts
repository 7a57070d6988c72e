import type { ServerResponse } from 'node:http';
import { AllegroError, inputError } from '../../../client';
import type { FieldValues } from '../../../nodes/definitions/model/field-values';
import {
  refusalOf,
  REFUSALS,
  requireSecret,
  singleTexts,
} from '../../../nodes/definitions/triggers/secret';
import {
  MAX_BODY_BYTES,
  type Delivery,
  type PushTrigger,
} from '../../../nodes/definitions/triggers/trigger';
import { fieldNamesOf } from '../nodes/field-names';
import { FailureReport } from './failure-report';
import { RepeatLimit } from './repeat-limit';
import { addPostRoute, hasPostRoute, type HttpApp, type HttpRequest } from './http-route';
import { typeOf } from '../values/names';
import { BodyRefusal, readBody } from './push-body';
import type { NodeConfig, RuntimeApi, RuntimeNode } from '../runtime-api';
import { ownFieldsOf, PUSH_FIELDS } from './trigger-fields';
import { readTriggerValues, triggerContext, warn } from './trigger-values';
import { sendEvent } from './send-event';
import { trimEnd, trimStart } from '../../../client/values/text';
import { say, type Sentence } from '../../../client/values/sentence';

/** Paths in use, by node, over all node sets of a process. */
const taken = new Map<string, string>();

/** Registers the input node of a trigger that takes what the appliance pushes. */
export function registerPushNode(RED: RuntimeApi, trigger: PushTrigger): void {
  function PushNode(this: RuntimeNode, config: NodeConfig): void {
    RED.nodes.createNode(this, config);
    const receiver = new Receiver(RED, this, config, trigger);
    this.on('close', (_removed, done) => {
      receiver.close();
      done();
    });
    void receiver.start();
  }
  RED.nodes.registerType(typeOf(trigger), PushNode, {
    credentials: { secret: { type: 'password' } },
  });
}

/** One route of Node-RED's web server. Nothing here rejects. */
class Receiver {
  private readonly abort = new AbortController();
  private readonly report: FailureReport;
  private readonly warnings = new RepeatLimit();
  private readonly cleanUp: Array<() => void> = [];

  constructor(
    private readonly RED: RuntimeApi,
    private readonly node: RuntimeNode,
    private readonly config: NodeConfig,
    private readonly trigger: PushTrigger,
  ) {
    this.report = new FailureReport(RED, node, fieldNamesOf(RED, trigger));
  }

  async start(): Promise<void> {
    try {
      const { RED, node, config, trigger } = this;
      const { urlPath } = await readTriggerValues(RED, node, config, PUSH_FIELDS);
      const values = await readTriggerValues(RED, node, config, ownFieldsOf(trigger));
      const secret = requireSecret(node.credentials?.secret);
      const path = readPath(urlPath);
      if (this.abort.signal.aborted) return;
      this.listen(path, secret, values);
      this.node.status({ fill: 'grey', shape: 'ring', text: 'waiting' });
    } catch (error) {
      if (!this.abort.signal.aborted) this.node.status(this.report.failed(error));
    }
  }

  close(): void {
    this.abort.abort();
    for (const undo of this.cleanUp) undo();
    this.node.status({});
  }

  private listen(path: string, secret: string, values: FieldValues): void {
    const { httpNode } = this.RED;
    if (!httpNode) {
      const what = say`Node-RED has no web server for flows: httpNodeRoot or httpRoot is false.`;
      throw inputError('urlPath', what, say`Change the settings file of Node-RED.`);
    }
    this.refuseShadowing(path, httpNode);
    taken.set(path, this.node.id);
    this.cleanUp.push(() => taken.delete(path));
    const handle = (request: HttpRequest, response: ServerResponse) =>
      void this.handle(request, response, secret, values);
    // Two handlers, because each is found by its identity when it is removed.
    this.cleanUp.push(
      addPostRoute(httpNode, path, (request, response) => handle(request, response)),
    );
    this.cleanUp.push(
      addPostRoute(httpNode, `${path}/:secret`, (request, response) => handle(request, response)),
    );
  }

  /** Each trigger answers below its path too, for the secret; so a path one level deeper is taken. */
  private refuseShadowing(path: string, httpNode: HttpApp): void {
    const others = [...taken].filter(([, id]) => id !== this.node.id).map(([other]) => other);
    const isShadow = (other: string) =>
      [other, parentOf(other)].includes(path) || parentOf(path) === other;
    const what = others.some(isShadow)
      ? say`The URL path "${path}" collides with that of another trigger.`
      : hasPostRoute(httpNode, path) && say`The URL path "${path}" belongs to another node.`;
    if (!what) return;
    throw inputError('urlPath', what, say`Give each trigger a path of its own.`);
  }

  private async handle(
    request: HttpRequest,
    response: ServerResponse,
    secret: string,
    values: FieldValues,
  ): Promise<void> {
    try {
      const delivery = deliveryOf(request);
      const refusal = refusalOf(delivery, secret);
      if (refusal !== undefined) {
        this.refuse(response, refusal, REFUSALS[refusal]);
        return;
      }
      const body = await readBody(request, MAX_BODY_BYTES);
      const context = triggerContext(this.RED, this.node, this.abort.signal, this.warnings);
      const events = this.trigger.receive(context, values, { ...delivery, body });
      answer(response, 200, 'ok');
      this.report.succeeded();
      this.node.status({ fill: 'green', shape: 'dot', text: 'done' });
      for (const event of events) sendEvent(this.RED, this.node, this.trigger, event);
    } catch (error) {
      if (error instanceof BodyRefusal) {
        this.refuse(response, error.status, error.what);
        return;
      }
      answer(response, 400, error instanceof AllegroError ? error.what : 'Cannot be read.');
      this.node.status(this.report.failed(error));
    }
  }

  /** Repeated refusals are logged once an hour, so that a stranger cannot fill the log. */
  private refuse(response: ServerResponse, status: number, what: Sentence): void {
    answer(response, status, String(what));
    this.node.status({ fill: 'yellow', shape: 'ring', text: 'refused' });
    warn(this.RED, this.node, this.warnings, say`A delivery was refused (HTTP ${status}). ${what}`);
  }
}

/** As Express takes it, without what it would read as a pattern. */
function readPath(typed: string): string {
  // Express ignores case.
  const path = trimEnd(trimStart(typed, '/'), '/').toLowerCase();
  if (/^[\w.~-]+(\/[\w.~-]+)*$/.test(path)) return `/${path}`;
  throw inputError(
    'urlPath',
    say`"${typed}" cannot be a URL path.`,
    say`Use letters, digits, hyphens and slashes.`,
  );
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function deliveryOf({ headers, query, params }: HttpRequest): Omit<Delivery, 'body'> {
  return {
    headers: singleTexts(headers),
    query: singleTexts(query),
    pathSecret: params.secret,
    receivedAt: Date.now(),
  };
}

/** The rest of a refused body is not read. */
function answer(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return;
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  if (status !== 200) response.setHeader('Connection', 'close');
  response.end(`${text}\n`);
}
