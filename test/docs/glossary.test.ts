import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..', '..');

/** The words of this project, each with what users must not meet in its place. */
const GLOSSARY: ReadonlyArray<readonly [use: string, not: RegExp]> = [
  ['suspend, resume', /(stands?|stood|standing) still|records? again|lets? (it|the buffer) record/],
  ['suspend the ring buffer', /\bfreez(e|es|ing) (the|a) (packet )?(ring )?buffer/],
  ['packet boundary', /packet border/],
  ['time range, time window', /stretch of time|time span|span of time/],
  ['all traffic', /\beverybody\b/],
  ['appliance', /\b(the|this|your) box\b/],
  ['returned nothing', /is to be taken from/],
  [
    'report, show, return',
    /\b(do|does|did) not tell\b|\b(appliance|firmware|buffer|result|status)s? tells?\b/,
  ],
  ['if the problem persists', /if it (stays|happens again)/],
  ['issued for a different name', /made out to/],
  ['in front of', /proxy before (it|the)\b/],
  ['takes precedence over', /\bgoes before\b/],
  ['used if blank', /taken (when|if) the field is blank/],
  ['timeout, maximum', /(wait|suspended|elements|windows) at most/],
  ['prefix, suffix', /(begins|behind) the name/],
  ['connection, conversation, call', /pair of ends/],
  [
    'complete',
    /\ba whole (file|capture|pcap)\b|\b(file|capture)s? (is|are|was) (not )?whole\b|if it is whole/,
  ],
  [
    'truncated',
    /\bcut (file|stream|JSON|capture)\b|\b(damaged|broken) or cut\b|\bcut or damaged\b/,
  ],
  ['is not a', /["”*`}] is no \w|it is no (JSON|text)/],
  ['is missing', /\bFill it in\b|not a byte came|not even [a-z ]+ came/],
  ['pass, send, return', /\bhand(s|ed)? (in|on|back)\b/],
  ['consecutive', /windows in a row/],
  ['enabled, disabled', /\bswitched (on|off)\b/],
  ['filter, match', /\bonly these\b/i],
  ['permission denied', /is known, but may not/],
  ['someone', /\bsomebody\b/i],
  ['notify', /\bhears? of\b|\b(is|are|be) told\b/],
  ['instead of', /in the place of/],
  ['anyway, nevertheless', /\ball the same\b/],
  ['automatically', /resume[sd]?( \w+)* by itself/],
  ['to try it', /\bfor a trial\b/i],
  ['the maximum is', /\d cannot be\b|\} cannot be[.\u0060]|; known is/],
];

/** Names of nodes. */
const ALLOWED = /FreezeEvidence|Freeze Evidence|Tell Somebody/g;

/** What a user reads, by where: texts with the place of each. */
const SURFACES: Record<string, string[]> = {
  client: ['client/'],
  'nodes and forms': [
    'nodes/',
    'n8n/',
    'node-red/editor/',
    'node-red/runtime/',
    'node-red/transport/',
    'credentials/',
  ],
  'commands and the simulator': ['simulator/', 'scripts/'],
  docs: [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    'docs/',
    'node-red/package-readme.md',
  ],
  examples: ['examples/'],
};

function textsOf(path: string): string[] {
  const content = readFileSync(join(ROOT, path), 'utf8');
  if (!path.endsWith('.ts')) return content.split('\n');
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) texts.push(node.getText());
    else ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, content, ts.ScriptTarget.Latest, true));
  return texts;
}

function filesOf(prefixes: string[]): string[] {
  const listed = execFileSync('git', ['ls-files', ...prefixes], { cwd: ROOT, encoding: 'utf8' });
  return listed.split('\n').filter((path) => /\.(ts|md|json)$/.test(path));
}

it.each(Object.entries(SURFACES))('uses the words of the glossary in %s', (_, prefixes) => {
  const files = filesOf(prefixes);
  expect(files.length).toBeGreaterThan(5);
  const found = files.flatMap((path) =>
    textsOf(path).flatMap((text) =>
      GLOSSARY.flatMap(([use, not]) => {
        const [words] = not.exec(text.replace(ALLOWED, '')) ?? [];
        return words ? [`${path}: "${words}", say "${use}": ${text.trim().slice(0, 120)}`] : [];
      }),
    ),
  );
  expect(found).toEqual([]);
});

it('finds a word that is not in the glossary', () => {
  const hits = GLOSSARY.filter(([, not]) =>
    not.test('The buffer stands still; "x" is no IP address.'),
  );
  expect(hits.map(([use]) => use)).toEqual(['suspend, resume', 'is not a']);
});
