/**
 * Begins a node: its definition, its line in the index and its test.
 * Run: npm run new-node -- get-peers statistics
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NODE_GROUPS } from '../nodes/definitions/model/define-node';

/** npm runs its scripts at the root of the tree. */
const ROOT = process.cwd();
const INDEX = 'nodes/definitions/index.ts';
const folders = new Map<string, string>(Object.entries(NODE_GROUPS));

const [file = '', folder = 'statistics'] = process.argv.slice(2);
const group = folders.get(folder);
if (!/^[a-z]+(-[a-z]+)+$/.test(file) || !group) {
  console.error('Usage: npm run new-node -- <name-in-kebab-case> [group]');
  console.error(`Groups: ${[...folders.keys()].join(', ')}. Example: get-peers statistics`);
  process.exit(1);
}

const words = file.split('-').map((word) => word[0]!.toUpperCase() + word.slice(1));
const name = words.join('').replace(/^./, (first) => first.toLowerCase());
const label = words.join(' ');
const definitionPath = `nodes/definitions/${folder}/${file}.ts`;
const testPath = `test/nodes/definitions/${folder}/${file}.test.ts`;

function create(path: string, text: string): void {
  if (existsSync(join(ROOT, path))) throw new Error(`${path} exists already.`);
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
  console.log(`created ${path}`);
}

create(
  definitionPath,
  `import { TIME } from '../../../client/api/paths';
import { readAddress } from '../fields/address';
import { deviceFields } from '../fields/device-scope';
import { defineNode } from '../model/define-node';

/** FILL IN: what it does, in a sentence. */
export const ${name} = defineNode({
  name: '${name}',
  label: '${label}',
  group: '${group}',
  verb: '${label}',
  action: '${label}',
  description: 'FILL IN: what it does and when a person wants it',
  details: [],
  permission: 'Read access to statistics',
  source: 'FILL IN: heading of the vendor page that describes the endpoint',
  fields: [...deviceFields()],
  sampleOutput: { device: 'https://allegro-mm-1a2b' },
  producesFile: false,

  async *run({ client, signal, progress }, values) {
    progress({ step: 'reading' });
    const answer = await client.get(TIME, {}, { signal, address: readAddress(values) });
    yield { json: { answer, device: client.baseUrl } };
  },
});
`,
);

create(
  testPath,
  `import { ${name} } from '../../../../nodes/definitions/${folder}/${file}';
import { jsonOf } from '../../../contract/support/run-definition';
import { fakeClient } from '../../../support/fake-transport';

it('returns what the appliance answers', async () => {
  const { client, transport } = fakeClient(() => ({ json: { currentTime: 1 } }));
  const json = await jsonOf(${name}, client, {});
  expect(json).toMatchObject({ answer: { currentTime: 1 } });
  expect(transport.paths).toEqual(['/API/stats/time']);
});
`,
);

const index = readFileSync(join(ROOT, INDEX), 'utf8');
const imports = [
  ...index.matchAll(new RegExp(`import \\{ (\\w+) \\} from './${folder}/.*\n`, 'g')),
];
const place = (one: string) => index.indexOf(`  ${one},\n`);
const [line, last] = imports.sort(([, a], [, b]) => place(a!) - place(b!)).at(-1)!;
writeFileSync(
  join(ROOT, INDEX),
  index
    .replace(line, `${line}import { ${name} } from './${folder}/${file}';\n`)
    .replace(`  ${last},\n`, `  ${last},\n  ${name},\n`),
);
console.log(`added ${name} to ${INDEX}`);
console.log('Next: fill in the definition and the test, then run: npm run generate');
