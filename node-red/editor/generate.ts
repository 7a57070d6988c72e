import { english, readGerman, translated, type Text } from '../locales/text';
import { APPLIANCE_TYPE, typeOf } from '../runtime/values/names';
import {
  isTrigger,
  paletteDefinitions,
  type PaletteDefinition,
} from '../runtime/nodes/palette-definitions';
import { applianceHtml } from './appliance-html';
import { applianceHelp, applianceTexts } from './appliance-texts';
import { bundleEditorScript } from './bundle';
import { catalogueOf, type Catalogue } from './catalogue';
import { formHtml } from './form';
import { helpHtml } from './help';
import { scriptHtml } from './script';
import { triggerHelpHtml } from './trigger-help';

/** Types of all node sets, the config node first. */
export function nodeTypes(): string[] {
  return [APPLIANCE_TYPE, ...paletteDefinitions.map(typeOf)];
}

/** The entry `node-red.nodes` of the package file: one set a node. */
export function nodeMap(): Record<string, string> {
  return Object.fromEntries(nodeTypes().map((type) => [type, `dist/nodes/${type}.js`]));
}

/** Editor HTML of one palette node, without its help. */
export function editorHtml(definition: PaletteDefinition): string {
  return `${scriptHtml(definition)}\n\n${formHtml(definition)}\n`;
}

/**
 * Every generated file, by its path within the package. The same definitions always give the same
 * text.
 */
export function generateFiles(): Map<string, string> {
  const files = new Map<string, string>();
  const add = (type: string, html: string) => {
    files.set(`dist/nodes/${type}.js`, entryScript(type));
    files.set(`dist/nodes/${type}.html`, html);
  };
  add(APPLIANCE_TYPE, applianceHtml());
  for (const definition of paletteDefinitions) add(typeOf(definition), editorHtml(definition));
  for (const [path, content] of localeFiles('en-US', english)) files.set(path, content);
  for (const [path, content] of localeFiles('de', translated(readGerman()))) {
    files.set(path, content);
  }
  files.set('resources/editor.js', bundleEditorScript());
  return files;
}

/** Help and catalogue of every node in one language. */
export function localeFiles(language: string, text: Text): Map<string, string> {
  const files = new Map<string, string>();
  const add = (type: string, help: string, texts: Catalogue) => {
    const path = `dist/nodes/locales/${language}/${type}`;
    files.set(`${path}.html`, help);
    files.set(`${path}.json`, `${JSON.stringify(texts, null, 2)}\n`);
  };
  add(APPLIANCE_TYPE, applianceHelp(text), applianceTexts(text));
  for (const definition of paletteDefinitions) {
    add(typeOf(definition), helpOf(definition, text), catalogueOf(definition, text));
  }
  return files;
}

/** Calls `text` with every text that the editor shows of a node. */
export function eachText(definition: PaletteDefinition, text: Text): void {
  helpOf(definition, text);
  catalogueOf(definition, text);
}

function helpOf(definition: PaletteDefinition, text: Text): string {
  return isTrigger(definition) ? triggerHelpHtml(definition, text) : helpHtml(definition, text);
}

/** One file a node set, because the editor looks for its HTML beside it. */
function entryScript(type: string): string {
  return [
    "'use strict';",
    '',
    "const { register } = require('../lib/node-red/runtime');",
    '',
    'module.exports = (RED) => {',
    `  register(RED, '${type}');`,
    '};',
    '',
  ].join('\n');
}
