import { APPLIANCE_TYPE } from '../../../../node-red/runtime/values/names';
import { NodeRedHost, type FlowNode } from '../../../../scripts/hosts/node-red-host';
import { exampleFlow, exampleNames } from '../../../../scripts/examples/example-files';
import { describeWithChromium, inEditor } from './editor-bench';

/** Of the second example that is imported. */
const LOOKED_UP = 'allegro-multimeter-host-profile';
const SLACK = 'https://hooks.slack.com';
const NOBODY = 'http://127.0.0.1:9';
const MAIL_SERVER = 'mail.example.com';

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
  appliance?: string;
}

describeWithChromium('the examples in the editor', () => {
  let host: NodeRedHost;

  const names = exampleNames('node-red').filter((name) => !name.startsWith('scale-out/'));
  // A trigger begins with the deploy, and what fails is told to Slack or by mail: nobody may be reached.
  const text = JSON.stringify(names.flatMap(exampleFlow))
    .replaceAll(SLACK, NOBODY)
    .replaceAll(MAIL_SERVER, '127.0.0.1');
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

  it('share the appliance that an earlier one brought, once a person has filled it in', async () => {
    const [first, second] = ['14-top-talkers-report', '18-look-up-a-host'].map(exampleFlow);
    const filledIn = first!.map((node) =>
      node.type === APPLIANCE_TYPE ? { ...node, baseUrl: 'https://mine', name: 'Mine' } : node,
    );
    await host.deploy(filledIn);
    await inEditor(host, async ({ page }) => {
      await page.evaluate("RED.clipboard.import('clipboard')");
      await page.fill('#red-ui-clipboard-dialog-import-text', JSON.stringify(second));
      // The editor reads the text when a key was pressed.
      await page.press('#red-ui-clipboard-dialog-import-text', 'End');
      await page.click('#red-ui-clipboard-dialog-ok');
      // The appliance is there already; this is what the editor then offers.
      await page.getByRole('button', { name: 'Import copy' }).click();
      await page.waitForFunction(
        `RED.nodes.getType('${LOOKED_UP}') && RED.nodes.filterNodes({ type: '${LOOKED_UP}' }).length > 0`,
      );
      const found = await page.evaluate((type) => {
        const { RED } = globalThis as unknown as Editor;
        const appliances: unknown[] = [];
        RED.nodes.eachConfig((node) => {
          if (node.type === type) appliances.push([node.id, node.name]);
        });
        const used = new Set<unknown>();
        RED.nodes.eachNode(({ appliance }) => appliance && used.add(appliance));
        return { appliances, used: [...used] };
      }, APPLIANCE_TYPE);
      const { id } = filledIn.find(({ type }) => type === APPLIANCE_TYPE)!;
      expect(found).toEqual({ appliances: [[id, 'Mine']], used: [id] });
    });
  });
});
