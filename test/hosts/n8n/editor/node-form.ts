import type { INodeProperties } from 'n8n-workflow';
import type { Locator, Page } from 'playwright-core';
import { nodeNamed } from '../../../../scripts/hosts/n8n-browser';
import type { N8nHost } from '../../../../scripts/hosts/n8n-host';
import type { Workflow } from '../../../../scripts/hosts/n8n-rest';
import { expectSoon } from '../../../support/expect-soon';
import { columnsOf, type Row } from './form-samples';

/**
 * For an n8n whose editor is tested. Over WebSockets, a page that has saved before its right to write was
 * granted takes its own save for one of another page: it loads the workflow anew, while the test goes on
 * typing. With server-sent events there is no such right.
 */
export const EDITOR_SETTINGS = { N8N_PUSH_BACKEND: 'sse' };

/** A node's form in n8n's editor, used as a person uses it: by what is seen and clicked. */
export class NodeForm {
  private constructor(
    readonly page: Page,
    private readonly root: Locator,
  ) {}

  /** Opens the form of a node of the workflow that shows. */
  static async open(page: Page, node: string): Promise<NodeForm> {
    await nodeNamed(page, node).dblclick();
    const root = page.getByTestId('node-parameters');
    await root.getByTestId('parameter-item').first().waitFor();
    return new NodeForm(page, root);
  }

  field(name: string, within: Locator = this.root): Locator {
    // Exactly this one: the first, because rows of a collection repeat names.
    return within.getByTestId(`parameter-input-${name}`).first();
  }

  /** Labels of everything that shows, in the order of the form. */
  async labels(): Promise<string[]> {
    const texts = await this.root.getByTestId('input-label').allInnerTexts();
    return texts.map((text) => text.split('\n')[0]!.trim());
  }

  /** Whether the form shows the field. */
  shows({ name, type }: INodeProperties): Promise<boolean> {
    const own = type === 'fixedCollection' ? `fixed-collection-${name}` : `parameter-input-${name}`;
    return this.root.getByTestId(own).first().isVisible();
  }

  /** Enters a value; `sampleOf` makes one that fits. */
  async fill(property: INodeProperties, value: unknown, within = this.root): Promise<void> {
    const field = this.field(property.name, within);
    await this.makeFixed(property);
    switch (property.type) {
      case 'options':
        return this.choose(field, labelOf(property, value));
      case 'boolean':
        if ((await this.read(property, within)) !== value)
          await field.locator('.el-switch').click();
        return;
      case 'resourceLocator':
        return this.fillLocator(property, value as Row, field);
      case 'fixedCollection':
        return this.fillRow(property, value as Row, within);
      case 'collection':
        return this.fillOptions(property, value as Row);
      default:
        await field.locator('input, textarea').first().fill(String(value));
        await this.page.keyboard.press('Tab');
    }
  }

  /** Reads what the form shows, in the same shape. */
  async read(property: INodeProperties, within = this.root): Promise<unknown> {
    const field = this.field(property.name, within);
    const text = () => field.locator('input, textarea').first().inputValue();
    switch (property.type) {
      case 'options':
        return valueOf(property, await text());
      case 'boolean':
        return (await field.locator('[role=switch]').getAttribute('aria-checked')) === 'true';
      case 'number':
        return Number(await text());
      case 'resourceLocator':
        return this.readLocator(property, field);
      case 'fixedCollection': {
        const collection = within.getByTestId(`fixed-collection-${property.name}`);
        return this.readEach(columnsOf(property), collection);
      }
      case 'collection':
        return this.readEach(property.options as INodeProperties[], within);
      default:
        return text();
    }
  }

  /** Opens a resource locator's list, and searches in it. */
  async openList(name: string, search?: string): Promise<void> {
    const field = this.field(name);
    await this.setMode(field, 'From list');
    await field.getByTestId('rlc-input').click();
    if (search !== undefined) await this.page.getByTestId('rlc-search').fill(search);
  }

  /** What an open list offers at the moment; it is filled by and by. */
  offered(): Promise<string[]> {
    return this.page.getByTestId('rlc-item').allInnerTexts();
  }

  /** Picks from an open list. */
  async pick(text: string): Promise<void> {
    await this.page.getByTestId('rlc-item').filter({ hasText: text }).first().click();
  }

  /**
   * Waits for what the form says is wrong with a field, while the mouse is on the sign beside it. The mouse
   * follows the sign, which moves while the form is drawn.
   */
  async expectIssue(name: string, says: RegExp): Promise<void> {
    const sign = this.itemOf(name).getByTestId('parameter-issues').locator('svg');
    const tooltip = this.page
      .locator('[data-test-id*="tooltip"]')
      .filter({ hasText: /Issues/, visible: true });
    const shown = async () => {
      await sign.hover();
      return (await tooltip.allInnerTexts()).join('\n');
    };
    await expectSoon(shown, (text) => expect(text).toMatch(says));
  }

  /** Switches a field to an expression and enters it. */
  async fillExpression(name: string, expression: string): Promise<void> {
    const item = this.itemOf(name);
    await item.hover();
    await item.getByTestId('radio-button-expression').click();
    const editor = this.field(name).locator('.cm-content');
    await editor.click();
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.insertText(expression);
    await this.page.keyboard.press('Escape');
  }

  /** A field may take its value from the input at first, by an expression. */
  private async makeFixed({ name, type, default: given }: INodeProperties): Promise<void> {
    const value = type === 'resourceLocator' ? (given as Row).value : given;
    if (typeof value !== 'string' || !value.startsWith('=')) return;
    const item = this.itemOf(name);
    await item.hover();
    await item.getByTestId('radio-button-fixed').click();
  }

  /** The whole row: label, switch to an expression, field, sign of an issue. */
  private itemOf(name: string): Locator {
    const own = this.page.getByTestId(`parameter-input-${name}`);
    return this.root.getByTestId('parameter-item').filter({ has: own });
  }

  async choose(field: Locator, label: string): Promise<void> {
    await field.click();
    const option = this.page.locator('.el-select-dropdown__item:visible');
    await option
      .filter({ has: this.page.getByText(label, { exact: true }) })
      .first()
      .click();
    // The choices of the next field may be the same, and have to be its own.
    await option.first().waitFor({ state: 'hidden' });
  }

  /** Closes the form; n8n saves by itself. */
  async close(): Promise<void> {
    await this.page.getByTestId('ndv-close-button').click();
    await this.root.waitFor({ state: 'hidden' });
  }

  private async fillLocator({ modes }: INodeProperties, value: Row, field: Locator) {
    const mode = modes!.find(({ name }) => name === value.mode)!;
    await this.setMode(field, mode.displayName);
    await field.getByTestId('rlc-input').fill(String(value.value));
    await this.page.keyboard.press('Tab');
  }

  private async setMode(field: Locator, label: string): Promise<void> {
    const selector = field.getByTestId('rlc-mode-selector');
    const current = await selector.locator('input').inputValue();
    if (current.toLowerCase() === label.toLowerCase()) return;
    await selector.click();
    const option = this.page.locator('.el-select-dropdown__item:visible');
    await option
      .filter({ hasText: new RegExp(`^\\s*${label}`, 'i') })
      .first()
      .click();
    await option.first().waitFor({ state: 'hidden' });
  }

  private async readLocator({ modes }: INodeProperties, field: Locator): Promise<Row> {
    const label = await field.getByTestId('rlc-mode-selector').locator('input').inputValue();
    const mode = modes!.find(
      ({ displayName }) => displayName.toLowerCase() === label.toLowerCase(),
    );
    return { mode: mode?.name, value: await field.getByTestId('rlc-input').inputValue() };
  }

  private async fillRow(property: INodeProperties, value: Row, within: Locator): Promise<void> {
    const collection = within.getByTestId(`fixed-collection-${property.name}`);
    await collection.getByTestId('fixed-collection-add').click();
    for (const column of columnsOf(property)) {
      if (column.name in value) await this.fill(column, value[column.name], collection);
    }
  }

  private async fillOptions(property: INodeProperties, value: Row): Promise<void> {
    const options = property.options as INodeProperties[];
    for (const name of Object.keys(value)) {
      const option = options.find((one) => one.name === name)!;
      await this.root.getByTestId('collection-parameter-add').click();
      // A single option needs no menu.
      if (options.length > 1) {
        const items = this.page.locator('[data-test-id="collection-parameter-option"]:visible');
        const label = this.page.getByText(option.displayName, { exact: true });
        await items.filter({ has: label }).click();
      }
      await this.fill(option, value[option.name]);
    }
  }

  private async readEach(properties: INodeProperties[], within: Locator): Promise<Row> {
    const row: Row = {};
    for (const property of properties) {
      const own =
        property.type === 'fixedCollection'
          ? within.getByTestId(`fixed-collection-${property.name}`)
          : this.field(property.name, within);
      if (await own.isVisible()) row[property.name] = await this.read(property, within);
    }
    return row;
  }
}

/** Expects what n8n has saved of a node; the editor saves by itself a moment after a change. */
export async function expectSaved(
  { rest }: N8nHost,
  id: string,
  node: string,
  expected: object,
): Promise<void> {
  const saved = async () => {
    const { nodes } = await rest.call<Workflow>('GET', `/rest/workflows/${id}`);
    return nodes.find(({ name }) => name === node)!.parameters;
  };
  await expectSoon(saved, (found) => expect(found).toMatchObject(expected));
}

/** Expects what a form shows of a property; the editor draws a form in several goes. */
export async function expectShown(
  form: NodeForm,
  property: INodeProperties,
  value: unknown,
): Promise<void> {
  const shown = async () => ({ [property.name]: await form.read(property) });
  const expected = { [property.name]: value };
  await expectSoon(shown, (found) => expect(found).toMatchObject(expected));
}

function labelOf({ options }: INodeProperties, value: unknown): string {
  const all = options as Array<{ name: string; value: string }>;
  return all.find((option) => option.value === value)!.name;
}

function valueOf({ options }: INodeProperties, label: string): unknown {
  return (options as Array<{ name: string; value: string }>).find(({ name }) => name === label)
    ?.value;
}
