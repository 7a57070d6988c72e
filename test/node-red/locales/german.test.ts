import { generateFiles, nodeTypes } from '../../../node-red/editor/generate';
import { gapsOf, germanGaps } from '../../../node-red/locales/gaps';
import { sentencesOf, sourceSentences } from '../../../node-red/locales/sentences';
import { readGerman, translated } from '../../../node-red/locales/text';

const german = readGerman();
const files = generateFiles();

describe('the German texts', () => {
  /** To mend it: `npm run generate`. */
  it('have an entry for every text of the definitions, forms and help', () => {
    expect(germanGaps().missing).toEqual([]);
  });

  /** An English text that was changed shows here with its old words. */
  it('hold nothing that is not used any more', () => {
    expect(germanGaps().stale).toEqual([]);
  });

  it('are told apart when one is missing or stale', () => {
    const [first, ...others] = [...german];
    const changed = new Map([...others, ['Words of an older version', 'Alte Worte']]);
    expect(gapsOf(changed)).toMatchObject({
      missing: [first![0]],
      stale: ['Words of an older version'],
    });
  });

  it('may wait for a translation until the next release', () => {
    const [text] = [...german.keys()] as [string];
    const waiting = new Map([...german, [text, '']]);
    expect(gapsOf(waiting).missing).toEqual([]);
    expect(gapsOf(waiting).blank).toContain(text);
    expect(translated(waiting)(text)).toBe(text);
  });

  it.each([...german].filter(([, translation]) => translation))(
    'keep names and placeholders: %s',
    (english, translation) => {
      const names = /__[a-zA-Z]+__|\{\d+\}|\bmsg\.[a-zA-Z.]*[a-zA-Z]|\bALLEGRO_[A-Z_]+|\$\{NAME\}/g;
      const namesOf = (text: string) => [...new Set(text.match(names) ?? [])].sort();
      expect(namesOf(translation)).toEqual(namesOf(english));
      // A translation that is a plain copy of a sentence was forgotten.
      if (english.replace(/\{\d+\}/g, '').split(/\P{L}+/u).length > 4)
        expect(translation).not.toBe(english);
    },
  );
});

/** Verbs, and what only comes in numbers above 1. */
const NOT_PLURAL = new Set(
  'is was has its does begins belongs exists characters levels interfaces'.split(' '),
);

describe('errors and warnings', () => {
  it('are sentences whose values are no English words', () => {
    expect(sourceSentences().length).toBeGreaterThan(500);
    expect(sourceSentences().filter(({ fragments }) => fragments.length > 0)).toEqual([]);
  });

  it.each([
    ['English', sourceSentences().map(({ template }) => template)],
    ['German', [...german.values()]],
  ])('are right beside a 1 in %s', (language, texts) => {
    const forms = texts.flatMap((text) => [...text.matchAll(/\[[^|\]]*\|(\p{L}+)/gu)]);
    const plurals = new Set(forms.map(([, plural]) => plural));
    expect(plurals.size).toBeGreaterThan(10);
    const isPlural = (word: string) =>
      plurals.has(word) || (language === 'English' && /[^s]s$/.test(word) && !NOT_PLURAL.has(word));
    const found = texts
      .map((text) => text.replace(/\{\d+\}/g, '1').replace(/\[([^|\]]*)\|[^\]]*\]/g, '$1'))
      .filter((text) =>
        [...text.matchAll(/\b1 (?!The |Die )(\p{L}+)(?: (\p{L}+))?/gu)].some((words) =>
          words.slice(1).some((word) => word !== undefined && isPlural(word)),
        ),
      );
    expect(found).toEqual([]);
  });

  it.each([
    ['say`Saved.`', 'Saved.', []],
    ['say`The file ${name} has ${size} bytes.`', 'The file {1} has {2} bytes.', []],
    ["say`It is ${isOn ? 'on' : 'off'}.`", 'It is {1}.', ['on', 'off']],
    ["say`It was ${state ?? 'unknown'}.`", 'It was {1}.', ['unknown']],
    ['say`Read${known ? ` of ${total}` : ""}.`', 'Read{1}.', ['` of ${total}`']],
    ["say`Lists ${names.join(', ')} and ${say`more`}.`", 'Lists {1} and {2}.', []],
  ])('are found in %s', (source, template, fragments) => {
    expect(sentencesOf(source, 'a.ts')[0]).toEqual({ template, at: 'a.ts:1', fragments });
  });
});

describe.each(nodeTypes())('the catalogues of %s', (type) => {
  const read = (language: string) =>
    JSON.parse(files.get(`dist/nodes/locales/${language}/${type}.json`)!) as object;

  it('have the same keys in both languages', () => {
    expect(keysOf(read('de'))).toEqual(keysOf(read('en-US')));
  });

  it('come with help in both languages, of the same structure', () => {
    const tags = (language: string) =>
      files.get(`dist/nodes/locales/${language}/${type}.html`)!.match(/<\/?[a-z0-9]+/g);
    expect(tags('de')).toEqual(tags('en-US'));
    expect(files.get(`dist/nodes/locales/de/${type}.html`)).toContain('<h3>Referenzen</h3>');
  });
});

it('stays English where a translation is missing', () => {
  const text = translated(new Map([['Output', 'Ausgabe']]));
  expect([text('Output'), text('Path'), text('At least __min__', { min: '3' })]).toEqual([
    'Ausgabe',
    'Path',
    'At least 3',
  ]);
});

function keysOf(tree: object, path = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? keysOf(value as object, `${path}${key}.`)
      : [path + key],
  );
}
