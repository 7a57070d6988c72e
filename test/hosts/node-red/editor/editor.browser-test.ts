import type { BrowserContext } from 'playwright-core';
import { paletteDefinitions as definitions } from '../../../../node-red/runtime/nodes/palette-definitions';
import { APPLIANCE_TYPE } from '../../../../node-red/runtime/values/names';
import type { EditorPage } from '../../../../scripts/demo/browser';
import { NodeRedHost, type FlowNode } from '../../../../scripts/hosts/node-red-host';
import {
  APPLIANCE,
  describeWithChromium,
  idOf,
  inEditor as openEditor,
  nodesOfAllKinds,
  setValue,
} from './editor-bench';
import { HostFlows } from '../support/host-flows';
import { StubAppliance } from '../../stub-appliance';

const CAPTURE = idOf('capturePcap');

describeWithChromium('the editor in Chromium', () => {
  let host: NodeRedHost;

  beforeAll(async () => {
    host = await NodeRedHost.start({ preload: require.resolve('../support/patient-editor') });
    await host.deploy(nodesOfAllKinds());
  });
  afterAll(() => host.stop());

  const inEditor = (work: (editor: EditorPage, context: BrowserContext) => Promise<void>) =>
    openEditor(host, work);

  it('changes nothing when a form is opened and closed with Done', () =>
    inEditor(async (editor) => {
      for (const { name } of definitions) {
        const before = await editor.node(idOf(name));
        await editor.edit(idOf(name));
        await editor.close('ok');
        const after = await editor.node(idOf(name));
        const { valid: _before, ...same } = before;
        expect(after).toMatchObject(same);
        expect([name, after.changed ?? false]).toEqual([name, false]);
      }
    }));

  it.each(['en-US', 'de'])('has room for every label and placeholder in %s', (language) =>
    openEditor(
      host,
      async (editor) => {
        const cut: Record<string, unknown> = {};
        for (const { name } of definitions) {
          await editor.edit(idOf(name));
          const texts = await editor.page.evaluate<string[]>(CUT_TEXTS);
          if (texts.length > 0) cut[name] = texts;
          await editor.close('cancel');
        }
        expect(cut).toEqual({});
      },
      { language },
    ),
  );

  it('shows the rows that apply and keeps what was filled in', () =>
    inEditor(async (editor) => {
      const { page } = editor;
      await editor.edit(CAPTURE);
      const isVisible = (field: string) => page.isVisible(`[data-field="${field}"] >> nth=0`);
      expect(await isVisible('aroundTime')).toBe(false);
      expect(await isVisible('lastAmount')).toBe(true);
      await setValue(editor, 'timeMode', 'around');
      expect(await isVisible('aroundTime')).toBe(true);
      expect(await isVisible('lastAmount')).toBe(false);
      await setValue(editor, 'captureSource', 'live');
      expect(await isVisible('aroundTime')).toBe(false);
      expect(await isVisible('liveSeconds')).toBe(true);
      await setValue(editor, 'liveSeconds', '12');
      expect(await isVisible('host')).toBe(true);
      await setValue(editor, 'captureScope', 'filter');
      expect(await isVisible('host')).toBe(false);
      await setValue(editor, 'expression', 'payload.filter', 'msg');
      await page.locator('.red-ui-editableList-addButton:visible').click();
      await page.locator('[data-cell="kind"]').selectOption('port');
      await page.evaluate("$('[data-cell=value]').typedInput('value', '443').trigger('change')");
      await editor.close('ok');
      expect(await editor.node(CAPTURE)).toMatchObject({
        captureSource: 'live',
        liveSeconds: '12',
        captureScope: 'filter',
        expression: 'payload.filter',
        expressionType: 'msg',
        conditionsRows: [{ kind: 'port', value: '443' }],
        changed: true,
        valid: true,
      });
      const exported = `RED.nodes.createExportableNodeSet([RED.nodes.node('${CAPTURE}')])`;
      const text = (await page.evaluate(`JSON.stringify(${exported})`)) as string;
      const stored = (JSON.parse(text) as FlowNode[]).find(({ id }) => id === CAPTURE)!;
      expect(Object.keys(stored).length).toBeLessThan(20);
    }));

  it('says what is wrong, only where it shows', () =>
    inEditor(async (editor) => {
      const { page } = editor;
      await editor.edit(CAPTURE);
      await setValue(editor, 'captureSource', 'live');
      await setValue(editor, 'liveSeconds', '0');
      await page.waitForSelector('#node-input-liveSeconds.input-error', { state: 'attached' });
      await editor.close('ok');
      expect((await editor.node(CAPTURE)).valid).toBe(false);
      await editor.edit(CAPTURE);
      await setValue(editor, 'captureSource', 'ringBuffer');
      await editor.close('ok');
      expect((await editor.node(CAPTURE)).valid).toBe(true);
    }));

  it('names the field, the row and the column of what is wrong', () =>
    inEditor(async (editor) => {
      const { page } = editor;
      await editor.edit(CAPTURE);
      await setValue(editor, 'timeMode', 'around');
      await setValue(editor, 'secondsBefore', 'many');
      await setValue(editor, 'secondsAfter', '-1');
      await setValue(editor, 'captureScope', 'filter');
      const add = page.locator('.red-ui-editableList-addButton:visible');
      await add.click();
      await page.evaluate("$('[data-cell=value]').typedInput('value', '10.1.2.3')");
      await add.click();
      await editor.close('ok');
      expect(await page.evaluate(`RED.nodes.node('${CAPTURE}').validationErrors`)).toEqual([
        'Seconds Before is not a number',
        'Seconds After: at least 0',
        'Conditions, row 2: Value is missing',
      ]);
    }));

  it('marks a login that is missing, in the form and on the node', () =>
    inEditor(async (editor) => {
      const { page } = editor;
      const isMarked = (name: string) =>
        page.locator(`#node-config-input-${name}.input-error`).isVisible();
      const isValid = async () => (await editor.node(APPLIANCE)).valid;
      await editor.editConfig(APPLIANCE_TYPE, APPLIANCE);
      // Stored, which the browser sees only as a sign that stands for it.
      expect(await isMarked('token')).toBe(false);
      await typeInto(editor, 'node-config-input-token', '');
      expect(await isMarked('token')).toBe(true);
      await editor.close('ok', 'node-config');
      expect(await isValid()).toBe(false);
      await editor.editConfig(APPLIANCE_TYPE, APPLIANCE);
      await page.selectOption('#node-config-input-authentication', 'password');
      expect([await isMarked('user'), await isMarked('password')]).toEqual([true, true]);
      await typeInto(editor, 'node-config-input-user', 'operator');
      await typeInto(editor, 'node-config-input-password', '${PASSWORD}');
      expect([await isMarked('user'), await isMarked('password')]).toEqual([false, false]);
      await editor.close('ok', 'node-config');
      expect(await isValid()).toBe(true);
    }));

  it('marks a secret that is missing, short or changed by a URL, and makes a good one', () =>
    inEditor(async (editor) => {
      const { page } = editor;
      const trigger = idOf('pushedStatisticsTrigger');
      await editor.edit(trigger);
      const enter = (value: string) => typeInto(editor, 'node-input-secret', value);
      const marked: Record<string, boolean> = {};
      for (const value of [
        '',
        'too-short',
        'sixteen&letters#',
        '${SECRET}',
        'a-secret_of-20-chars',
      ]) {
        await enter(value);
        marked[value] = await page.locator('#node-input-secret.input-error').isVisible();
      }
      expect(marked).toEqual({
        '': true,
        'too-short': true,
        'sixteen&letters#': true,
        '${SECRET}': false,
        'a-secret_of-20-chars': false,
      });
      await enter('');
      await editor.close('ok');
      expect((await editor.node(trigger)).valid).toBe(false);
      await editor.edit(trigger);
      await page.click('#allegro-multimeter-generate-secret');
      const secret = await page.inputValue('#node-input-secret');
      expect(secret).toMatch(/^[0-9a-f]{32}$/);
      expect(await page.textContent('#allegro-multimeter-push-url')).toContain(secret);
      await editor.close('ok');
      expect((await editor.node(trigger)).valid).toBe(true);
    }));

  it('marks a login that an imported node never had, and none that it cannot know', () =>
    inEditor(async (editor) => {
      const { page } = editor;
      const imported = { id: 'imported', type: APPLIANCE_TYPE, baseUrl: 'https://allegro' };
      const verdicts = await page.evaluate(`(() => {
        RED.nodes.import([${JSON.stringify(imported)}]);
        return ['imported', '${APPLIANCE}'].map((id) => RED.editor.validateNode(RED.nodes.node(id)));
      })()`);
      expect(verdicts).toEqual([false, true]);
    }));

  it('accepts environment variables in any field', () =>
    inEditor(async (editor) => {
      await editor.edit(CAPTURE);
      await setValue(editor, 'secondsBefore', '${SECONDS}');
      await editor.close('ok');
      expect(await editor.node(CAPTURE)).toMatchObject({
        secondsBefore: '${SECONDS}',
        valid: true,
      });
    }));

  it('shows one login or the other, and what the test of the connection says', () =>
    inEditor(async (editor) => {
      const { page } = editor;
      await editor.editConfig(APPLIANCE_TYPE, APPLIANCE);
      expect(await page.isVisible('#node-config-input-token')).toBe(true);
      expect(await page.isVisible('#node-config-input-password')).toBe(false);
      await page.selectOption('#node-config-input-authentication', 'password');
      expect(await page.isVisible('#node-config-input-token')).toBe(false);
      expect(await page.isVisible('#node-config-input-password')).toBe(true);
      await page.selectOption('#node-config-input-authentication', 'token');
      await page.click('#allegro-multimeter-test');
      await page.waitForFunction(
        "/cannot be reached/.test(document.querySelector('#allegro-multimeter-test-result').textContent)",
      );
      // Of other values it would say nothing.
      await page.fill('#node-config-input-token', 'another');
      expect(await page.textContent('#allegro-multimeter-test-result')).toMatch(
        /^Tests the values/,
      );
      await editor.close('cancel', 'node-config');
    }));

  it('warns while others could read the login', () =>
    inEditor(async (editor) => {
      const { page } = editor;
      const shown = () =>
        page.evaluate(`$('[id$="-note"]:visible').toArray().map((note) => note.id)`);
      await editor.editConfig(APPLIANCE_TYPE, APPLIANCE);
      expect(await shown()).toEqual([]);
      await page.check('#node-config-input-ignoreCertificateErrors');
      expect(await shown()).toEqual(['allegro-multimeter-unchecked-note']);
      await page.fill('#node-config-input-baseUrl', 'http://allegro-mm-1a2b');
      expect(await shown()).toEqual(['allegro-multimeter-http-note']);
      await page.fill('#node-config-input-baseUrl', 'allegro-mm-1a2b');
      await page.uncheck('#node-config-input-ignoreCertificateErrors');
      expect(await shown()).toEqual([]);
      await editor.close('cancel', 'node-config');
    }));

  it('tells help to those who cannot point at a label', () =>
    inEditor(async (editor) => {
      const { page } = editor;
      const described = (selector: string) =>
        page.evaluate(`$('#' + $('${selector}').attr('aria-describedby')).text()`);
      await editor.editConfig(APPLIANCE_TYPE, APPLIANCE);
      expect(await described('#node-config-input-authentication')).toContain('the better choice');
      expect(await described('#node-config-input-tls')).toContain('it alone applies');
      await editor.close('cancel', 'node-config');
      await editor.edit(CAPTURE);
      const row = '[data-field=captureSource] .red-ui-typedInput-option-trigger';
      expect(await described(row)).toBe('Origin of the packets.');
      await page.click(row);
      const choices = "$('.red-ui-typedInput-options a:visible').toArray()";
      expect(await page.evaluate(`${choices}.map(({ title }) => title)`)).toEqual([
        'Packets that were recorded.',
        'Packets from now on.',
      ]);
      await page.keyboard.press('Escape');
      await setValue(editor, 'captureScope', 'filter');
      await page.locator('.red-ui-editableList-addButton:visible').click();
      const kind = page.locator('[data-cell=kind]');
      expect(await kind.getAttribute('title')).toBe('Property to compare.');
      expect(await kind.locator('option[value=hostPort]').getAttribute('title')).toBe(
        'IP address, with its port as second value.',
      );
      const value = page.locator('[data-column=value] .red-ui-typedInput-input');
      expect(await value.getAttribute('title')).toContain('10.1.2.0/24, 443, TCP');
      await editor.close('cancel');
    }));

  it('offers what the appliance knows, and takes a choice over as text', async () => {
    const appliance = await StubAppliance.start({ packets: 200, packetBytes: 100 });
    try {
      await host.deploy(new HostFlows(appliance).flowFor('getStats', { path: '' }));
      await inEditor(async (editor) => {
        const { page } = editor;
        await editor.edit('node');
        await page.click('#allegro-multimeter-choose-path');
        const choice = page.locator('.red-ui-popover-panel a', { hasText: /^IP addresses \(/ });
        await choice.waitFor();
        // What the appliance sends is shown as text, never as markup.
        expect(await page.locator('.red-ui-popover-panel b').count()).toBe(0);
        await choice.click();
        await editor.close('ok');
        expect(await editor.node('node')).toMatchObject({
          path: 'API/stats/modules/ip/ips_paged',
          valid: true,
        });
      });
    } finally {
      await appliance.stop();
    }
  });
});

/** The editor looks at what was typed when a key goes up, or when the input is left. */
async function typeInto({ page }: EditorPage, id: string, value: string): Promise<void> {
  await page.fill(`#${id}`, value);
  await page.press(`#${id}`, 'End');
}

/** Shows all rows, and finds texts that are wider than their place. */
const CUT_TEXTS = `(() => {
  $('#allegro-multimeter-form .form-row, #allegro-multimeter-advanced').show();
  const pen = document.createElement('canvas').getContext('2d');
  const cut = [];
  for (const input of document.querySelectorAll('#allegro-multimeter-form input')) {
    const { font, paddingLeft, paddingRight } = getComputedStyle(input);
    pen.font = font;
    const room = input.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    const width = pen.measureText(input.placeholder).width;
    if (room > 0 && width > room) cut.push([input.placeholder, width, room].join(' '));
  }
  for (const label of document.querySelectorAll('#allegro-multimeter-form .form-row > label')) {
    if (label.scrollWidth > label.clientWidth) cut.push(label.textContent);
  }
  return cut;
})()`;
