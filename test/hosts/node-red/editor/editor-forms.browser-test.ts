import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import {
  paletteDefinitions as definitions,
  type PaletteDefinition,
} from '../../../../node-red/runtime/nodes/palette-definitions';
import { APPLIANCE_TYPE } from '../../../../node-red/runtime/values/names';
import { editorFields } from '../../../../node-red/editor/editor-field';
import type { EditorField } from '../../../../node-red/editor/browser/editor-field';
import type { EditorPage } from '../../../../scripts/demo/browser';
import { NodeRedHost, until, type FlowNode } from '../../../../scripts/hosts/node-red-host';
import { startSimulator, type Simulator } from '../../../../simulator';
import {
  APPLIANCE,
  describeWithChromium,
  idOf,
  inEditor,
  nodesOfAllKinds,
  setValue,
} from './editor-bench';

const TOKEN = 'demo-token';

/** Whether what the test of the connection says is wholly within what the dialog shows. */
const IS_IN_VIEW = `(() => {
  const element = document.querySelector('#allegro-multimeter-test-result');
  const { top, bottom } = element.getBoundingClientRect();
  const tray = element.closest('.red-ui-tray-body').getBoundingClientRect();
  return top >= tray.top - 1 && bottom <= tray.bottom + 1;
})()`;

/** What a person does in the forms, with an appliance behind them. */
describeWithChromium('the forms of all nodes', () => {
  let host: NodeRedHost;
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator({ historySeconds: 60 });
    host = await NodeRedHost.start({ preload: require.resolve('../support/patient-editor') });
  });
  afterAll(async () => {
    await host?.stop();
    await simulator?.close();
  });
  beforeEach(() => {
    const { url, certificatePem } = simulator;
    const credentials = { token: TOKEN };
    return host.deploy(
      nodesOfAllKinds({ baseUrl: url, caCertificate: certificatePem, credentials }),
    );
  });

  const deployed = () => host.json<FlowNode[]>('/flows');

  it('are filled in, saved and deployed, and show it again', () =>
    inEditor(host, async (editor) => {
      const expected = new Map<string, Record<string, string>>();
      for (const definition of definitions) {
        const values = filling(definition);
        await editor.edit(idOf(definition.name));
        await editor.page.fill('#node-input-name', `My ${definition.name}`);
        for (const [name, value] of Object.entries(values)) await setValue(editor, name, value);
        await editor.close('ok');
        expected.set(idOf(definition.name), { name: `My ${definition.name}`, ...values });
      }
      await deploy(editor);
      const flows = await deployed();
      for (const [id, values] of expected) {
        expect(flows.find((node) => node.id === id)).toMatchObject(values);
        await editor.edit(id);
        for (const [name, value] of Object.entries(values)) {
          expect([id, name, await editor.page.inputValue(`#node-input-${name}`)]).toEqual([
            id,
            name,
            value,
          ]);
        }
        await editor.close('cancel');
      }
    }));

  it('offer what the appliance knows wherever a field has choices', () =>
    inEditor(host, async (editor) => {
      const withChoices = definitions.flatMap((definition) =>
        editorFields(definition)
          .filter(({ choices }) => choices)
          .map((field) => ({ definition, field })),
      );
      expect(new Set(withChoices.map(({ field }) => field.choices)).size).toBeGreaterThan(1);
      for (const { definition, field } of withChoices) {
        await editor.edit(idOf(definition.name));
        await unfold(editor);
        for (const [name, [value]] of Object.entries(field.showWhen ?? {})) {
          await setValue(editor, name, String(value));
        }
        const chosen = await choose(editor, field.name);
        await editor.close('ok');
        const node = (await editor.node(idOf(definition.name))) as Record<string, unknown>;
        // What is the default is not stored.
        expect(node[field.name] ?? field.default).toBe(chosen);
      }
    }));

  it('find a statistic by words and an address', () =>
    inEditor(host, async (editor) => {
      await editor.edit(idOf('getStats'));
      await setValue(editor, 'path', 'peers 10.1.2.3');
      expect(await choose(editor, 'path')).toBe('API/stats/modules/ip/ips/10.1.2.3/peers');
      await editor.close('cancel');
    }));

  it('warn only of what was chosen', () =>
    inEditor(host, async (editor) => {
      await editor.edit(idOf('apiRequest'));
      const tip = editor.page.locator('#allegro-multimeter-form [data-show-when]');
      expect(await tip.isVisible()).toBe(false);
      await setValue(editor, 'requestMethod', 'DELETE');
      await tip.waitFor({ state: 'visible' });
      await setValue(editor, 'requestMethod', 'OPTIONS');
      await tip.waitFor({ state: 'hidden' });
      await editor.close('cancel');
    }));

  it('show the unit of a number, also where the choices decide it', () =>
    inEditor(host, async (editor) => {
      await editor.edit(idOf('thresholdTrigger'));
      const unit = editor.page.locator('[data-unit="limit"]');
      await unit.filter({ hasText: /^bit\/s$/ }).waitFor({ state: 'visible' });
      await setValue(editor, 'measure', 'packets');
      await unit.filter({ hasText: /^packets$/ }).waitFor({ state: 'visible' });
      await setValue(editor, 'limit', '5 packets');
      await unit.waitFor({ state: 'hidden' });
      await setValue(editor, 'limit', '5');
      await setValue(editor, 'watched', 'buffer');
      await unit.filter({ hasText: /^h$/ }).waitFor({ state: 'visible' });
      await setValue(editor, 'watched', 'list');
      await unit.waitFor({ state: 'hidden' });
      await editor.close('cancel');
    }));

  it('say why there are no choices, and offer them again afterwards', () =>
    inEditor(host, async (editor) => {
      const { page } = editor;
      simulator.faults.add({ kind: 'answer', status: 401, path: '/API/stats' });
      await editor.edit(idOf('getStats'));
      await page.click('#allegro-multimeter-choose-path');
      const note = page.locator('#allegro-multimeter-note-path');
      await note.filter({ hasText: 'login' }).waitFor();
      simulator.faults.clear();
      await choose(editor, 'path');
      expect(await note.isVisible()).toBe(false);
      await editor.close('cancel');
    }));

  it('test the connection: good, with a wrong login, and to another address', () =>
    inEditor(host, async (editor) => {
      const { page } = editor;
      const result = page.locator('#allegro-multimeter-test-result');
      await editor.editConfig(APPLIANCE_TYPE, APPLIANCE);
      await page.click('#allegro-multimeter-test');
      await result.filter({ hasText: /Connected\. The clock of the appliance says/ }).waitFor();
      expect(await result.getAttribute('data-level')).toBe('good');
      const access = await result.locator('li').allTextContents();
      expect(access.map((line) => line.split(': ')[1])).toEqual([
        ...['allowed', 'allowed', 'allowed'],
        ...['not known until it is tried', 'not known until it is tried'],
      ]);
      simulator.faults.add({ kind: 'answer', status: 401 });
      await page.click('#allegro-multimeter-test');
      await result.filter({ hasText: /rejected the login/ }).waitFor();
      expect(await result.getAttribute('data-level')).toBe('bad');
      expect(await result.textContent()).not.toContain(TOKEN);
      simulator.faults.clear();
      await page.fill('#node-config-input-baseUrl', 'https://127.0.0.1:9');
      await page.click('#allegro-multimeter-test');
      await result.filter({ hasText: 'last deploy (URL)' }).waitFor();
      await editor.close('cancel', 'node-config');
    }));

  it('test an appliance, and fetch its certificate, before it is deployed', () =>
    inEditor(host, async (editor) => {
      const { page } = editor;
      const result = page.locator('#allegro-multimeter-test-result');
      const test = async (text: RegExp) => {
        await page.click('#allegro-multimeter-test');
        await result.filter({ hasText: text }).waitFor();
        // Even in a small window the answer is what a person sees next.
        await page.waitForFunction(IS_IN_VIEW);
      };
      await page.evaluate(`RED.editor.editConfig('', '${APPLIANCE_TYPE}', '_ADD_')`);
      await editor.dialogOpened('#node-config-dialog-ok');
      await test(/has no API token/);
      await page.fill('#node-config-input-token', TOKEN);
      await test(/appliance URL is missing/);
      await page.fill('#node-config-input-baseUrl', simulator.url.replace('https://', ''));
      await test(/certificate of the appliance is not trusted/);
      await result.locator('button').click();
      const shown = page.locator('#allegro-multimeter-certificate-result');
      const { fingerprint256 } = new X509Certificate(simulator.certificatePem);
      await shown.filter({ hasText: fingerprint256 }).waitFor();
      const pem = await page.inputValue('#node-config-input-caCertificate');
      expect(new X509Certificate(pem).fingerprint256).toBe(fingerprint256);
      await test(/Connected\./);
      await page.fill('#node-config-input-caCertificate', 'another');
      await page.click('#allegro-multimeter-certificate');
      await shown.locator('button').last().click();
      expect(await page.inputValue('#node-config-input-caCertificate')).toBe('another');
      await page.click('#allegro-multimeter-certificate');
      await shown.locator('button').first().click();
      expect(await page.inputValue('#node-config-input-caCertificate')).toBe(pem);
      await page.fill('#node-config-input-token', 'stats-token');
      await test(/Capture packets: not allowed/);
      expect(await result.getAttribute('data-level')).toBe('warning');
      await editor.close('cancel', 'node-config');
    }));

  it('let a TLS configuration take the place of the certificates, and say so', () =>
    inEditor(host, async (editor) => {
      const { page } = editor;
      const shown = (selector: string) => page.isVisible(selector);
      await editor.editConfig(APPLIANCE_TYPE, APPLIANCE);
      expect(await shown('#node-config-input-caCertificate')).toBe(true);
      expect(await shown('#allegro-multimeter-tls-note')).toBe(false);
      await page.click('#node-config-input-btn-tls-add');
      await editor.dialogOpened('#node-config-input-servername');
      await page.fill('#node-config-input-name', 'Company TLS');
      await page.locator('#node-config-dialog-ok:visible').last().click();
      await page.waitForSelector('#node-config-input-servername', { state: 'detached' });
      await editor.dialogOpened('#node-config-dialog-ok');
      expect(await shown('#node-config-input-caCertificate')).toBe(false);
      expect(await shown('#node-config-input-ignoreCertificateErrors')).toBe(false);
      expect(await shown('#allegro-multimeter-tls-note')).toBe(true);
      await editor.close('ok', 'node-config');
      await deploy(editor);
      const flows = await deployed();
      const tls = flows.find(({ type }) => type === 'tls-config')!;
      expect(flows.find(({ id }) => id === APPLIANCE)).toMatchObject({ tls: tls.id, proxy: '' });
    }));

  describe.each([
    ['light', 'en-US', false],
    ['dark', 'de', true],
  ])('in the %s theme, in %s', (_theme, language, isDark) => {
    it('have names for every control, and enough contrast', () =>
      inEditor(
        host,
        async (editor) => {
          await editor.page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
          for (const { name } of definitions) {
            await editor.edit(idOf(name));
            await unfold(editor);
            const add = editor.page.locator('.red-ui-editableList-addButton:visible');
            if ((await add.count()) > 0) await add.first().click();
            expect([name, await violations(editor, '#allegro-multimeter-form')]).toEqual([
              name,
              [],
            ]);
            expect([name, await unnamed(editor)]).toEqual([name, []]);
            await editor.close('cancel');
          }
          await editor.editConfig(APPLIANCE_TYPE, APPLIANCE);
          expect(await violations(editor, '#allegro-multimeter-appliance-form')).toEqual([]);
          await editor.close('cancel', 'node-config');
        },
        { language, isDark },
      ));
  });

  it('are walked through by the Tab key, from top to bottom, and unfold by the keyboard', () =>
    inEditor(host, async (editor) => {
      const { page } = editor;
      for (const { name } of definitions) {
        await editor.edit(idOf(name));
        await page.focus('#allegro-multimeter-more-button');
        await page.keyboard.press('Enter');
        expect(await page.isVisible('#allegro-multimeter-advanced')).toBe(true);
        await page.focus('#node-input-name');
        const visible = (await page.evaluate(VISIBLE_FIELDS)) as string[];
        const walked: string[] = [];
        for (let step = 0; step < 150 && walked.at(-1) !== visible.at(-1); step++) {
          await page.keyboard.press('Tab');
          const field = (await page.evaluate(FOCUSED_FIELD)) as string | null;
          if (field !== null && walked.at(-1) !== field) walked.push(field);
        }
        expect([name, walked]).toEqual([name, visible]);
        await editor.close('cancel');
      }
    }));

  it('focus the control when a person clicks its label', () =>
    inEditor(host, async (editor) => {
      const { page } = editor;
      await editor.edit(idOf('capturePcap'));
      await setValue(editor, 'timeMode', 'around');
      await page.click('#node-label-secondsBefore');
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('17');
      await page.click('#node-label-captureSource');
      expect(await page.evaluate(FOCUSED_FIELD)).toBe('captureSource');
      await editor.close('ok');
      expect(await editor.node(idOf('capturePcap'))).toMatchObject({ secondsBefore: '17' });
    }));
});

/** Names of the rows that show, as they stand in the form. */
const VISIBLE_FIELDS = `[...new Set([...document.querySelectorAll('#allegro-multimeter-form [data-field]')]
  .filter((row) => row.offsetParent !== null).map((row) => row.dataset.field))]`;

const FOCUSED_FIELD = `document.activeElement.closest('[data-field]')?.dataset.field ?? null`;

/** A value that differs from the default, for every field that shows without a choice before. */
function filling(definition: PaletteDefinition): Record<string, string> {
  const shown = editorFields(definition).filter(
    ({ showWhen, kind }) => !showWhen && kind !== 'list',
  );
  return Object.fromEntries(shown.map((field) => [field.name, sampleOf(field)]));
}

function sampleOf({ kind, default: standard, options, min = 0, max }: EditorField): string {
  switch (kind) {
    case 'number':
      return String(Number(standard) === min + 1 ? (max ?? min + 2) : min + 1);
    case 'boolean':
      return standard === 'true' ? 'false' : 'true';
    case 'options':
      // The last one, because the first one is often the default.
      return options!.filter((value) => value !== standard).at(-1)!;
    case 'dateTime':
      return '2026-11-23T15:50:00Z';
    default:
      return 'a "quoted" <value> & more';
  }
}

/**
 * Presses the button, confirms that nodes which were not filled in are deployed as well, and waits until
 * the editor has taken the answer in: it forgets credentials then, which a form that is open needs.
 */
async function deploy({ page }: EditorPage): Promise<void> {
  await page.click('#red-ui-header-button-deploy');
  const confirm = page.locator('.red-ui-notification button', { hasText: 'Confirm deploy' });
  await until(
    'the deploy, or its confirmation',
    async () => (await confirm.isVisible()) || !(await page.evaluate('RED.nodes.dirty()')),
  );
  if (await confirm.isVisible()) await confirm.click();
  await page.waitForFunction(
    "!RED.nodes.dirty() && !$('.red-ui-deploy-button-spinner').is(':visible')",
  );
}

async function unfold({ page }: EditorPage): Promise<void> {
  const button = page.locator('#allegro-multimeter-more-button:visible');
  if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click();
}

/** Takes the first choice that a field offers. */
async function choose({ page }: EditorPage, field: string): Promise<string> {
  await page.click(`#allegro-multimeter-choose-${field}`);
  const choice = page.locator('.red-ui-popover-panel a >> visible=true').first();
  await choice.waitFor().catch(async () => {
    const note = await page.locator(`#allegro-multimeter-note-${field}`).textContent();
    throw new Error(`No choices for ${field}: ${note}`);
  });
  await choice.click();
  const value = await page.inputValue(`#node-input-${field}`);
  expect([field, value]).not.toEqual([field, '']);
  return value;
}

/**
 * Without the rule that an input needs a label on the screen besides its description: axe takes all of
 * Node-RED's dialog to be off the screen. That each has a name, other rules and {@link unnamed} check.
 */
async function violations({ page }: EditorPage, root: string): Promise<string[]> {
  const run = `axe.run('${root}', { rules: { 'label-title-only': { enabled: false } } })`;
  const { violations: found } = (await page.evaluate(run)) as AxeResults;
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/**
 * Controls of ours that a screen reader has no word of the field for; to axe an icon is a name. The
 * buttons that Node-RED itself puts beside a config node are not ours.
 */
function unnamed({ page }: EditorPage): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll(
    '#allegro-multimeter-form :is(input, select, button, a):not([type=hidden])'
  )].filter((control) => control.offsetParent !== null)
    .filter((control) => !control.id.startsWith('node-input-btn-')
      && !control.getAttribute('aria-label')
      && !control.getAttribute('aria-labelledby')
      && !document.querySelector('label[for="' + control.id + '"]')
      && !/[a-z]{3}/i.test(control.textContent))
    .map((control) => control.outerHTML)`);
}
