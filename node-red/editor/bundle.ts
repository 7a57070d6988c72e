import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { paletteDefinitions } from '../runtime/nodes/palette-definitions';
import { typeOf } from '../runtime/values/names';
import { editorForm } from './editor-field';

/**
 * Bundles the modules that the forms share, and the fields of all nodes as data, into one script.
 * It is not minified, so that it can be read and debugged in the browser.
 */
export function bundleEditorScript(): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, 'browser/index.ts')],
    bundle: true,
    format: 'iife',
    // The oldest browsers that Node-RED's editor supports.
    target: 'es2019',
    charset: 'utf8',
    banner: { js: '/* Behaviour of the forms of the Allegro Multimeter nodes. */' },
    define: { ALLEGRO_FORMS: JSON.stringify(forms()) },
    write: false,
  });
  return outputFiles[0].text;
}

function forms(): object {
  return Object.fromEntries(
    paletteDefinitions.map((definition) => [typeOf(definition), editorForm(definition)]),
  );
}
