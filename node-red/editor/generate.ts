import { definitions } from '../../nodes/definitions';
import type { NodeDefinition } from '../../nodes/definitions/definition';
import { APPLIANCE_TYPE, typeOf } from '../runtime/names';
import { applianceHelp, applianceHtml, applianceTexts } from './appliance';
import { bundleEditorScript } from './bundle';
import { catalogueOf, type Catalogue } from './catalogue';
import { formHtml } from './form';
import { helpHtml } from './help';
import { scriptHtml } from './script';

/** Types of all node sets, the config node first. */
export function nodeTypes(): string[] {
  return [APPLIANCE_TYPE, ...definitions.map(typeOf)];
}

/** The entry `node-red.nodes` of the package file: one set a node. */
export function nodeMap(): Record<string, string> {
  return Object.fromEntries(nodeTypes().map((type) => [type, `dist/nodes/${type}.js`]));
}

/** Editor HTML of one palette node, without its help. */
export function editorHtml(definition: NodeDefinition): string {
  return `${scriptHtml(definition)}\n\n${formHtml(definition)}\n`;
}

/**
 * Every generated file, by its path within the package. The same definitions always give the same
 * text.
 */
export function generateFiles(): Map<string, string> {
  const files = new Map<string, string>();
  const add = (type: string, html: string, help: string, texts: Catalogue) => {
    files.set(`dist/nodes/${type}.js`, entryScript(type));
    files.set(`dist/nodes/${type}.html`, html);
    files.set(`dist/nodes/locales/en-US/${type}.html`, help);
    files.set(`dist/nodes/locales/en-US/${type}.json`, `${JSON.stringify(texts, null, 2)}\n`);
  };
  add(APPLIANCE_TYPE, applianceHtml(), applianceHelp(), applianceTexts());
  for (const definition of definitions) {
    const type = typeOf(definition);
    add(type, editorHtml(definition), helpHtml(definition), catalogueOf(definition));
  }
  files.set('resources/editor.js', bundleEditorScript());
  return files;
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
