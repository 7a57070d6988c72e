import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readGerman } from '../../../node-red/locales/text';
import { paletteDefinitions } from '../../../node-red/runtime/nodes/palette-definitions';

const GLOSSARY = readGlossary();
const TEXTS = [...readGerman()];

/** Names that stay English inside German texts. */
const NAMES = new RegExp(
  [...paletteDefinitions.map(({ label }) => label), 'Parallel PCAP analysis'].join('|'),
  'g',
);

/** The "not" column of the glossary, by the German term to use. */
function readGlossary(): Array<[use: string, not: RegExp]> {
  const page = readFileSync(join(__dirname, '../../../node-red/locales/README.md'), 'utf8');
  return [...page.matchAll(/^\| (?!-|English)[^|]+\| ([^|]+?) +\| ([^|]+?) +\|$/gm)].map(
    ([, use = '', not = '']) => {
      const words = not.split(/, (?!der)/).join('|');
      return [use, new RegExp(`(?<![\\p{L}-])(${words})(?![\\p{L}-])`, 'u')];
    },
  );
}

/** Each problem with a German text, by what the test looks for. */
const RULES: Record<string, (german: string, english: string) => string[]> = {
  'uses the words of the glossary': (german) =>
    GLOSSARY.flatMap(([use, not]) => {
      const [word] = not.exec(german.replace(NAMES, '')) ?? [];
      return word ? [`"${word}", say "${use}"`] : [];
    }),
  'quotes labels in German': (german, english) =>
    [...german.matchAll(/„([^“]+)“/g)]
      .map(([, quoted = '']) => quoted)
      .filter((quoted) => !LABELS.has(quoted) && !english.includes(quoted) && !VALUES.has(quoted)),
  'writes numbers in German form': (german) =>
    german.match(/\d,000\b|\d\.\d{1,2} ?(?:[kMG]?B|%|s)\b/g) ?? [],
  'describes a switch by what it does': (german, english) =>
    english.startsWith('Whether to ') && german.startsWith('Ob ') ? ['Ob'] : [],
  'ends like the English text': (german, english) =>
    german.endsWith('.') === english.endsWith('.') ? [] : [english],
};

const LABELS = new Set(TEXTS.map(([, german]) => german));
const VALUES = new Set(['gerät:1', 'http in', 'http response']);

it.each(Object.entries(RULES))('every German text %s', (_, problemsOf) => {
  const found = TEXTS.filter(([, german]) => german !== '').flatMap(([english, german]) =>
    problemsOf(german, english).map((problem) => `${problem}: ${german}`),
  );
  expect(found).toEqual([]);
});

it.each([
  ['uses the words of the glossary', 'Der Knoten wartet', 'The node waits', '"Knoten"'],
  ['quotes labels in German', 'Siehe „Anzahl“', 'See Limit', 'Anzahl'],
  ['writes numbers in German form', '1,000 Zeilen', '1,000 rows', ',000'],
  ['writes numbers in German form', '1.5 MB', '1.5 MB', '1.5 MB'],
  ['describes a switch by what it does', 'Ob gewartet wird', 'Whether to wait', 'Ob'],
  ['ends like the English text', 'Fertig', 'Done.', 'Done.'],
])('finds a text that breaks the rule: %s', (rule, german, english, problem) => {
  expect(RULES[rule]!(german, english)).toEqual([expect.stringContaining(problem)]);
});

it('reads the glossary from the page for contributors', () => {
  expect(GLOSSARY.length).toBeGreaterThan(20);
});
