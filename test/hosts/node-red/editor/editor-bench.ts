import { existsSync } from 'node:fs';
import type { BrowserContext } from 'playwright-core';
import { paletteDefinitions as definitions } from '../../../../node-red/runtime/nodes/palette-definitions';
import { asStored, newProperties } from '../../../../node-red/editor/defaults';
import { APPLIANCE_TYPE, typeOf } from '../../../../node-red/runtime/values/names';
import { CHROMIUM, EditorPage, withBrowser } from '../../../../scripts/demo/browser';
import type { FlowNode, NodeRedHost } from '../../../../scripts/hosts/node-red-host';
import { where } from '../../../support/required-tools';

/** Tests in a browser run where there is one; CI has one. */
export const describeWithChromium = where(existsSync(CHROMIUM), describe, CHROMIUM);

const TAB = 'e0000001';
export const APPLIANCE = 'e0000002';

/** The ID of the node of a definition in {@link nodesOfAllKinds}. */
export function idOf(name: string): string {
  return `e10000${definitions.findIndex((definition) => definition.name === name) + 10}`;
}

/** One node of every definition, as it is after it was dropped from the palette. */
export function nodesOfAllKinds(appliance: Record<string, unknown> = {}): FlowNode[] {
  return [
    { id: TAB, type: 'tab', label: 'Forms' },
    asStored({
      id: APPLIANCE,
      type: APPLIANCE_TYPE,
      name: 'Lab',
      baseUrl: 'https://127.0.0.1:9',
      authentication: 'token',
      credentials: { token: 'secret' },
      ...appliance,
    }),
    ...definitions.map((definition, index) => ({
      id: idOf(definition.name),
      type: typeOf(definition),
      z: TAB,
      x: 200,
      y: 80 + index * 60,
      wires: [[]],
      ...newProperties(definition),
      appliance: APPLIANCE,
    })),
  ];
}

/** Opens the editor, and fails when its console complained of a form. */
export function inEditor(
  host: NodeRedHost,
  work: (editor: EditorPage, context: BrowserContext) => Promise<void>,
  { language = 'en-US', isDark = false } = {},
): Promise<void> {
  return withBrowser(async (context) => {
    await context.addInitScript(`localStorage.setItem('editor-language', '${language}')`);
    const editor = await EditorPage.open(context, host.url, typeOf(definitions[0]!));
    // What Node-RED 5 does for its dark theme.
    if (isDark)
      await editor.page.evaluate("document.documentElement.classList.add('nr-theme-dark')");
    // As in `patient-editor.js`: here are the limits of the forms.
    await editor.page.evaluate('void $.ajaxPrefilter((options) => { options.timeout = 0; })');
    await work(editor, context);
    expect(editor.complaints).toEqual([]);
  });
}

/** Puts a value into a field as its own widget does. */
export async function setValue(
  { page }: EditorPage,
  field: string,
  value: string,
  type?: string,
): Promise<void> {
  const input = `$('#node-input-${field}')`;
  if (type) await page.evaluate(`void ${input}.typedInput('type', '${type}')`);
  await page.evaluate(`void ${input}.typedInput('value', ${JSON.stringify(value)})`);
}
