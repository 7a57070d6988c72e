import { format } from 'prettier';
import { indexPage } from './catalogue';
import { N8N_EXAMPLES } from './n8n';
import { NODE_RED_EXAMPLES } from './node-red';

const LINE_WIDTH = 100;

/** Text of each generated file, by its path from the root. */
export async function exampleFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const add = async (path: string, text: string, parser: string) =>
    files.set(path, await format(text, { parser, printWidth: LINE_WIDTH, singleQuote: true }));
  for (const [name, build] of Object.entries(N8N_EXAMPLES)) {
    await add(`examples/n8n/${name}.json`, JSON.stringify(build().build()), 'json');
  }
  for (const [name, build] of Object.entries(NODE_RED_EXAMPLES)) {
    await add(`examples/node-red/${name}.json`, JSON.stringify(build().build()), 'json');
  }
  await add('examples/README.md', indexPage(), 'markdown');
  return files;
}
