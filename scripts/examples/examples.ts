/**
 * Normalizes every example below examples/ and writes their index, examples/README.md. An example
 * is edited in the editor of its host, exported, and put in the place of its file.
 * Run: npm run examples
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { EXAMPLES, exampleNames, HOSTS, indexPage } from './example-files';
import { normalized } from './normalize-examples';

async function main(): Promise<void> {
  for (const host of HOSTS) {
    for (const name of exampleNames(host)) {
      const path = join(EXAMPLES, host, `${name}.json`);
      await write(path, JSON.stringify(normalized(host, name), null, 2));
    }
  }
  await write(join(EXAMPLES, 'README.md'), indexPage());
}

async function write(path: string, text: string): Promise<void> {
  const config = await resolveConfig(path);
  writeFileSync(path, await format(text, { ...config, filepath: path }));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
