/**
 * Makes docs/screenshots/n8n-*.png from a real n8n with the packed package: the node panel, the form
 * of each operation and the credential dialogs. Needs a Chromium; CHROMIUM names it.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, selectors, type BrowserContext, type Page } from 'playwright-core';
import { resourceValue } from '../n8n/properties';
import { definitions } from '../nodes/definitions';
import { N8nHost } from './n8n-host';
import type { Workflow } from './n8n-rest';

const ROOT = join(__dirname, '..');
const TARGET = join(ROOT, 'docs', 'screenshots');
const NODE_TYPE = 'n8n-nodes-allegro-multimeter.allegroMultimeter';
const VIEW = { width: 1280, height: 800 };
const BROWSER_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

async function main(): Promise<void> {
  selectors.setTestIdAttribute('data-test-id');
  mkdirSync(TARGET, { recursive: true });
  const profile = mkdtempSync(join(tmpdir(), 'n8n-screenshots-'));
  const host = await N8nHost.start();
  let browser: BrowserContext | undefined;
  try {
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: BROWSER_FLAGS,
      viewport: VIEW,
      deviceScaleFactor: 1,
    });
    const page = await signIn(browser, host);
    await shootNodePanel(page, host);
    for (const definition of definitions) await shootForm(page, host, definition.name);
    await shootCredentials(page, host);
    for (const example of examples()) await shootExample(page, host, example);
  } finally {
    await browser?.close();
    await host.stop();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function signIn(browser: BrowserContext, { url, rest }: N8nHost): Promise<Page> {
  await browser.addCookies(rest.sessionCookies);
  // n8n ties a session to the browser that it was begun in.
  await browser.addInitScript(
    `localStorage.setItem('n8n-browserId', ${JSON.stringify(rest.browserId)});
     localStorage.setItem('N8N_THEME', 'light');`,
  );
  const page = browser.pages()[0] ?? (await browser.newPage());
  await page.goto(url);
  await page.waitForURL(/home|workflow/);
  return page;
}

/** What a person finds who adds a node and searches for the appliance. */
async function shootNodePanel(page: Page, host: N8nHost): Promise<void> {
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
  await shoot(page, 'node-panel', { x: VIEW.width - 385, y: 65, width: 385, height: 710 });
}

/** The form of one operation with its defaults. */
async function shootForm(page: Page, host: N8nHost, operation: string): Promise<void> {
  const definition = definitions.find(({ name }) => name === operation)!;
  const parameters = { resource: resourceValue(definition.group), operation };
  await page.setViewportSize({ width: VIEW.width, height: 1250 });
  await open(page, host, workflowWith(parameters));
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
  if (!title || !form) throw new Error(`The form of ${operation} does not show.`);
  const top = title.y - 24;
  const height = Math.min(end + 24, 1225) - top;
  await shoot(page, `form-${kebab(operation)}`, { x: form.x, y: top, width: form.width, height });
  await page.setViewportSize(VIEW);
}

async function open(page: Page, { url, rest }: N8nHost, workflow: Workflow): Promise<void> {
  const { id } = await rest.createWorkflow(workflow);
  await page.goto(`${url}/workflow/${id}`);
  await page.getByTestId('canvas-node').first().waitFor();
}

function workflowWith(parameters: Record<string, unknown>): Workflow {
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
      },
    ],
    connections: {},
  };
}

/** The dialogs for a new credential, as they open from the node. */
async function shootCredentials(page: Page, host: N8nHost): Promise<void> {
  await page.setViewportSize({ width: VIEW.width, height: 1150 });
  for (const authentication of ['token', 'password']) {
    await open(page, host, workflowWith({ authentication }));
    await page.getByTestId('canvas-node').first().dblclick();
    await page.getByText('Connect to Allegro').click();
    const dialog = page.getByTestId('editCredential-modal');
    await dialog.waitFor();
    await settle(page);
    await shoot(page, `credential-${authentication}`, (await dialog.boundingBox()) ?? undefined);
  }
  await page.setViewportSize(VIEW);
}

/** An example on the canvas, as it looks when it has been imported. */
async function shootExample(page: Page, host: N8nHost, file: string): Promise<void> {
  const text = readFileSync(join(ROOT, 'examples', 'n8n', file), 'utf8');
  const workflow = JSON.parse(text) as Workflow;
  for (const node of workflow.nodes) delete node.credentials;
  await open(page, host, workflow);
  await page.getByTestId('zoom-to-fit').click();
  await settle(page);
  const name = `example-${file.replace('.json', '')}`;
  await shoot(page, name, { x: 42, y: 82, width: VIEW.width - 42, height: 680 });
}

function examples(): string[] {
  return readdirSync(join(ROOT, 'examples', 'n8n')).filter((name) => name.endsWith('.json'));
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

async function shoot(page: Page, name: string, clip?: Box): Promise<void> {
  await page.screenshot({ path: join(TARGET, `n8n-${name}.png`), clip, animations: 'disabled' });
}

/** Lets what slides in come to rest. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.waitForTimeout(700);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
