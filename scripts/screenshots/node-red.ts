/**
 * Takes pictures of the Node-RED editor: a flow after a run, the examples, and every form in the light
 * and the dark theme, with a simulated appliance behind it. With the argument `examples`, and the
 * numbers of some if not all are wanted, only those. Those that a page shows are replaced in
 * docs/screenshots, the others go to the folder `screenshots`, which Git ignores.
 * Run: npm run screenshots:node-red
 */
import { asStored } from '../../node-red/editor/defaults';
import { APPLIANCE_TYPE, typeOf } from '../../node-red/runtime/values/names';
import { paletteDefinitions } from '../../node-red/runtime/nodes/palette-definitions';
import { EditorPage, withBrowser } from '../demo/browser';
import { NodeRedHost, type FlowNode } from '../hosts/node-red-host';
import { SIMULATOR_TOKEN, SimulatorProcess } from '../demo/simulator-process';
import { exampleFlow, exampleNames } from '../examples/example-files';
import { boxAround, MARGIN, picturePath, wantedExamples } from './picture-path';

const FIRST = '13-first-capture';
const NOBODY = 'http://127.0.0.1:9';

async function main(): Promise<void> {
  const simulator = await SimulatorProcess.start();
  const flows = readExamples().map((node) => withAppliance(node, simulator));
  const host = await NodeRedHost.start({ packages: ['node-red-node-email'] });
  try {
    await host.deploy(flows);
    await withBrowser(async (context) => {
      const editor = await EditorPage.open(context, host.url, typeOf(paletteDefinitions[0]!));
      const { page } = editor;
      if (process.argv.includes('examples')) return shootExamples(editor, flows);
      // Only a run that the editor watches leaves its status under the nodes.
      await alert(host.url);
      await page.click('a[href="#red-ui-sidebar-debug"]', { timeout: 2000 }).catch(() => undefined);
      await page.click('#red-ui-palette-search input');
      await page.keyboard.type('multimeter');
      await page.waitForTimeout(1000);
      await page.screenshot({ path: picturePath('node-red-flow') });
      await shootExamples(editor, flows);
      await page.setViewportSize({ width: 1280, height: 1400 });
      await shootForms(editor, flows, '');
      await page.evaluate("document.documentElement.classList.add('nr-theme-dark')");
      await shootForms(editor, flows, '-dark');
      if (editor.complaints.length > 0) throw new Error(editor.complaints.join('\n'));
    });
  } finally {
    await host.stop();
    await simulator.stop();
  }
}

function withAppliance(node: FlowNode, { url, certificate }: SimulatorProcess): FlowNode {
  if (node.type !== APPLIANCE_TYPE) return node;
  const credentials = { token: SIMULATOR_TOKEN };
  return asStored({ ...node, baseUrl: url, caCertificate: certificate, credentials });
}

async function alert(url: string): Promise<void> {
  const response = await fetch(`${url}/allegro/alert`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      ip: '10.1.2.3',
      time: new Date(Date.now() - 90_000).toISOString(),
    }),
  });
  if (!response.ok) throw new Error(`The flow answered ${response.status}.`);
}

/** Each on a canvas of its own, without what is around it. */
async function shootExamples(editor: EditorPage, flows: FlowNode[]): Promise<void> {
  const { page } = editor;
  await page.setViewportSize(CANVAS);
  for (const key of ['Control+Space', 'Control+p']) await page.keyboard.press(key);
  for (const name of wantedExamples('node-red')) {
    const tab = flows.find(
      ({ type, label }) =>
        type === 'tab' && String(label).startsWith(name.slice(0, 3).replace('-', ' ')),
    )!;
    await showTab(editor, { ...tab, z: tab.id });
    await page.waitForTimeout(500);
    const clip = await boxAround(page.locator('.red-ui-flow-node'));
    const path = picturePath(`node-red-example-${name}`);
    await page.screenshot({ path, clip });
  }
  for (const key of ['Control+Space', 'Control+p']) await page.keyboard.press(key);
}

const CANVAS = { width: 2000, height: 1100 };

/** The dialog alone, down to its last row, which is what a reader of the docs looks for. */
async function shootTray({ page }: EditorPage, name: string): Promise<void> {
  const tray = (await page.locator('.red-ui-tray').last().boundingBox())!;
  const bottoms = await page
    .locator('.red-ui-tray >> nth=-1')
    .locator('.form-row:visible, .form-tips:visible')
    .evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().bottom));
  const height = Math.max(...bottoms) + MARGIN - tray.y;
  const path = picturePath(`node-red-${name}`);
  await page.screenshot({ path, clip: { ...tray, height } });
}

async function shootForms(editor: EditorPage, flows: FlowNode[], suffix: string): Promise<void> {
  const { page } = editor;
  for (const definition of paletteDefinitions) {
    const type = typeOf(definition);
    const node = flows.find((candidate) => candidate.type === type)!;
    await showTab(editor, node);
    await editor.edit(node.id);
    await shootTray(editor, `${type.replace('allegro-multimeter-', '')}${suffix}`);
    await editor.close('cancel');
  }
  const appliance = flows.find(({ type }) => type === APPLIANCE_TYPE)!;
  await editor.editConfig(APPLIANCE_TYPE, appliance.id);
  await page.click('#allegro-multimeter-test');
  await page.waitForSelector('#allegro-multimeter-test-result:has-text("Connected")');
  await shootTray(editor, `appliance${suffix}`);
  await editor.close('cancel', 'node-config');
}

async function showTab({ page }: EditorPage, { z }: FlowNode): Promise<void> {
  await page.evaluate((tab) => {
    (
      globalThis as unknown as { RED: { workspaces: { show(id: string): void } } }
    ).RED.workspaces.show(tab);
  }, String(z));
}

/** The first one is what the picture of a flow shows. */
function readExamples(): FlowNode[] {
  const names = exampleNames('node-red').filter((name) => !name.includes('/'));
  const text = JSON.stringify(
    [FIRST, ...names.filter((name) => name !== FIRST)].flatMap(exampleFlow),
  );
  const nodes = JSON.parse(text.replaceAll('https://hooks.slack.com', NOBODY)) as FlowNode[];
  const shown = nodes.filter(({ type }) => type !== 'global-config');
  return [...shown, ...formsWithoutExample(shown)];
}

/** A node of each kind that no example has, below those of the first tab. */
function formsWithoutExample(shown: FlowNode[]): FlowNode[] {
  const appliance = shown.find(({ type }) => type === APPLIANCE_TYPE)!.id;
  const types = paletteDefinitions.map(typeOf);
  return types
    .filter((type) => !shown.some((node) => node.type === type))
    .map((type, index) =>
      asStored({
        id: `form${index}`,
        type,
        z: shown[0]!.id,
        appliance,
        x: 300,
        y: 600 + index * 60,
        wires: [],
      }),
    );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
