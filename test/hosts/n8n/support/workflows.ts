import { exampleNames, exampleWorkflow } from '../../../../scripts/examples/example-files';
import type { Workflow, WorkflowNode } from '../../../../scripts/hosts/n8n-rest';

const NODE_TYPE = 'n8n-nodes-allegro-multimeter.allegroMultimeter';
const TRIGGER = 'Try It';
const NODE = 'Allegro';

export { NODE, NODE_TYPE, TRIGGER };

/** Examples that need nothing beside the appliance, and can be tried at once. */
export function smallExamples(): string[] {
  return exampleNames('n8n').filter((name) => {
    const names = exampleWorkflow(name).nodes.map((node) => node.name);
    return names.includes(TRIGGER) && !names.includes('Settings');
  });
}

/** An example, with the credential chosen as a person would. */
export function example(name: string, credential: { id: string; name: string }): Workflow {
  const workflow = exampleWorkflow(name);
  for (const node of workflow.nodes) {
    if (node.credentials) node.credentials = { allegroMultimeterTokenApi: credential };
  }
  return workflow;
}

interface Step {
  /** Of the node under test. */
  parameters: Record<string, unknown>;
  credentials: WorkflowNode['credentials'];
  /** Further properties of the node, such as `onError`. */
  settings?: Record<string, unknown>;
  /** JSON of the items that go in; one empty item otherwise. */
  items?: Array<Record<string, unknown>>;
  type?: string;
  typeVersion?: number;
}

/** A node as an export holds it. */
export function nodeOf(
  id: string,
  name: string,
  [type, typeVersion]: [type: string, version: number],
  position: [x: number, y: number],
  more: Partial<WorkflowNode> = {},
): WorkflowNode {
  return { id, name, type, typeVersion, position, parameters: {}, ...more };
}

/** The types of n8n's own nodes that tests place, with their versions. */
export const TYPES = {
  manualTrigger: ['n8n-nodes-base.manualTrigger', 1],
  noOp: ['n8n-nodes-base.noOp', 1],
  set: ['n8n-nodes-base.set', 3.4],
  splitOut: ['n8n-nodes-base.splitOut', 1],
  webhook: ['n8n-nodes-base.webhook', 2],
  agent: ['@n8n/n8n-nodes-langchain.agent', 3],
  chatModel: ['@n8n/n8n-nodes-langchain.lmChatOpenAi', 1.2],
  mcpTrigger: ['@n8n/n8n-nodes-langchain.mcpTrigger', 2],
} satisfies Record<string, [type: string, version: number]>;

/** What leads from a node to the next one. */
export const linkTo = (node: string, type = 'main') => ({ [type]: [[{ node, type, index: 0 }]] });

/** A workflow of a manual trigger and one node. */
export function oneNode({ parameters, credentials, settings, items, ...kind }: Step): Workflow {
  const own = { parameters, credentials, ...settings, ...kind };
  const nodes = [
    nodeOf('1', TRIGGER, TYPES.manualTrigger, [0, 0]),
    nodeOf('2', NODE, [NODE_TYPE, 1], [400, 0], own),
  ];
  if (!items) return { name: 'Test', nodes, connections: { [TRIGGER]: linkTo(NODE) } };
  const raw = { mode: 'raw', jsonOutput: JSON.stringify({ items }), options: {} };
  const each = { fieldToSplitOut: 'items', options: {} };
  const list = nodeOf('4', 'List', TYPES.set, [200, 0], { parameters: raw });
  const source = nodeOf('3', 'Items', TYPES.splitOut, [300, 0], { parameters: each });
  return {
    name: 'Test',
    nodes: [...nodes, list, source],
    connections: { [TRIGGER]: linkTo('List'), List: linkTo('Items'), Items: linkTo(NODE) },
  };
}
