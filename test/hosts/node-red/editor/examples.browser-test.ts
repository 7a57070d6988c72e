import { NodeRedHost, type FlowNode } from '../../../../scripts/hosts/node-red-host';
import { exampleFlow, exampleNames } from '../../../../scripts/examples/example-files';
import { describeWithChromium, inEditor } from './editor-bench';

const SLACK = 'https://hooks.slack.com';
const NOBODY = 'http://127.0.0.1:9';

interface Editor {
  RED: {
    nodes: {
      eachNode(look: (node: EditorNode) => void): void;
      eachConfig(look: (node: EditorNode) => void): void;
      node(id: string): unknown;
    };
  };
}

interface EditorNode {
  id: string;
  type: string;
  name: string;
  valid?: boolean;
  validationErrors?: string[];
}

describeWithChromium('the examples in the editor', () => {
  let host: NodeRedHost;

  const names = exampleNames('node-red').filter((name) => !name.startsWith('scale-out/'));
  // A trigger begins with the deploy, and what fails is told to Slack: nobody may be reached.
  const text = JSON.stringify(names.flatMap(exampleFlow)).replaceAll(SLACK, NOBODY);
  const flow = JSON.parse(text) as FlowNode[];

  beforeAll(async () => {
    host = await NodeRedHost.start({ packages: ['node-red-node-email'] });
    await host.deploy(flow);
  });
  afterAll(() => host?.stop());

  /** What a function of the page tells when the editor has all nodes. */
  async function lookAt<T>(look: () => T): Promise<T> {
    let seen: T;
    await inEditor(host, async ({ page }) => {
      const ids = flow.flatMap(({ id, z }) => (z ? [id] : []));
      await page.waitForFunction((all) => {
        const { RED } = globalThis as unknown as Editor;
        return all.every((id) => RED.nodes.node(id) !== null);
      }, ids);
      seen = (await page.evaluate(look)) as T;
    });
    return seen!;
  }

  it('have no node that is marked as invalid', async () => {
    // What the editor marks with a red triangle, and why.
    const invalid = await lookAt(() => {
      const { RED } = globalThis as unknown as Editor;
      const found: unknown[] = [];
      const look = ({ valid, type, name, validationErrors }: EditorNode) => {
        if (valid === false) found.push([type, name, validationErrors]);
      };
      RED.nodes.eachNode(look);
      RED.nodes.eachConfig(look);
      return found;
    });
    expect(invalid).toEqual([]);
  });
});
