import { indexPage } from './catalogue';
import { N8N_EXAMPLES } from './n8n';
import { NODE_RED_EXAMPLES } from './node-red';

/** Text of each generated file, by its path from the root. */
export function exampleFiles(): Map<string, string> {
  const files = new Map<string, string>();
  const add = (path: string, value: unknown) =>
    files.set(path, `${JSON.stringify(value, null, 2)}\n`);
  for (const [name, build] of Object.entries(N8N_EXAMPLES)) {
    add(`examples/n8n/${name}.json`, build().build());
  }
  for (const [name, build] of Object.entries(NODE_RED_EXAMPLES)) {
    add(`examples/node-red/${name}.json`, build().build());
  }
  files.set('examples/README.md', indexPage());
  return files;
}
