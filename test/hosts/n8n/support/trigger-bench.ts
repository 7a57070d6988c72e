import { setTimeout as wait } from 'node:timers/promises';
import type { Item, Workflow, WorkflowNode } from '../../../../scripts/hosts/n8n-rest';
import type { SimulatorBench } from './simulator-bench';
import { linkTo, nodeOf, TYPES } from './workflows';

const TRIGGER_NODE = 'Appliance';
const AFTER = 'After';

/** One run of a workflow that a trigger started. */
export interface Run {
  id: string;
  status: string;
  /** What the trigger put out, as the node behind it received it. */
  items: Item[];
  error?: { message: string; description?: string };
}

/** A workflow that a trigger starts, and what came of it. */
export class TriggeredWorkflow {
  private constructor(
    private readonly bench: SimulatorBench,
    readonly saved: Workflow & { id: string },
  ) {}

  static async create(
    bench: SimulatorBench,
    type: string,
    parameters: Record<string, unknown>,
    more: Partial<WorkflowNode> = {},
  ): Promise<TriggeredWorkflow> {
    const own: [string, number] = [`n8n-nodes-allegro-multimeter.${type}`, 1];
    const settings = { parameters, credentials: bench.withToken, ...more };
    const nodes = [
      nodeOf('a', TRIGGER_NODE, own, [0, 0], settings),
      nodeOf('b', AFTER, TYPES.noOp, [200, 0]),
    ];
    const connections = { [TRIGGER_NODE]: linkTo(AFTER) };
    const workflow = { name: `Triggered ${type}`, nodes, connections };
    const saved = { ...workflow, ...(await bench.host.rest.createWorkflow(workflow)) };
    return new TriggeredWorkflow(bench, saved);
  }

  get id(): string {
    return this.saved.id;
  }

  async activate(): Promise<void> {
    const { versionId } = this.saved;
    await this.call('POST', `/rest/workflows/${this.id}/activate`, { versionId });
  }

  async deactivate(): Promise<void> {
    await this.call('POST', `/rest/workflows/${this.id}/deactivate`);
  }

  /** Fetches a test event, as the button in the editor does. */
  test(): Promise<{ executionId: string }> {
    return this.bench.host.rest.start(this.saved, TRIGGER_NODE);
  }

  /** All runs up to now, the first one first. */
  async runs(): Promise<Run[]> {
    const filter = encodeURIComponent(JSON.stringify({ workflowId: this.id }));
    const { results } = await this.call<{ results: Array<{ id: string; status: string }> }>(
      'GET',
      `/rest/executions?filter=${filter}&limit=100`,
    );
    const ended = results
      .filter(({ status }) => !['new', 'running', 'waiting'].includes(status))
      .sort((a, b) => Number(a.id) - Number(b.id));
    return Promise.all(
      ended.map(async ({ id }) => {
        const { status, items, error } = await this.bench.host.rest.untilEnded(id);
        return { id, status, items: items[AFTER] ?? [], error };
      }),
    );
  }

  /** Waits until the runs are as wanted. */
  async until(isDone: (runs: Run[]) => boolean, what: string, limitSeconds = 600): Promise<Run[]> {
    let runs: Run[] = [];
    const end = Date.now() + limitSeconds * 1000;
    while (Date.now() < end) {
      runs = await this.runs();
      if (isDone(runs)) return runs;
      await wait(200);
    }
    throw new Error(`${what}: not within ${limitSeconds} s. There were ${JSON.stringify(runs)}`);
  }

  private call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.bench.host.rest.call<T>(method, path, body);
  }
}

/** n8n refuses a list of seconds in one expression, but not several of one each. */
export const EVERY_TWO_SECONDS = {
  item: Array.from({ length: 30 }, (_, index) => ({
    mode: 'custom',
    cronExpression: `${2 * index} * * * * *`,
  })),
};
