import { join } from 'node:path';
import { buildSync } from 'esbuild';

/**
 * Bundles the modules that the forms share, with what they take from the runtime, into one script.
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
    write: false,
  });
  return outputFiles[0].text;
}
