import { inputError } from '../../../client';
import type { RunResult } from '../../../nodes/definitions/model/run-result';
import {
  ENGLISH,
  formText,
  listed,
  say,
  sentences,
  verbatim,
  withTexts,
  type Language,
} from '../../../client/values/sentence';

const TEXTS: Record<string, string> = {
  'The file "{1}" has {2} MB.': '{2} MB hat die Datei „{1}“.',
  'Not kept: {1}.': 'Verworfen: {1}.',
  '{1} [packet was|packets were] read of {2}': '{1} [Paket|Pakete] ({2}) [wurde|wurden] gelesen',
  'no packets': 'keine Pakete',
  'Stop.': 'Halt.',
  Timeout: 'Zeitlimit',
};
const german: Language = {
  text: (english) => TEXTS[english] ?? english,
  number: (value) => String(value).replace('.', ','),
};

it.each([
  [
    'values in another order',
    say`The file "${'a.pcap'}" has ${1.5} MB.`,
    '1,5 MB hat die Datei „a.pcap“.',
  ],
  ['a sentence within', say`Not kept: ${say`no packets`}.`, 'Verworfen: keine Pakete.'],
  ['a sentence without its stop', say`Not kept: ${say`Stop.`.withoutStop()}.`, 'Verworfen: Halt.'],
  ['sentences in a row', sentences(say`Stop.`, undefined, verbatim(''), say`Stop.`), 'Halt. Halt.'],
  ['a list', say`Not kept: ${listed([say`no packets`, 'x'])}.`, 'Verworfen: keine Pakete, x.'],
  ['a label', formText('Timeout'), 'Zeitlimit'],
  ['what was said elsewhere', verbatim('Stop. {1}'), 'Stop. {1}'],
  ['a value that looks like a hole', say`Not kept: ${'{1}'}.`, 'Verworfen: {1}.'],
  [
    'a value that looks like two forms',
    say`Not kept: ${verbatim('[a|b].').withoutStop()}.`,
    'Verworfen: [a|b].',
  ],
  [
    'a value that is far too long',
    say`Not kept: ${'x'.repeat(1e6)}.`,
    `Verworfen: ${'x'.repeat(1000)}….`,
  ],
  ['no translation', say`Unknown.`, 'Unknown.'],
])('shows %s in a language', (_, sentence, text) => {
  expect(sentence.in(german)).toBe(text);
  expect(sentence.in(ENGLISH)).toBe(String(sentence));
});

it('is what an error is made of, and nothing else', () => {
  // @ts-expect-error -- a plain text has no translation
  inputError('host', 'No host.', say`Enter one.`);
  // @ts-expect-error -- nor has one that is glued together
  inputError('host', say`No host.`, `Enter ${'one'}.`);
  // @ts-expect-error -- warnings are sentences too
  const result: RunResult = { json: { warnings: ['No packets.'] } };
  expect(result.json.warnings).toHaveLength(1);
});

it('counts as its English text', () => {
  const sentence = say`The file "${'a'}" has ${2.5} MB.`;
  expect(`${sentence}`).toBe('The file "a" has 2.5 MB.');
  expect(JSON.parse(JSON.stringify({ warnings: [sentence] }))).toEqual({
    warnings: ['The file "a" has 2.5 MB.'],
  });
});

it.each([
  [0, '0 packets were read of a', '0 Pakete (a) wurden gelesen'],
  [1, '1 packet was read of a', '1 Paket (a) wurde gelesen'],
  [2, '2 packets were read of a', '2 Pakete (a) wurden gelesen'],
])('says %d as %s', (count, english, text) => {
  const sentence = say`${count} [packet was|packets were] read of ${'a'}`;
  expect(String(sentence)).toBe(english);
  expect(sentence.in(german)).toBe(text);
});

it.each([
  ['a value that looks like two forms', say`${1} of ${'[a|b]'}`, '1 of [a|b]'],
  ['the last number', say`${1} of ${2} [row|rows], ${1} [byte|bytes]`, '1 of 2 rows, 1 byte'],
  ['no number', say`${'1'} [row|rows]`, '1 rows'],
])('chooses a form by %s', (_, sentence, text) => expect(String(sentence)).toBe(text));

it('replaces the sentences of data, and copies nothing else', () => {
  const rows = [{ bytes: 1 }];
  const date = new Date(0);
  const data = {
    rows,
    date,
    warnings: [say`Stop.`],
    error: { what: say`no packets`, status: 404 },
  };
  const shown = withTexts(data, german);
  expect(shown).toStrictEqual({
    ...{ rows, date },
    warnings: ['Halt.'],
    error: { what: 'keine Pakete', status: 404 },
  });
  expect(shown.rows).toBe(rows);
  expect(withTexts(rows, german)).toBe(rows);
});
