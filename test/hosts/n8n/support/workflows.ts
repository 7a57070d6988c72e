import { exampleNames, exampleWorkflow } from '../../../../scripts/examples/example-files';
import type { Workflow, WorkflowNode } from '../../../../scripts/hosts/n8n-rest';

const NODE_TYPE = 'n8n-nodes-allegro-multimeter.allegroMultimeter';
const TRIGGER = 'Try It';
const NODE = 'Allegro';

export { NODE, TRIGGER };

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

/** A workflow of a manual trigger and one node. */
export function oneNode({ parameters, credentials, settings, items, ...kind }: Step): Workflow {
  const main = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });
  const nodes = [
    {
      id: '1',
      name: TRIGGER,
      type: 'n8n-nodes-base.manualTrigger',
      typeVersion: 1,
      position: [0, 0],
      parameters: {},
    },
    {
      id: '2',
      name: NODE,
      type: NODE_TYPE,
      typeVersion: 1,
      position: [400, 0],
      parameters,
      credentials,
      ...settings,
      ...kind,
    },
  ];
  if (!items) return { name: 'Test', nodes, connections: { [TRIGGER]: main(NODE) } };
  const source = {
    id: '3',
    name: 'Items',
    type: 'n8n-nodes-base.splitOut',
    typeVersion: 1,
    position: [300, 0],
    parameters: { fieldToSplitOut: 'items', options: {} },
  };
  const list = {
    id: '4',
    name: 'List',
    type: 'n8n-nodes-base.set',
    typeVersion: 3.4,
    position: [200, 0],
    parameters: { mode: 'raw', jsonOutput: JSON.stringify({ items }), options: {} },
  };
  return {
    name: 'Test',
    nodes: [...nodes, list, source],
    connections: { [TRIGGER]: main('List'), List: main('Items'), Items: main(NODE) },
  };
}
