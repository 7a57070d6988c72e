import { AllegroError, inputError } from '../../../../client';
import { formText, say, verbatim } from '../../../../client/values/sentence';
import { english, readGerman, translated } from '../../../../node-red/locales/text';
import { UnsetVariable } from '../../../../node-red/runtime/config-node/appliance-settings';
import { writeFailure } from '../../../../node-red/runtime/files/file-failure';
import { toNodeFailure } from '../../../../node-red/runtime/nodes/node-failure';
import { languageOf } from '../../../../node-red/runtime/values/language';

const german = { _: translated(readGerman()) };
const messageOf = (thrown: unknown, RED = german) => toNodeFailure(RED, thrown).error.message;
const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });

it.each([
  [
    'with the label of a field, and a number',
    inputError(
      'size',
      say`"${formText('Size Limit')}" is out of range: ${1.5}.`,
      say`Enter a number.`,
    ),
    '„Max. Größe“ liegt außerhalb des zulässigen Bereichs: 1,5. Geben Sie eine Zahl ein.',
  ],
  [
    'with its request, and the words of the appliance as they are',
    new AllegroError({
      kind: 'refused',
      what: say`The appliance refused the request`,
      advice: say`Try again.`,
      ...{ device: 'https://a', path: '/API/x', answer: 'Try later.' },
    }),
    'Die Appliance hat die Anfrage abgelehnt Die Appliance antwortete: „Try later“. Try again. Anfrage: /API/x an https://a',
  ],
  [
    'of a file',
    writeFailure('/data/a.pcap', full),
    'Die Datei /data/a.pcap lässt sich nicht schreiben (ENOSPC). Nichts davon wurde behalten. Der Datenträger ist voll: Schaffen Sie Platz, wählen Sie einen anderen Ordner, oder setzen Sie eine Höchstgröße.',
  ],
  ['that another package throws', new Error('Enter a number.'), 'Enter a number.'],
])('tells an error in German: %s', (_, thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});

it('keeps the facts for a flow to branch on', () => {
  const thrown = inputError('limit', say`Enter a number.`, verbatim('A word.'));
  const { error } = toNodeFailure(german, thrown);
  expect(error).toMatchObject({
    code: 'ALLEGRO_INPUT',
    cause: { kind: 'input', field: 'limit', what: 'Geben Sie eine Zahl ein.', advice: 'A word.' },
  });
});

it('names a variable in the status', () => {
  const { status } = toNodeFailure(german, new UnsetVariable('baseUrl', 'ALLEGRO_URL'));
  expect(status.text).toBe('$ALLEGRO_URL nicht gesetzt');
});

it.each([
  ['English', english],
  ['a language without texts', (text: string) => (text === 'en-US' ? 'fr-FR' : text)],
])('stays English in %s', (_, text) => {
  const sentence = say`"${formText('Size Limit')}" is out of range: ${1234.5}.`;
  expect(languageOf({ _: text }).show(sentence)).toBe('"Size Limit" is out of range: 1234.5.');
});
