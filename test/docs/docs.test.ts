import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AllegroError, type ErrorKind } from '../../client';
import { english } from '../../node-red/locales/text';
import { toNodeFailure } from '../../node-red/runtime/nodes/node-failure';
import { definitions } from '../../nodes/definitions';
import { triggers } from '../../nodes/definitions/triggers';
import { VERSION } from '../../nodes/definitions/version';
import { say } from '../../client/values/sentence';

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

describe('the reference of the nodes', () => {
  // In a process of its own: Prettier is an ES module, which Jest does not load.
  const script = [require.resolve('tsx/cli'), 'scripts/docs/node-reference.ts', '--print'];
  const printed = JSON.parse(
    execFileSync(process.execPath, script, { cwd: ROOT, encoding: 'utf8' }),
  ) as Record<string, string>;
  const INDEX = 'docs/nodes/README.md';
  const pages = Object.keys(printed).filter(
    (path) => path.startsWith('docs/nodes/') && path !== INDEX,
  );
  const shared = Object.keys(printed).filter((path) => /^docs\/[\w-]+\.md$/.test(path));

  it.each(Object.entries(printed))(
    'has %s as the definitions make it; run `npm run docs` if not',
    (path, text) => {
      expect(read(path)).toBe(text);
    },
  );

  it.each(pages)('begins %s with a worked example', (path) => {
    const text = read(path);
    expect(text).toMatch(/\n## Example\n\n[^\n]+:\n\n\| Field +\| Value/);
    expect(text.indexOf('```json')).toBeLessThan(text.indexOf('## Fields'));
  });

  it('has a page for each node and no other', () => {
    const existing = readdirSync(join(ROOT, 'docs', 'nodes')).map((name) => `docs/nodes/${name}`);
    expect(existing.sort()).toEqual([INDEX, ...pages].sort());
    expect(pages).toHaveLength(definitions.length + triggers.length);
  });

  it('links every page in the README, and what they share in their index', () => {
    expect(localLinks(read('README.md'))).toEqual(expect.arrayContaining([...pages, INDEX]));
    const names = shared.map((path) => path.replace('docs/', '../'));
    expect(localLinks(read(INDEX))).toEqual(expect.arrayContaining(names));
    expect(shared).toHaveLength(6);
  });

  it('keeps the README at what a newcomer needs', () => {
    const { length } = read('README.md').split(/\s+/);
    expect(length).toBeLessThan(1300);
  });

  it.each(pages)('tells every field and kind of error in %s', (path) => {
    const text = read(path);
    const definition = [...definitions, ...triggers].find(({ label }) =>
      text.includes(`\n# ${label}\n`),
    )!;
    const names = definition.fields.map(({ name }) => `\`${name}\``);
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
    expect(text).toContain(JSON.stringify(Object.keys(definition.sampleOutput)[0]));
    expect(text).toContain('Kinds: `input`');
    const broken = localLinks(text).filter(
      (target) => !existsSync(join(ROOT, 'docs', 'nodes', target)),
    );
    expect(broken).toEqual([]);
  });

  it('names codes that Node-RED really gives', () => {
    const rows = [...read('docs/errors.md').matchAll(/^\| `(\w+)` +\| `(ALLEGRO_\w+)`/gm)];
    expect(rows.length).toBeGreaterThan(10);
    for (const [, kind, code] of rows) {
      const error = new AllegroError({
        kind: kind as ErrorKind,
        what: say`What.`,
        advice: say`Do.`,
      });
      expect(toNodeFailure({ _: english }, error).error.code).toBe(code);
    }
  });
});

it('leads from the hosts to parts of the README that exist', () => {
  const headings = [...read('README.md').matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  const files = [
    'nodes/AllegroMultimeter/AllegroMultimeter.node.json',
    'credentials/AllegroMultimeterTokenApi.credentials.ts',
    'credentials/AllegroMultimeterPasswordApi.credentials.ts',
  ];
  const anchors = files.flatMap((name) =>
    [...read(name).matchAll(/allegro-multimeter-nodes#([\w-]+)/g)].map(([, anchor]) => anchor),
  );
  expect(anchors.length).toBeGreaterThanOrEqual(3);
  const known = [...headings, 'readme'];
  expect(anchors.filter((anchor) => !known.includes(anchor))).toEqual([]);
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

it.each(
  readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  ),
)('links in docs/%s only to files that exist', (name) => {
  const path = join('docs', name);
  expect(
    localLinks(read(path)).filter((target) => !existsSync(join(ROOT, path, '..', target))),
  ).toEqual([]);
});

it.each(readdirSync(join(ROOT, 'docs/nodes')))('fits two screens: docs/nodes/%s', (name) => {
  const lines = read(`docs/nodes/${name}`).split('\n');
  expect(lines.length).toBeLessThanOrEqual(135);
  const rows = lines.filter((line) => line.startsWith('|'));
  const cells = rows.map((line) => line.split(/(?<!\\)\|/).slice(1, -1));
  expect(Math.max(...cells.map((row) => row.length))).toBeLessThanOrEqual(3);
  const texts = cells.flat().map((cell) => cell.replace(/\]\([^)]*\)/g, ']').trim());
  expect(texts.filter((text) => text.length > 170)).toEqual([]);
});

it('lists every page of docs in its index', () => {
  const pages = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => /^(guides\/)?[\w-]+\.md$/.test(name) && name !== 'README.md',
  );
  expect(localLinks(read('docs/README.md'))).toEqual(expect.arrayContaining(pages));
});

it('leads from the page of the Node-RED package to files of this tree that exist', () => {
  const repository = 'allegro-multimeter-nodes/allegro-multimeter-nodes';
  const paths = [
    ...read('node-red/package-readme.md').matchAll(
      /https:\/\/(?:github|raw\.githubusercontent)\.com\/([\w-]+\/[\w-]+)\/(?:blob\/)?main\/(\S+?)(?=[)\s])/g,
    ),
  ].map(([, owner, path]) => [owner, existsSync(join(ROOT, path!))]);
  expect(paths.length).toBeGreaterThanOrEqual(5);
  expect(paths.filter(([owner, exists]) => owner !== repository || !exists)).toEqual([]);
});

it('lists every placeholder in CONTRIBUTING, and uses one address everywhere', () => {
  const { author, repository } = JSON.parse(read('package.json')) as {
    author: { email: string };
    repository: { url: string };
  };
  const slug = /github\.com\/(.+)\.git$/.exec(repository.url)![1]!;
  const list = read('CONTRIBUTING.md').split('### Before the first release')[1]!;
  expect(list).toContain(`\`${slug}\``);
  expect(list).toContain(`\`${author.email}\``);
  const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
  const others = files
    .filter((path) => /\.(ts|json|md|yml)$/.test(path) && !path.includes('package-lock'))
    .flatMap((path) =>
      [
        ...read(path).matchAll(
          /github(?:usercontent)?\.com\/([\w-]*allegro-multimeter[\w-]*\/[\w-]+)|maintainers@[\w.-]+/g,
        ),
      ]
        .map(([found, address]) => address ?? found)
        .filter((found) => found !== slug && found !== author.email)
        .map((found) => `${path}: ${found}`),
    );
  expect(others).toEqual([]);
});

it('keeps only screenshots that a page shows', () => {
  const names = readdirSync(join(ROOT, 'docs/screenshots'));
  const pages = ['README.md', 'node-red/package-readme.md', 'examples/README.md'].map(read).join();
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !pages.includes(`docs/screenshots/${name}`))).toEqual([]);
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
    [...command.matchAll(/\b(?:tsx|--config) (?:--\S+ )*(\S+)/g)].map(([, file]) => file),
  );
  expect(files.length).toBeGreaterThan(3);
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});
