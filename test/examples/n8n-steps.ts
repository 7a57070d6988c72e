import {
  createRunExecutionData,
  Workflow,
  type INode,
  type INodeExecutionData,
  type INodeTypes,
  type IRunData,
} from 'n8n-workflow';
import type { Workflow as Saved } from '../../scripts/hosts/n8n-rest';

type Json = INodeExecutionData['json'];

interface Assignment {
  name: string;
  value: unknown;
}

/** Of a data table. */
export type Row = Record<string, string | number>;

const HOLDS = {
  eq: (a: string | number, b: string | number) => a === b,
  neq: (a: string | number, b: string | number) => a !== b,
  lt: (a: string | number, b: string | number) => a < b,
  gte: (a: string | number, b: string | number) => a >= b,
};

interface Origin {
  /** The node before it; the items of both belong together by their order, or by `paired`. */
  from?: string;
  output?: number;
  paired?: number[];
}

const NODE_TYPES = {
  getByName: () => undefined,
  getByNameAndVersion: () => ({ description: { properties: [] } }),
  getKnownTypes: () => ({}),
} as unknown as INodeTypes;

/**
 * Single steps of a workflow, as n8n's own evaluation of expressions sees them, without an n8n: what
 * the nodes before have put out is told, not run.
 */
export class N8nSteps {
  private readonly runData: IRunData = {};

  constructor(private readonly saved: Saved) {}

  /** Tells what a node has put out. */
  ran(
    name: string,
    jsons: Array<Record<string, unknown>>,
    { from, output = 0, paired }: Origin = {},
  ): this {
    const items = jsons.map((json, index) => ({
      json: json as Json,
      pairedItem: { item: paired?.[index] ?? index },
    }));
    const [run] = (this.runData[name] ??= [
      {
        startTime: 0,
        executionTime: 0,
        executionIndex: 0,
        source: [from === undefined ? null : { previousNode: from }],
        data: { main: [] },
      },
    ]);
    const { main } = run!.data!;
    while (main.length <= output) main.push([]);
    main[output] = items;
    return this;
  }

  /** What a Set node makes of the items that an output of another node hands to it. */
  set(name: string, from: string, output = 0): Array<Record<string, unknown>> {
    const { assignments } = this.node(name).parameters.assignments as unknown as {
      assignments: Assignment[];
    };
    const input = this.runData[from]![0]!.data!.main[output]!;
    const kept = this.node(name).executeOnce ? input.slice(0, 1) : input;
    return kept.map(({ json }, index) => ({
      ...json,
      ...Object.fromEntries(
        assignments.map((one) => [one.name, this.evaluate(name, one.value, from, index, output)]),
      ),
    }));
  }

  /** A value, most often an expression, as a node would see it for one item. */
  evaluate(name: string, value: unknown, from: string, itemIndex = 0, output = 0): unknown {
    const workflow = new Workflow({
      id: 'test',
      name: this.saved.name,
      // n8n takes out of them what it finds no property for.
      nodes: structuredClone(this.saved.nodes) as unknown as INode[],
      connections: this.saved.connections as never,
      active: false,
      nodeTypes: NODE_TYPES,
    });
    const source = {
      main: [{ previousNode: from, previousNodeOutput: output, previousNodeRun: 0 }],
    };
    // What comes into a node is linked to its place in what the node before has put out.
    const items = this.runData[from]![0]!.data!.main[output]!.map((item, index) => ({
      ...item,
      pairedItem: { item: index },
    }));
    return workflow.expression.getParameterValue(
      value as string,
      createRunExecutionData({ resultData: { runData: this.runData } }),
      0,
      itemIndex,
      name,
      items,
      'manual',
      { $execution: { id: '1' } } as never,
      { data: { main: [items] }, node: this.node(name) as unknown as INode, source },
    );
  }

  /** What a Code node that runs once for all items returns. */
  code(name: string, input: Array<Record<string, unknown>>, memory: object = {}): Json[] {
    const items = input.map((json) => ({ json }));
    const named = (other: string) => {
      const outputs = this.runData[other]?.[0]?.data?.main ?? [];
      return {
        all: (output = 0) => outputs[output] ?? [],
        first: (output = 0) => outputs[output]?.[0],
      };
    };
    const run = new Function(
      ...['$input', '$', '$getWorkflowStaticData'],
      String(this.node(name).parameters.jsCode),
    ) as (...values: unknown[]) => INodeExecutionData[];
    const result = run({ all: () => items, first: () => items[0] }, named, () => memory);
    return result.map(({ json }) => json);
  }

  /** The side of an If node that is looked at, for the first item. */
  condition(name: string, from: string): unknown {
    const { conditions } = this.node(name).parameters.conditions as unknown as {
      conditions: Array<{ leftValue: unknown }>;
    };
    return this.evaluate(name, conditions[0]!.leftValue, from);
  }

  /** Whether the conditions of a Data Table node hold for a row. */
  finds(name: string, from: string, row: Row): boolean {
    const { conditions } = this.node(name).parameters.filters as unknown as {
      conditions: Array<{ keyName: string; condition: keyof typeof HOLDS; keyValue: unknown }>;
    };
    return conditions.every(({ keyName, condition, keyValue }) =>
      HOLDS[condition](row[keyName]!, this.evaluate(name, keyValue, from) as string | number),
    );
  }

  /** Names of the nodes that an output is connected to. */
  next(name: string, output = 0): string[] {
    const { main } = this.saved.connections[name] as unknown as {
      main: Array<Array<{ node: string }>>;
    };
    return main[output]!.map(({ node }) => node);
  }

  node(name: string) {
    const node = this.saved.nodes.find((candidate) => candidate.name === name);
    if (!node) throw new Error(`There is no node ${name}.`);
    return node;
  }
}
