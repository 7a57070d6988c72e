import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The modules of the shared script. Those that others need come first. */
const MODULES = [
  // Shared with the runtime, and with n8n.
  '../../migrations',
  '../../../credentials/url',
  'editor-api',
  'visibility',
  'validate',
  'login',
  'accessibility',
  'choices',
  'typed-inputs',
  'rows',
  'push-url',
  'appliance',
  'index',
];

/**
 * Puts the browser's modules into one script. Each is wrapped as it is, unminified, so that a
 * person who looks at it in the browser finds the code of this folder.
 */
export function bundleEditorScript(): string {
  const folder = join(__dirname, 'browser');
  const wrapped = MODULES.map((name) => {
    const source = readFileSync(join(folder, `${name}.ts`), 'utf8');
    const key = name.startsWith('.') ? name : `./${name}`;
    return `modules['${key}'] = function (exports, require) {\n${transpile(source, name)}};\n`;
  });
  return [
    '/* Behaviour of the forms of the Allegro Multimeter nodes. */',
    '(function () {',
    '"use strict";',
    'var modules = {};',
    'var loaded = {};',
    'function load(name) {',
    '  if (!loaded[name]) { loaded[name] = {}; modules[name](loaded[name], load); }',
    '  return loaded[name];',
    '}',
    ...wrapped,
    "load('./index');",
    '})();',
    '',
  ].join('\n');
}

function transpile(source: string, name: string): string {
  const { outputText } = ts.transpileModule(source, {
    fileName: `${name}.ts`,
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      // What every browser of the last years understands; `??=` is newer than that.
      target: ts.ScriptTarget.ES2019,
      removeComments: false,
    },
  });
  return outputText.replace(/^"use strict";\n/, '');
}
