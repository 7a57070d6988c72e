/**
 * Takes the pictures of the Node-RED editor in docs/screenshots. Run: npm run screenshots:node-red
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitions } from '../nodes/definitions';
import { APPLIANCE_TYPE, typeOf } from '../node-red/runtime/names';
import { EditorPage, withBrowser } from './demo/browser';
import { NodeRedHost, type FlowNode } from './demo/node-red-host';
import { ROOT } from './demo/pack';

const FOLDER = join(ROOT, 'docs/screenshots');
const EXAMPLES = ['alert-to-pcap', 'top-talkers-report', 'analyse-a-pcap', 'freeze-capture-resume'];

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const flows = EXAMPLES.flatMap(readExample);
  const host = await NodeRedHost.start();
  try {
    await host.deploy(flows);
    await withBrowser(async (context) => {
      const editor = await EditorPage.open(context, host.url, typeOf(definitions[0]!));
      const { page } = editor;
      await page.click('#red-ui-palette-search input');
      await page.keyboard.type('multimeter');
      await page.waitForTimeout(1000);
      await page.screenshot({ path: join(FOLDER, 'node-red-flow.png') });
      await page.setViewportSize({ width: 1280, height: 1000 });
      for (const definition of definitions) {
        const type = typeOf(definition);
        const node = flows.find((candidate) => candidate.type === type)!;
        await page.evaluate((tab) => {
          (
            globalThis as unknown as { RED: { workspaces: { show(id: string): void } } }
          ).RED.workspaces.show(tab);
        }, String(node.z));
        await editor.edit(node.id);
        await shootTray(editor, type.replace('allegro-multimeter-', ''));
        await editor.close('cancel');
      }
      const appliance = flows.find(({ type }) => type === APPLIANCE_TYPE)!;
      await editor.editConfig(APPLIANCE_TYPE, appliance.id);
      await shootTray(editor, 'appliance');
      await editor.close('cancel', 'node-config');
      await shootDark(editor, flows);
      if (editor.complaints.length > 0) throw new Error(editor.complaints.join('\n'));
    });
  } finally {
    await host.stop();
  }
}

/** The dialog alone, which is what a reader of the docs looks for. */
async function shootTray({ page }: EditorPage, name: string): Promise<void> {
  const tray = page.locator('.red-ui-tray').last();
  await tray.screenshot({ path: join(FOLDER, `node-red-${name}.png`) });
}

async function shootDark(editor: EditorPage, flows: FlowNode[]): Promise<void> {
  const { page } = editor;
  await page.evaluate("document.documentElement.classList.add('nr-theme-dark')");
  const node = flows.find(({ type }) => type === 'allegro-multimeter-capture-pcap')!;
  await editor.edit(node.id);
  await page.screenshot({ path: join(FOLDER, 'node-red-capture-pcap-dark.png') });
  await editor.close('cancel');
}

/** Examples share nothing but the placeholder appliance, so their ids do not meet. */
function readExample(name: string): FlowNode[] {
  const path = join(ROOT, 'examples/node-red', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as FlowNode[];
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
