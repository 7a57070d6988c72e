import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

/** Without a screen, and without anything that asks the network of its own accord. */
export const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** For anything that a page is to show, on a machine that is busy with much else. */
export const PAGE_LIMIT_MS = 600_000;

/** For a profile, into which parts of a browser may still write while it ends. */
export const REMOVE_ALL = { recursive: true, force: true, maxRetries: 10, retryDelay: 500 };

/** The system's, unless the environment names another one. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Runs work in a fresh Chromium. */
export async function withBrowser<T>(
  work: (context: BrowserContext) => Promise<T>,
  viewport = { width: 1280, height: 800 },
): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'allegro-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: CHROMIUM_FLAGS,
    viewport,
    timeout: PAGE_LIMIT_MS,
  });
  context.setDefaultTimeout(PAGE_LIMIT_MS);
  try {
    return await work(context);
  } finally {
    await context.close();
    rmSync(profile, REMOVE_ALL);
  }
}

/** What the editor's page knows of itself; only as much as is used here. */
interface EditorWindow {
  RED: {
    nodes: {
      node(id: string): Record<string, unknown> | null;
      getType(type: string): unknown;
      dirty(): boolean;
    };
    editor: {
      edit(node: unknown): void;
      editConfig(name: string, type: string, id: string): void;
    };
    workspaces: { show(id: string): void };
    sidebar: { show(id: string): void };
  };
}

/** The editor of a Node-RED, with the console's complaints collected. */
export class EditorPage {
  readonly complaints: string[] = [];

  private constructor(readonly page: Page) {}

  static async open(context: BrowserContext, url: string, type: string): Promise<EditorPage> {
    const page = await context.newPage();
    const editor = new EditorPage(page);
    page.on('pageerror', (error) => {
      if (!error.message.includes('ResizeObserver'))
        editor.complaints.push(error.stack ?? error.message);
    });
    page.on('console', (message) => {
      const text = message.text();
      if (/oneditprepare|oneditsave|Definition error|registerType:|Validation error/.test(text)) {
        editor.complaints.push(text);
      }
    });
    await page.goto(url);
    await page.waitForSelector(`.red-ui-palette-node[data-palette-type="${type}"]`);
    await page.waitForSelector('#red-ui-loading-progress', { state: 'hidden' });
    return editor;
  }

  /** Opens a node's dialog as a double click would. */
  async edit(id: string): Promise<void> {
    await this.page.waitForFunction(
      (wanted) => (globalThis as unknown as EditorWindow).RED.nodes.node(wanted) !== null,
      id,
    );
    await this.page.evaluate((wanted) => {
      const { RED } = globalThis as unknown as EditorWindow;
      RED.editor.edit(RED.nodes.node(wanted));
    }, id);
    await this.dialogOpened('#node-dialog-ok');
  }

  async editConfig(type: string, id: string): Promise<void> {
    await this.page.evaluate(
      ([wantedType, wantedId]) => {
        const { RED } = globalThis as unknown as EditorWindow;
        RED.editor.editConfig('', wantedType!, wantedId!);
      },
      [type, id],
    );
    await this.dialogOpened('#node-config-dialog-ok');
  }

  /**
   * Waits until a dialog is built and has come to rest. One that is closed before that leaves
   * Node-RED in the belief that it still builds it, and no other one opens.
   */
  async dialogOpened(mark: string): Promise<void> {
    await this.page.waitForSelector(mark);
    // Node-RED raises the dialogs as the last thing, once the one on top may be closed.
    await this.page.waitForFunction(
      "document.querySelector('#red-ui-editor-stack').style.zIndex === '13' &&" +
        " getComputedStyle([...document.querySelectorAll('.red-ui-tray')].pop()).right === '0px'",
    );
  }

  /** Closes the dialog with Done or Cancel. */
  async close(button: 'ok' | 'cancel', dialog: 'node' | 'node-config' = 'node'): Promise<void> {
    await this.page.click(`#${dialog}-dialog-${button}`);
    await this.page.waitForFunction("!document.querySelector('.red-ui-tray')");
  }

  /** A node's properties as the editor holds them. */
  node(id: string): Promise<Record<string, unknown>> {
    return this.page.evaluate((wanted) => {
      const node = (globalThis as unknown as EditorWindow).RED.nodes.node(wanted) ?? {};
      // Drawing state and links to other nodes are left out: what is saved is what counts.
      const own = Object.entries(node).filter(
        ([name, value]) =>
          !name.startsWith('_') &&
          !['validationErrors', 'users', 'dirty', 'resize'].includes(name) &&
          (value === null || typeof value !== 'object' || Array.isArray(value)) &&
          typeof value !== 'function',
      );
      return JSON.parse(JSON.stringify(Object.fromEntries(own))) as Record<string, unknown>;
    }, id);
  }
}
