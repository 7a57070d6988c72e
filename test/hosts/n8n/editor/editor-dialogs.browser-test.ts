import type { Page } from 'playwright-core';
import { operationsOf } from '../../../../n8n/description/operations';
import { definitions } from '../../../../nodes/definitions';
import { EditorBrowser, nodeNamed } from '../../../../scripts/hosts/n8n-browser';
import type { Workflow, WorkflowNode } from '../../../../scripts/hosts/n8n-rest';
import { TOKEN_TYPE } from '../support/bench';
import { expectSoon } from '../../../support/expect-soon';
import { EDITOR_SETTINGS, expectSaved as expectSavedNode, NodeForm } from './node-form';
import { SimulatorBench } from '../support/simulator-bench';

const NODE_TYPE = 'n8n-nodes-allegro-multimeter.allegroMultimeter';
const VIEW = { width: 1280, height: 1250 };
const NAME = 'Allegro';
const STATISTICS = { resource: 'statistics', operation: 'topTalkers' };
const containing = (text: string) => (texts: string[]) => expect(texts.join('\n')).toContain(text);
const BLANK_DEVICE = { __rl: true, mode: 'list', value: '' };

/** What is around the forms in n8n's editor: lists, warnings, sign-in, and the way to the node. */
describe('the editor', () => {
  let bench: SimulatorBench;
  let browser: EditorBrowser;
  let page: Page;

  beforeAll(async () => {
    bench = await SimulatorBench.start(undefined, {}, EDITOR_SETTINGS);
    browser = await EditorBrowser.open(bench.host, VIEW, { isStill: true });
    page = browser.page;
  });
  afterAll(async () => {
    await browser?.close();
    await bench?.stop();
  });
  beforeEach(() => bench.simulator.faults.clear());

  const node = (parameters: Record<string, unknown>, more: object = {}): WorkflowNode => ({
    id: '1',
    name: NAME,
    type: NODE_TYPE,
    typeVersion: 1,
    position: [0, 0],
    parameters,
    credentials: bench.withToken,
    ...more,
  });

  async function show(...nodes: WorkflowNode[]): Promise<string> {
    const workflow: Workflow = { name: 'Editor', nodes, connections: {} };
    const { id } = await bench.host.rest.createWorkflow(workflow);
    await page.goto(`${bench.host.url}/workflow/${id}`);
    await page.getByTestId('canvas-node').first().waitFor();
    return id;
  }

  async function form(parameters: Record<string, unknown>): Promise<NodeForm> {
    await show(node(parameters));
    return NodeForm.open(page, NAME);
  }

  const expectSaved = (id: string, parameters: object) =>
    expectSavedNode(bench.host, id, NAME, parameters);

  describe('lists to pick from', () => {
    it('find statistics by their names, and by a search that is a path', async () => {
      const id = await show(node({ ...STATISTICS, operation: 'getStats' }));
      const opened = await NodeForm.open(page, NAME);
      const connections = 'Connections of IP 10.1.2.3';
      await opened.openList('path', 'connections 10.1.2.3');
      await expectSoon(() => opened.offered(), containing(connections));
      await page.getByTestId('rlc-search').fill('modules/ip/');
      await opened.pick('API/stats/modules/ip/ips_paged');
      await expectSaved(id, { path: { mode: 'list', value: 'API/stats/modules/ip/ips_paged' } });
    });

    it('take an expression in the place of a choice', async () => {
      const id = await show(node({ ...STATISTICS, operation: 'getStats' }));
      const opened = await NodeForm.open(page, NAME);
      await opened.fillExpression('path', 'API/stats/modules/ip/ips/{{ $json.ip }}');
      await expectSaved(id, {
        path: { mode: 'path', value: '=API/stats/modules/ip/ips/{{ $json.ip }}' },
      });
    });

    it('name the devices of a multi-device setup', async () => {
      const opened = await form({ ...STATISTICS, options: { device: BLANK_DEVICE } });
      await opened.openList('device');
      await expectSoon(() => opened.offered(), containing('allegro-mm-2b3c (branch-1)'));
    });

    it('name the analysis slots', async () => {
      const opened = await form({ resource: 'pcapFile', operation: 'uploadPcap' });
      await opened.openList('slot');
      await expectSoon(() => opened.offered(), containing('Analysis slot 1'));
    });

    it('say what is wrong when the appliance does not answer', async () => {
      bench.simulator.faults.add({ kind: 'answer', status: 401, path: '/API' });
      const opened = await form({ ...STATISTICS, options: { device: BLANK_DEVICE } });
      await opened.field('device').getByTestId('rlc-input').click();
      await page
        .getByText(/rejected the login/)
        .first()
        .waitFor();
    });

    it('show what a workflow had before there were lists', async () => {
      const opened = await form({ ...STATISTICS, options: { device: 'branch-1' } });
      const shown = () => opened.field('device').getByTestId('rlc-input').inputValue();
      await expectSoon(shown, (value) => expect(value).toBe('branch-1'));
    });
  });

  describe('what is wrong with a form', () => {
    it('is said at a blank field that is required', async () => {
      const opened = await form({ resource: 'packet', timeMode: 'around' });
      await opened.expectIssue('aroundTime', /Time of the Alert.*required/s);
    });

    it('is said at an ID that is not a number', async () => {
      const slot = { __rl: true, mode: 'id', value: 'one' };
      const opened = await form({ resource: 'pcapFile', operation: 'uploadPcap', slot });
      await opened.expectIssue('slot', /Enter a whole number/);
    });
  });

  describe('the credential dialog', () => {
    const dialog = () => page.getByTestId('editCredential-modal');

    async function openDialog(): Promise<void> {
      await form({ ...STATISTICS, options: { device: BLANK_DEVICE } });
      await page.getByTestId('credential-edit-button').click();
      await dialog().waitFor();
    }

    /** Enters values, saves, and asks for the details of what is wrong with the connection. */
    async function test(values: Record<string, string>): Promise<void> {
      const data = { ...bench.credentialData };
      const type = TOKEN_TYPE;
      const { id, name } = await bench.host.rest.createCredential('Tested', type, data);
      await show(node(STATISTICS, { credentials: { [type]: { id, name } } }));
      await NodeForm.open(page, NAME);
      await page.getByTestId('credential-edit-button').click();
      await dialog().getByText('Connection tested successfully').waitFor();
      for (const [field, value] of Object.entries(values)) {
        const input = dialog().getByTestId(`parameter-input-${field}`);
        await input.locator('input, textarea').first().fill(value);
      }
      await dialog().getByTestId('credential-save-button').click();
      await dialog().getByText('More details').click();
    }

    it('has every field with its words', async () => {
      await openDialog();
      for (const label of ['Appliance URL', 'API Token', 'CA Certificate', 'Ignore Certificate']) {
        await dialog().getByText(label).first().waitFor();
      }
      expect(
        await dialog().getByTestId('parameter-input-token').locator('input').getAttribute('type'),
      ).toBe('password');
    });

    // What it says of each fault: package.host-test.ts, and test/contract/connection.
    it('says that all is well, and what is wrong with a login', async () => {
      await test({ token: 'wrong' });
      await expectSoon(
        () => dialog().innerText(),
        (text) => expect(text).toMatch(/rejected the login.*Check the API token/s),
      );
    });
  });

  it('offers both credentials in the HTTP Request node', async () => {
    const http = node(
      { authentication: 'predefinedCredentialType' },
      { type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2, credentials: undefined },
    );
    await show(http);
    const opened = await NodeForm.open(page, NAME);
    const search = opened.field('nodeCredentialType').locator('input').first();
    await search.click();
    // Waits until the list is open, and with it the input.
    await search.fill('allegro');
    const offered = page.locator('.el-select-dropdown__item:visible');
    await expectSoon(
      () => offered.allInnerTexts(),
      (texts) =>
        expect(texts.sort()).toEqual([
          'Allegro Network Multimeter Password API',
          'Allegro Network Multimeter Token API',
        ]),
    );
  });

  describe('the node panel', () => {
    beforeAll(async () => {
      const start = node({}, { type: 'n8n-nodes-base.manualTrigger', credentials: undefined });
      await show(start);
      await page.getByTestId('node-creator-plus-button').first().click();
    });
    const found = () => page.getByText('Allegro Network Multimeter').first();
    const search = async (text: string) => {
      const bar = page.getByTestId('node-creator-search-bar');
      // What an earlier search found must not count for this one.
      await bar.fill('nothing is called that');
      await found().waitFor({ state: 'hidden' });
      await bar.fill(text);
    };

    it.each([
      'allegro',
      'pcap',
      'wireshark',
      'tcpdump',
      'packet capture',
      'network tap',
      'sniffer',
      'bandwidth',
      'traffic',
      'voip',
      'netflow',
      'tshark',
      'push',
      'webhook allegro',
      'packet',
    ])('finds the node by "%s"', async (text) => {
      await search(text);
      await found().waitFor();
    });

    it('shows each operation as a sentence, and opens its form', async () => {
      await search('allegro');
      await found().click();
      for (const { action } of operationsOf(definitions)) {
        await page.getByText(action, { exact: true }).waitFor();
      }
      await page.getByText('Get top talkers', { exact: true }).click();
      await page.getByTestId('node-parameters').waitFor();
      await page.getByTestId('parameter-input-talkerKind').waitFor();
      await page.getByTestId('ndv-close-button').click();
      // The subtitle on the canvas is the operation.
      const added = nodeNamed(page, 'Get top talkers').or(
        nodeNamed(page, 'Allegro Network Multimeter'),
      );
      await added.first().getByText('Top Talkers').first().waitFor();
    });
  });
});
