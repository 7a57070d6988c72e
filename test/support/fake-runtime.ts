import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { NodeDefinition } from '../../nodes/definitions/model/define-node';
import { english } from '../../node-red/locales/text';
import { registerPaletteNode } from '../../node-red/runtime/nodes/palette-node';
import type {
  Message,
  NodeConfig,
  NodeStatus,
  RuntimeApi,
  RuntimeNode,
} from '../../node-red/runtime/runtime-api';

type Constructor = (this: RuntimeNode, config: NodeConfig) => void;

/** What came of one message. */
export interface Handled {
  sent: Message[];
  /** One entry for each call of `done`. */
  done: Array<Error | undefined>;
  message: Message;
}

/** A node in a runtime that only records. What the real one does is tested with the real one. */
export class FakeNode extends EventEmitter {
  id = 'node';
  type = '';
  statuses: NodeStatus[] = [];
  errors: unknown[] = [];
  warnings: string[] = [];
  status = (status: NodeStatus) => void this.statuses.push(status);
  /** What Catch nodes get; undefined where an error came without a message. */
  caught: Array<Message | undefined> = [];
  error = (error: unknown, message?: Message) => {
    this.errors.push(error);
    this.caught.push(message);
  };
  send = () => undefined;
  log = () => undefined;
  warn = (text: string) => void this.warnings.push(text);
  debug = () => undefined;

  handle(message: Message, onSend?: () => void): Handled {
    const handled: Handled = { sent: [], done: [], message };
    const send = (sent: Message) => {
      handled.sent.push(sent);
      onSend?.();
    };
    this.emit('input', message, send, (error?: Error) => handled.done.push(error));
    return handled;
  }

  /** The same, and waits until the node is done with the message. */
  async run(message: Message = {}, onSend?: () => void): Promise<Handled> {
    const handled = this.handle(message, onSend);
    await settled(handled);
    return handled;
  }

  close(isRemoved = false): Promise<void> {
    return new Promise((resolve) => this.emit('close', isRemoved, resolve));
  }
}

/** The environment of these tests. */
const VARIABLES: Record<string, string> = { NONE: '0' };

/** Evaluates only what these tests use; the rest is Node-RED's own. */
function evaluate(
  value: string,
  type: string,
  _node: unknown,
  message: Message,
  callback: (error: Error | null, result: unknown) => void,
): void {
  // As JSONata does, which throws no instance of Error.
  if (type === 'jsonata') throw { code: 'S0203', message: 'Unexpected end of expression' };
  if (type === 'date') callback(null, 1_700_000_000_000);
  else if (type === 'env') callback(null, VARIABLES[value] ?? '');
  else if (type === 'msg') callback(null, message[value]);
  // As a context store that does not answer.
  else if (type === 'flow') return;
  else if (type === 'global') callback(null, undefined);
  else if (type === 'json') callback(null, JSON.parse(value));
  else callback(new Error(`Not part of these tests: ${type}`), undefined);
}

export function fakeRuntime(
  userDir = '/nowhere',
  client: object = {},
): RuntimeApi & { types: Map<string, Constructor>; published: unknown[] } {
  const types = new Map<string, Constructor>();
  const published: unknown[] = [];
  const appliance = { type: 'allegro-multimeter-appliance', getClient: () => client };
  return {
    types,
    published,
    _: english,
    nodes: {
      createNode: () => undefined,
      getNode: (id) => (id === 'appliance' ? (appliance as unknown as RuntimeNode) : null),
      registerType: (type, constructor) => void types.set(type, constructor),
    },
    comms: { publish: (topic, data, retain) => void published.push({ topic, data, retain }) },
    auth: { needsPermission: () => () => undefined },
    httpAdmin: { get: () => undefined, post: () => undefined },
    settings: { userDir },
    util: {
      evaluateNodeProperty: evaluate,
      cloneMessage: (message) => structuredClone(message),
    },
  };
}

/** A node of that definition. */
export function createNode(
  definition: NodeDefinition,
  config: Record<string, unknown> = {},
  userDir?: string,
  client?: object,
): FakeNode {
  const RED = fakeRuntime(userDir, client);
  registerPaletteNode(RED, definition);
  const node = new FakeNode();
  if (typeof config.id === 'string') node.id = config.id;
  const [constructor] = RED.types.values();
  constructor!.call(node as unknown as RuntimeNode, {
    id: 'node',
    type: 'test',
    appliance: 'appliance',
    ...config,
  });
  return node;
}

export function settled(handled: Handled): Promise<void> {
  return poll(() => handled.done.length > 0);
}

/** Waits up to a minute by the real clock, whatever timers a test has put in place of the usual ones. */
export async function poll(isThere: () => boolean): Promise<void> {
  for (let i = 0; i < 6000 && !isThere(); i++) await pause(10);
  if (!isThere()) throw new Error('Waited in vain.');
}
