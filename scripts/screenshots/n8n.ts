/**
 * Takes pictures of a real n8n with the packed package and the simulator behind it: the node panel,
 * the form of each operation, the credential dialogs, the examples after a run, and the result of a
 * capture. Those that a page shows are replaced in docs/screenshots, the others go to the folder
 * `screenshots`, which Git ignores. Needs a Chromium; CHROMIUM names it.
 */
import type { Locator, Page } from 'playwright-core';
import { operationsOf } from '../../n8n/description/operations';
import { resourceValue } from '../../n8n/description/properties';
import { definitions } from '../../nodes/definitions';
import { pollTriggers } from '../../nodes/definitions/triggers';
import { startSimulator, STEADY_HOST, type Simulator } from '../../simulator';
import { exampleWorkflow } from '../examples/example-files';
import { EditorBrowser, nodeNamed, open, settle, type Box, type Theme } from '../hosts/n8n-browser';
import { N8nHost } from '../hosts/n8n-host';
import type { Workflow, WorkflowNode } from '../hosts/n8n-rest';
import { boxAround, picturePath, wantedExamples } from './picture-path';

const PACKAGE = 'n8n-nodes-allegro-multimeter';
const NODE_TYPE = `${PACKAGE}.allegroMultimeter`;
/** Always the same, so that it looks the same in the pictures. */
const SIMULATOR_PORT = 8443;
const CREDENTIALS = {
  token: { type: 'allegroMultimeterTokenApi', login: { token: 'demo-token' } },
  password: {
    type: 'allegroMultimeterPasswordApi',
    login: { user: 'admin', password: 'allegro' },
  },
};
/** What a person would enter where a form is empty at first. */
const EXAMPLE_VALUES: Record<string, Record<string, unknown>> = {
  capturePcap: { timeMode: 'around', aroundTime: '2026-11-23T15:50:00Z', host: STEADY_HOST },
  getStats: {
    path: { __rl: true, mode: 'path', value: `API/stats/modules/ip/ips/${STEADY_HOST}` },
  },
  apiRequest: { requestMethod: 'POST' },
  thresholdTrigger: { limit: 100_000_000, clearLimit: 80_000_000 },
};
/** Whose output is shown. */
const RESULT_OF = { example: '13-first-capture', node: 'Capture Around Alert' };
/** What may be asked for alone, as an argument of the script; or examples by their numbers. */
const PARTS = ['light', 'dark', 'examples'] as const;
type Part = (typeof PARTS)[number];

const VIEW = { width: 1280, height: 800 };
/** What the editor lays over the canvas. */
const RUN_BUTTON = '[data-test-id="execute-workflow-button"]';
const BUTTONS = `.vue-flow__panel, ${RUN_BUTTON}, ${RUN_BUTTON} ~ *, *:has(> ${RUN_BUTTON}) ~ *`;
/** Forms and dialogs are shown whole. */
const TALL_VIEW = { width: VIEW.width, height: 1900 };
const WIDE_VIEW = { width: 1680, height: 960 };

async function main(): Promise<void> {
  const simulator = await startSimulator({ port: SIMULATOR_PORT });
  let host: N8nHost | undefined;
  try {
    host = await N8nHost.start();
    const credentials = await createCredentials(host, simulator);
    for (const part of wantedParts()) await shootPart(host, part, credentials);
  } finally {
    await host?.stop();
    await simulator.close();
  }
}

function wantedParts(): readonly Part[] {
  const named = PARTS.filter((part) => process.argv.includes(part));
  if (named.length > 0) return named;
  return process.argv.some((argument) => /^\d\d$/.test(argument)) ? ['examples'] : PARTS;
}

/** The forms in both themes; examples and their result, and the dialogs, in the light. */
async function shootPart(host: N8nHost, part: Part, credentials: Credentials): Promise<void> {
  const browser = await EditorBrowser.open(host, VIEW, {
    theme: part === 'dark' ? 'dark' : 'light',
  });
  try {
    const { page } = browser;
    if (part === 'examples') {
      for (const name of wantedExamples('n8n')) {
        await shootExample(page, host, name, credentials.token);
      }
      return;
    }
    if (part === 'light') await shootCredentials(page, host, credentials);
    await shootForms(page, host, part, credentials);
  } finally {
    await browser.close();
  }
}

async function shootForms(
  page: Page,
  host: N8nHost,
  theme: Theme,
  credentials: Credentials,
): Promise<void> {
  const suffix = theme === 'dark' ? '-dark' : '';
  await shootNodePanel(page, host, suffix);
  for (const { name, definition } of operationsOf(definitions)) {
    const resource = resourceValue(definition.group);
    const parameters = { resource, operation: name, ...EXAMPLE_VALUES[name] };
    await shootForm(page, host, `form-${kebab(name)}${suffix}`, parameters, credentials.token);
  }
  for (const { name } of pollTriggers) {
    const parameters = { triggerOn: name, ...EXAMPLE_VALUES[name] };
    const kind = { type: `${NODE_TYPE}Trigger`, name: 'Allegro Network Multimeter Trigger' };
    const picture = `form-${kebab(name)}${suffix}`;
    await shootForm(page, host, picture, parameters, credentials.token, kind);
  }
  const kind = {
    type: `${PACKAGE}.allegroMultimeterPushTrigger`,
    name: 'Allegro Network Multimeter Push Trigger',
  };
  const push = `form-pushed-statistics-trigger${suffix}`;
  await shootForm(page, host, push, { statistic: 'API/stats/interfaces' }, {}, kind);
}

/** What a person finds who adds a node and searches for the appliance. */
async function shootNodePanel(page: Page, host: N8nHost, suffix: string): Promise<void> {
  const trigger = {
    id: '1',
    name: 'Start',
    type: 'n8n-nodes-base.manualTrigger',
    typeVersion: 1,
    position: [0, 0],
    parameters: {},
  };
  await open(page, host, { name: 'Screenshot', nodes: [trigger], connections: {} });
  await page.getByTestId('node-creator-plus-button').first().click();
  await page.getByTestId('node-creator-search-bar').fill('allegro');
  await page.getByText('Allegro Network Multimeter').first().click();
  await page.getByText(definitions[0].action).waitFor();
  await settle(page);
  await shoot(page, `node-panel${suffix}`, { x: VIEW.width - 385, y: 65, width: 385, height: 710 });
}

/** The form of one operation or trigger, filled in as far as its defaults leave it empty. */
async function shootForm(
  page: Page,
  host: N8nHost,
  picture: string,
  parameters: Record<string, unknown>,
  credentials: WorkflowNode['credentials'],
  kind: Partial<WorkflowNode> = {},
): Promise<void> {
  await page.setViewportSize(TALL_VIEW);
  await open(page, host, workflowWith(parameters, credentials, kind));
  await page.getByTestId('canvas-node').first().dblclick();
  await page.getByTestId('node-parameters').waitFor();
  await settle(page);
  const title = await page.getByTestId('tab-params').boundingBox();
  const form = await page.getByTestId('node-parameters').boundingBox();
  const end = await page.getByTestId('node-parameters').evaluate((element) => {
    const rows = [
      ...element.querySelectorAll('[data-test-id="parameter-item"], .collection-parameter'),
    ];
    return Math.max(...rows.map((row) => row.getBoundingClientRect().bottom));
  });
  if (!title || !form) throw new Error(`The form for ${picture} does not show.`);
  // Below the handle by which the panel is moved.
  const top = title.y - 15;
  const height = Math.min(end + 24, TALL_VIEW.height - 25) - top;
  await shoot(page, picture, { x: form.x, y: top, width: form.width, height });
  await page.setViewportSize(VIEW);
}

function workflowWith(
  parameters: Record<string, unknown>,
  credentials: WorkflowNode['credentials'],
  kind: Partial<WorkflowNode> = {},
): Workflow {
  return {
    name: 'Screenshot',
    nodes: [
      {
        id: '1',
        name: 'Allegro Network Multimeter',
        type: NODE_TYPE,
        typeVersion: 1,
        position: [0, 0],
        parameters,
        credentials,
        ...kind,
      },
    ],
    connections: {},
  };
}

type Credentials = Record<keyof typeof CREDENTIALS, WorkflowNode['credentials']>;

async function createCredentials(
  { rest }: N8nHost,
  { url, certificatePem }: Simulator,
): Promise<Credentials> {
  const create = async ({ type, login }: (typeof CREDENTIALS)[keyof typeof CREDENTIALS]) => {
    const data = { baseUrl: url, ...login, caCertificate: certificatePem };
    const { id, name } = await rest.createCredential('Allegro Network Multimeter', type, data);
    return { [type]: { id, name } };
  };
  return {
    token: await create(CREDENTIALS.token),
    password: await create(CREDENTIALS.password),
  };
}

/** The dialogs of credentials, as they open from the node; n8n tests what is in them. */
async function shootCredentials(
  page: Page,
  host: N8nHost,
  credentials: Credentials,
): Promise<void> {
  await page.setViewportSize(TALL_VIEW);
  for (const authentication of ['token', 'password'] as const) {
    await open(page, host, workflowWith({ authentication }, credentials[authentication]));
    await page.getByTestId('canvas-node').first().dblclick();
    await page.getByTestId('credential-edit-button').click();
    const dialog = page.getByTestId('editCredential-modal');
    await dialog.getByText('Connection tested successfully').waitFor();
    await settle(page);
    await shoot(page, `credential-${authentication}`, (await dialog.boundingBox()) ?? undefined);
  }
  await page.setViewportSize(VIEW);
}

/** An example on the canvas after it has run, and for a capture what its node put out. */
async function shootExample(
  page: Page,
  host: N8nHost,
  name: string,
  credentials: WorkflowNode['credentials'],
): Promise<void> {
  const workflow = exampleWorkflow(name);
  for (const node of workflow.nodes) if (node.credentials) node.credentials = credentials;
  // So large that its names can be read.
  await page.setViewportSize(WIDE_VIEW);
  await open(page, host, workflow);
  await page.getByTestId('zoom-to-fit').click();
  const names = workflow.nodes.map((node) => node.name);
  // The neighbours that a person names in Settings are not there: mail, chat and others.
  if (names.includes('Try It') && !names.includes('Settings')) await runIt(page);
  await page.getByTestId('zoom-to-fit').click();
  // Buttons of the editor lie over what is at the edge.
  await page.addStyleTag({ content: BUTTONS + ' { opacity: 0 }' });
  await settle(page);
  await shoot(page, `example-${name}`, await boxAround(onCanvas(page)));
  if (name === RESULT_OF.example) await shootResult(page);
  await page.setViewportSize(VIEW);
}

/** Nodes with the names under them, the wires between them, and notes. */
function onCanvas(page: Page): Locator {
  return page.locator(
    '.vue-flow__node, [data-test-id="canvas-node"] *:visible, .vue-flow__edge-path',
  );
}

async function runIt(page: Page): Promise<void> {
  await nodeNamed(page, 'Try It').hover();
  await page.getByTestId('execute-workflow-button-Try It').click();
  const toast = page.locator('.el-notification').filter({ hasText: 'success' });
  await toast.waitFor({ timeout: 90_000 });
  await toast.locator('.el-notification__closeBtn').click();
  await toast.waitFor({ state: 'detached' });
}

/** The node with its output beside the form, after a run. */
async function shootResult(page: Page): Promise<void> {
  await nodeNamed(page, RESULT_OF.node).dblclick();
  const output = page.getByTestId('output-panel');
  await output.getByText('JSON', { exact: true }).click();
  await settle(page);
  const dialog = await page.getByTestId('ndv').boundingBox();
  if (!dialog) throw new Error(`The output of ${RESULT_OF.node} does not show.`);
  // The nodes before and after it stand out to both sides.
  await shoot(page, 'result-capture-pcap', { ...dialog, x: 0, width: WIDE_VIEW.width });
}

async function shoot(page: Page, name: string, clip?: Box): Promise<void> {
  await page.screenshot({ path: picturePath(`n8n-${name}`), clip, animations: 'disabled' });
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
