/** n8n's editor in a browser, for screenshots and tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, selectors, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { CHROMIUM, CHROMIUM_FLAGS, PAGE_LIMIT_MS, REMOVE_ALL } from '../demo/browser';
import type { N8nHost } from './n8n-host';
import type { Workflow } from './n8n-rest';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Theme = 'light' | 'dark';

interface Looks {
  theme?: Theme;
  /** Whether nothing slides or fades, so that a test need not wait for it. */
  isStill?: boolean;
}

const STILL = `addEventListener('DOMContentLoaded', () => {
  const style = document.createElement('style');
  style.textContent = '*,*::before,*::after{transition:none!important;animation:none!important}';
  document.head.append(style);
});`;

/** A Chromium with a profile of its own, signed in at n8n. CHROMIUM names the program. */
export class EditorBrowser {
  private constructor(
    private readonly context: BrowserContext,
    private readonly profile: string,
    readonly page: Page,
  ) {}

  static async open(
    host: N8nHost,
    viewport: Pick<Box, 'width' | 'height'>,
    { theme = 'light', isStill = false }: Looks = {},
  ): Promise<EditorBrowser> {
    selectors.setTestIdAttribute('data-test-id');
    const profile = mkdtempSync(join(tmpdir(), 'n8n-screenshots-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      args: CHROMIUM_FLAGS,
      viewport,
      deviceScaleFactor: 1,
      timeout: PAGE_LIMIT_MS,
    });
    context.setDefaultTimeout(PAGE_LIMIT_MS);
    if (isStill) await context.addInitScript(STILL);
    return new EditorBrowser(context, profile, await signIn(context, host, theme));
  }

  async close(): Promise<void> {
    await this.context.close();
    rmSync(this.profile, REMOVE_ALL);
  }
}

/** Opens the editor as the owner, without the form. */
async function signIn(
  browser: BrowserContext,
  { url, rest }: N8nHost,
  theme: Theme,
): Promise<Page> {
  await browser.addCookies(rest.sessionCookies);
  // n8n ties a session to the browser that it was begun in.
  await browser.addInitScript(
    `localStorage.setItem('n8n-browserId', ${JSON.stringify(rest.browserId)});
     localStorage.setItem('N8N_THEME', ${JSON.stringify(theme)});`,
  );
  const page = browser.pages()[0] ?? (await browser.newPage());
  await page.goto(url);
  await page.waitForURL(/home|workflow/);
  return page;
}

/** Saves a workflow and shows it on the canvas. */
export async function open(page: Page, { url, rest }: N8nHost, workflow: Workflow): Promise<void> {
  const { id } = await rest.createWorkflow(workflow);
  await page.goto(`${url}/workflow/${id}`);
  await page.getByTestId('canvas-node').first().waitFor();
}

/** On the canvas; handles of a node carry its name as well. */
export function nodeNamed(page: Page, name: string): Locator {
  return page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
}

/** Lets what slides in come to rest. */
export async function settle(page: Page): Promise<void> {
  // Away from everything that shows more while the mouse is on it; the canvas misses a leap.
  await page.mouse.move(600, 100);
  await page.mouse.move(0, 0, { steps: 5 });
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.waitForTimeout(700);
}
