import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitions } from '../../nodes/definitions';
import { VERSION } from '../../nodes/definitions/version';

const ROOT = join(__dirname, '..', '..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** Commands of npm itself that our texts use. */
const NPM_COMMANDS = new Set(['ci', 'install', 'pack', 'publish']);

/** Scripts that a text mentions: `npm run x`, `npm test`. */
function mentionedScripts(text: string): string[] {
  const runs = [...text.matchAll(/\bnpm run (?:-\S+ )*([\w:-]+)/g)].map(([, name]) => name);
  const short = [...text.matchAll(/\bnpm (?!run\b)([a-z][\w:-]*)/g)]
    .map(([, name]) => name)
    .filter((name) => !NPM_COMMANDS.has(name) && isCode(text, `npm ${name}`));
  return [...new Set([...runs, ...short])];
}

/** Whether it stands in a code block or between backquotes, rather than in a sentence. */
function isCode(text: string, command: string): boolean {
  const code = [...text.matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].map(([block]) => block);
  return code.some((block) => block.includes(command));
}

/** Files and pictures of this tree that a text links to, Markdown and HTML alike. */
function localLinks(text: string): string[] {
  const targets = [
    ...text.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g),
    ...text.matchAll(/<(?:img|source)\b[^>]*?\bsrc(?:set)?="([^"\s]+)/g),
  ].map(([, target]) => target.split('#')[0]);
  return [...new Set(targets)].filter((target) => target !== '' && !/^[a-z]+:/i.test(target));
}

describe('the reference of the nodes in the README', () => {
  it('is what the definitions make; run `npm run docs` if not', () => {
    // In a process of its own: Prettier is an ES module, which Jest does not load.
    const script = [require.resolve('ts-node/dist/bin'), 'scripts/node-reference.ts', '--print'];
    const printed = execFileSync(process.execPath, script, { cwd: ROOT, encoding: 'utf8' });
    expect(read('README.md')).toBe(printed);
  });

  it('tells of every node', () => {
    const readme = read('README.md');
    for (const { label } of definitions) expect(readme).toContain(`\n### ${label}\n`);
  });
});

describe.each(['README.md', 'CONTRIBUTING.md'])('%s', (name) => {
  const text = read(name);

  it('mentions only npm scripts that exist', () => {
    const mentioned = mentionedScripts(text);
    expect(mentioned).toEqual(
      expect.arrayContaining(['test', 'demo', 'simulator', 'build'].sort()),
    );
    expect(mentioned.filter((script) => !(script in scripts))).toEqual([]);
  });

  it('links only to pictures and files that exist', () => {
    expect(localLinks(text).filter((target) => !existsSync(join(ROOT, target)))).toEqual([]);
  });
});

it('finds pictures, files and scripts in a text', () => {
  const text = [
    '[![Alt](a.png)](b.md#part) ![Alt](c.svg "Title") <img width="3" src="d.png" alt="">',
    '[elsewhere](https://e.example/f.png) [here](#part) `npm run lint`, `npm test` and npm is fine',
    '```sh\nnpm ci && npm start -- --port 1\n```',
  ].join('\n');
  expect(localLinks(text)).toEqual(['a.png', 'b.md', 'c.svg', 'd.png']);
  expect(mentionedScripts(text)).toEqual(['lint', 'test', 'start']);
});

it('is of one version', () => {
  const versions = ['package.json', 'node-red/package.json'].map(
    (name) => (JSON.parse(read(name)) as { version: string }).version,
  );
  expect(versions).toEqual([VERSION, VERSION]);
});

it('runs only files that exist', () => {
  const files = Object.values(scripts).flatMap((command) =>
    [...command.matchAll(/\b(?:ts-node|--config) (\S+)/g)].map(([, file]) => file),
  );
  expect(files.length).toBeGreaterThan(3);
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});
