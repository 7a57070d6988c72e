import type { Simulator } from '../../../simulator';
import type { Neighbours } from '../../neighbours';

/** How a person would adapt an example. */
export interface Change {
  /** The node "Settings" in n8n, the environment of the tab in Node-RED: `minHours` is `MIN_HOURS` there. */
  settings?: Record<string, unknown>;
  /** Fields of nodes, by the name of the node in any case, and the name of the field. */
  fields?: Record<string, Record<string, unknown>>;
  /** Names of nodes that are switched off in its file. */
  activated?: string[];
  /** Values of the sample that its button sends, by their names. */
  sample?: Record<string, string>;
}

/** What an example says at its end. */
export interface Told {
  /** Its messages; the subject of one stands above it. */
  text: string;
  /** The same, or more, as data. */
  data: Array<Record<string, unknown>>;
  /** The file that comes along. */
  file?: Buffer;
  /** Of an answer over HTTP. */
  status?: number;
  contentType?: string | null;
}

/** An example at work. Its triggers poll as often as the host can. */
export interface RunningExample {
  /**
   * Presses its button. In n8n waits until the run has ended, in Node-RED until `node` shows what is
   * expected of it.
   */
  press(node?: string, status?: RegExp): Promise<void>;
  /** Presses its button, and waits for what it says: in Node-RED, so many messages. */
  tell(messages?: number): Promise<Told>;
  /** Asks it over HTTP; presses its button in a host where it has no address. */
  ask(body?: object): Promise<Told>;
  /** Fills in its form, in the order of its fields, and waits for what the browser gets. */
  fill(fields: Record<string, string>): Promise<Told>;
  /** Lets its schedule begin it once, and waits for its message in the chat. */
  round(): Promise<void>;
  /** Waits until it has said something with this text in it. */
  hear(part: string): Promise<string>;
  /** Lets its trigger poll from now on. */
  watch(): Promise<void>;
  /** Sends an alert to its address. In n8n waits until the run has ended. */
  post(body: object | URLSearchParams): Promise<void>;
  /** Hands it a file: by its form in n8n, in its folder in Node-RED. */
  drop(name: string, content: Buffer): Promise<void>;
}

/** A real host with the simulator and the neighbours; implemented for each host. */
export interface ExampleHost {
  readonly simulator: Simulator;
  readonly neighbours: Neighbours;
  /** What it began is ended before the next test. */
  begin(name: string, change?: Change): Promise<RunningExample>;
}

/** A suite of one example, the same in both hosts. */
export type ExampleSuite = (get: () => ExampleHost) => void;

/** As a monitoring system posts it: a form, or JSON. */
export function requestOf(body: object | URLSearchParams): RequestInit {
  if (body instanceof URLSearchParams) return { method: 'POST', body };
  const headers = { 'Content-Type': 'application/json' };
  return { method: 'POST', headers, body: JSON.stringify(body) };
}
