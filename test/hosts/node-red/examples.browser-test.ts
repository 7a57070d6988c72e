import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeRedHost, type FlowNode } from '../../../scripts/demo/node-red-host';
import { describeWithChromium, inEditor } from './editor-bench';

const FOLDER = join(__dirname, '../../../examples/node-red');
const SLACK = 'https://hooks.slack.com';
const NOBODY = 'http://127.0.0.1:9';
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

/** Runs in the page: what the editor marks with a red triangle, and why. */
const INVALID_NODES = `(() => {
  const found = [];
  const look = (node) => {
    if (node.valid === false) found.push([node.type, node.name, node.validationErrors]);
  };
  RED.nodes.eachNode(look);
  RED.nodes.eachConfig(look);
  return found;
})()`;

describeWithChromium('the examples in the editor', () => {
  jest.setTimeout(120_000);
  let host: NodeRedHost;

  beforeAll(async () => {
    host = await NodeRedHost.start();
  });
  afterAll(() => host?.stop());

  it.each(names)('%s has no node that is marked as invalid', async (name) => {
    // A trigger begins with the deploy, and what fails is told to Slack: nobody may be reached.
    const text = readFileSync(join(FOLDER, name), 'utf8').replaceAll(SLACK, NOBODY);
    const flow = JSON.parse(text) as FlowNode[];
    await host.deploy(flow);
    await inEditor(host, async ({ page }) => {
      await page.waitForFunction(
        (id) => {
          const { RED } = globalThis as unknown as {
            RED: { nodes: { node(id: string): unknown } };
          };
          return RED.nodes.node(id) !== null;
        },
        flow.find(({ z }) => z)!.id,
      );
      expect(await page.evaluate(INVALID_NODES)).toEqual([]);
    });
  });
});
