import type { HttpApp } from './triggers/http-route';

/**
 * The part of Node-RED's runtime interface that is used here, from 4.0 on. The published types
 * describe a much older interface, so these few lines are kept instead.
 */

/** A message on its way through a flow. */
export type Message = Record<string, unknown> & { _msgid?: string };

export interface NodeStatus {
  fill?: 'red' | 'green' | 'yellow' | 'blue' | 'grey';
  shape?: 'ring' | 'dot';
  text?: string;
}

/** A text in the language of the runtime: what a person reads is made by `languageOf` alone. */
export type LocalText = string & { readonly isLocal: true };

export type Send = (message: Message) => void;
export type Done = (error?: Error) => void;

export interface RuntimeNode {
  id: string;
  type: string;
  name?: string;
  /** Present where the type declares credentials. */
  credentials?: Record<string, string | undefined>;
  on(event: 'input', listener: (message: Message, send: Send, done: Done) => void): void;
  on(event: 'close', listener: (removed: boolean, done: () => void) => void): void;
  status(status: NodeStatus): void;
  send(message: Message): void;
  log(text: string): void;
  error(error: Error | LocalText, message?: Message): void;
  warn(text: LocalText): void;
  debug(text: string): void;
}

/** What the editor saved: the properties of `defaults`. */
export type NodeConfig = Record<string, unknown> & { id: string; type: string; name?: string };

export interface AdminRequest {
  params: Record<string, string | undefined>;
  query: Record<string, unknown>;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  /** JSON, as Node-RED parsed it. */
  body?: unknown;
}

export interface AdminResponse {
  status(code: number): AdminResponse;
  json(body: unknown): void;
  on(event: 'close', listener: () => void): void;
}

type AdminHandler = (
  request: AdminRequest,
  response: AdminResponse,
  next?: (error?: unknown) => void,
) => void;

export interface RuntimeApi {
  /** A text of the node set's catalogue, in the language of the runtime. */
  _(key: string, values?: Readonly<Record<string, string>>): string;
  /** Serves the URLs of flows; missing where the settings switch that off. */
  httpNode?: HttpApp;
  /** Of Node-RED itself. */
  version?: string | (() => string);
  nodes: {
    createNode(node: RuntimeNode, config: NodeConfig): void;
    getNode(id: string): RuntimeNode | null | undefined;
    registerType(
      type: string,
      constructor: (this: RuntimeNode, config: NodeConfig) => void,
      options?: { credentials?: Record<string, { type: 'text' | 'password' }> },
    ): void;
  };
  /** Tells open editors, and with `retain` those that open later. */
  comms: { publish(topic: string, data: object, retain: boolean): void };
  auth: { needsPermission(permission: string): AdminHandler };
  httpAdmin: {
    get(path: string, ...handlers: AdminHandler[]): void;
    post(path: string, ...handlers: AdminHandler[]): void;
  };
  settings: { userDir?: string; fileWorkingDirectory?: string };
  util: {
    evaluateNodeProperty(
      value: string,
      type: string,
      node: RuntimeNode,
      message: Message,
      callback: (error: Error | null | undefined, result: unknown) => void,
    ): void;
    cloneMessage(message: Message): Message;
  };
}
