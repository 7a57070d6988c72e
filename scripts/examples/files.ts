import { format } from 'prettier';
import { N8N_EXAMPLES } from './n8n';
import { NODE_RED_EXAMPLES } from './node-red';

/** Text of each generated file, by its path from the root. */
export async function exampleFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const add = async (path: string, value: unknown) =>
    files.set(path, await format(JSON.stringify(value), { parser: 'json', printWidth: 100 }));
  for (const [name, build] of Object.entries(N8N_EXAMPLES)) {
    await add(`examples/n8n/${name}.json`, build().build());
  }
  for (const [name, build] of Object.entries(NODE_RED_EXAMPLES)) {
    await add(`examples/node-red/${name}.json`, build().build());
  }
  return files;
}
