import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FlowNode } from '../../../../scripts/hosts/node-red-host';
import { waitUntil } from '../../../contract/support/wait-until';
import { requestOf, type RunningExample, type Told } from '../../examples/example-host';
import type { Neighbours } from '../../../neighbours';
import type { SimulatorBench } from '../support/simulator-bench';
import { named } from './named';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';

/** Where examples store captures. */
const FOLDER = 'captures';

interface HostBench {
  readonly bench: SimulatorBench;
  readonly neighbours: Neighbours;
  readonly url: string;
  /** The folder that an example watches. */
  readonly inbox: string;
  press(nodes: FlowNode[], name: string): Promise<void>;
}

/** An example at work: deployed, so that its triggers and addresses work from the beginning. */
export class RunningFlow implements RunningExample {
  constructor(
    private readonly bench: HostBench,
    private readonly nodes: FlowNode[],
  ) {}

  async press(node?: string, status?: RegExp): Promise<void> {
    const button = this.nodes.find(({ type }) => type === 'inject')!;
    await this.bench.press(this.nodes, button.name as string);
    if (!node || !status) return;
    const { id } = named(this.nodes, node);
    const { events } = this.bench.bench;
    await waitUntil(() => status.test(events.statusesOf(id).at(-1) ?? ''));
  }

  async tell(messages = 1): Promise<Told> {
    const shown = this.shown().length;
    return this.withFile(async () => {
      await this.press();
      await waitUntil(() => this.shown().length >= shown + messages);
      const texts = this.shown().slice(shown);
      const data = texts
        .filter((one) => one.startsWith('{'))
        .map((one) => JSON.parse(one) as object);
      return { text: texts.join('\n\n'), data: data as Told['data'] };
    });
  }

  async watch(): Promise<void> {}

  async post(body: object | URLSearchParams): Promise<void> {
    expect((await this.send(requestOf(body))).status).toBe(202);
  }

  ask(body?: object): Promise<Told> {
    const address = this.nodes.find(({ type }) => type === 'http in');
    if (!address) return this.tell();
    return this.withFile(async () => {
      const init = address.method === 'get' ? {} : requestOf(body ?? {});
      const response = await this.send(init);
      const text = await response.text();
      const contentType = response.headers.get('content-type');
      const isJson = contentType?.includes('json');
      const data = isJson ? ([JSON.parse(text)].flat() as Told['data']) : [];
      return { text, data, status: response.status, contentType };
    });
  }

  async fill(fields: Record<string, string>): Promise<Told> {
    const response = await this.send(requestOf(new URLSearchParams(fields)));
    const { status, headers } = response;
    const sha256 = headers.get('x-content-sha256');
    if (sha256 === null) return { text: await response.text(), data: [], status };
    expect(headers.get('content-disposition')).toMatch(/filename="live_.*\.pcap"/);
    return { text: sha256, data: [], status, file: Buffer.from(await response.arrayBuffer()) };
  }

  /** Once more where nothing has come of it: a folder is watched some time after the deploy only. */
  async drop(fileName: string, content: Buffer): Promise<void> {
    const path = join(this.bench.inbox, fileName);
    const { id } = this.nodes.find(({ type }) => type === 'trigger')!;
    const { events } = this.bench.bench;
    for (let tries = 0; tries < 120 && !events.isMarked(id); tries++) {
      writeFileSync(`${path}.part`, content);
      renameSync(`${path}.part`, path);
      const end = Date.now() + 1000;
      while (!events.isMarked(id) && Date.now() < end) await pause(20);
    }
  }

  async round(): Promise<void> {
    const { messages } = this.bench.neighbours.chat;
    const { length } = messages;
    const kept = this.nodes
      .filter(({ type }) => type === 'file')
      .map(({ filename }) => join(this.bench.bench.host.userDir, String(filename)))
      .map((path) => ({ path, writtenMs: writtenMs(path) }));
    await this.press();
    await waitUntil(() => messages.length > length);
    // What the next round needs to know is written beside the message, not before it.
    await waitUntil(() => kept.every((one) => writtenMs(one.path) !== one.writtenMs));
    await waitUntil(() => kept.every(({ path }) => isWhole(path)));
  }

  async hear(part: string): Promise<string> {
    const found = () => this.shown().find((one) => one.includes(part));
    await waitUntil(() => found() !== undefined);
    return found()!;
  }

  /** What its Debug nodes have shown. */
  private shown(): string[] {
    const ids = this.nodes.filter(({ type }) => type === 'debug').map(({ id }) => id);
    return this.bench.bench.events.debugOf(...ids);
  }

  private send(init: RequestInit): Promise<Response> {
    const method = (init.method ?? 'GET').toLowerCase();
    const address = this.nodes.find((one) => one.type === 'http in' && one.method === method)!;
    return fetchOnce(`${this.bench.url}${String(address.url)}`, init);
  }

  /** Adds the capture that is stored meanwhile. */
  private async withFile(work: () => Promise<Told>): Promise<Told> {
    const { bench } = this.bench;
    const before = bench.filesIn(FOLDER);
    const told = await work();
    const [name] = bench.filesIn(FOLDER).filter((one) => !before.includes(one));
    if (name === undefined) return told;
    return { ...told, file: readFileSync(join(bench.host.userDir, FOLDER, name)) };
  }
}

function writtenMs(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

/** Not valid JSON while it is being written. */
function isWhole(path: string): boolean {
  try {
    JSON.parse(readFileSync(path, 'utf8'));
    return true;
  } catch {
    return false;
  }
}
