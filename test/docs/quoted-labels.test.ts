import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties } from 'n8n-workflow';
import { AllegroMultimeterPasswordApi } from '../../credentials/AllegroMultimeterPasswordApi.credentials';
import { AllegroMultimeterTokenApi } from '../../credentials/AllegroMultimeterTokenApi.credentials';
import { nodeProperties } from '../../n8n/description/properties';
import { pollProperties, pushProperties } from '../../n8n/description/trigger-properties';
import { described } from '../../node-red/editor/appliance-fields';
import { formFields } from '../../node-red/editor/editor-field';
import { sentencesOf, sourceSentences } from '../../node-red/locales/sentences';
import { paletteDefinitions } from '../../node-red/runtime/nodes/palette-definitions';
import { definitions } from '../../nodes/definitions';
import type { Field } from '../../nodes/definitions/model/field';
import { pollTriggers } from '../../nodes/definitions/triggers';
import { pushedStatisticsTrigger } from '../../nodes/definitions/triggers/pushed-statistics-trigger';

/** Labels of fields and of their choices, by the form that shows them. */
const SHOWN = {
  'n8n/': new Set(
    [
      ...nodeProperties(definitions),
      ...pollProperties(pollTriggers),
      ...pushProperties(pushedStatisticsTrigger),
      ...new AllegroMultimeterTokenApi().properties,
      ...new AllegroMultimeterPasswordApi().properties,
    ].flatMap(labelsInN8n),
  ),
  'node-red/': new Set([
    ...paletteDefinitions.flatMap(formFields).flatMap(labelsOf),
    ...described().map(({ label }) => label),
  ]),
};

function labelsOf(field: Field): string[] {
  const options = field.type === 'options' ? field.options.map(({ label }) => label) : [];
  const columns = field.type === 'list' ? field.columns.flatMap((column) => labelsOf(column)) : [];
  return [field.label, ...options, ...columns];
}

function labelsInN8n(property: object): string[] {
  const { displayName, name, options, values } = property as Partial<INodeProperties> & {
    values?: INodeProperties[];
  };
  const inner = [...((options ?? []) as object[]), ...(values ?? [])].flatMap(labelsInN8n);
  // Without the unit, which only n8n's labels have.
  return [(displayName ?? name ?? '').replace(/ \(.*\)$/, ''), ...inner];
}

const N8N = join(__dirname, '../../n8n');
const all = [
  ...sourceSentences(),
  ...readdirSync(N8N, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => sentencesOf(readFileSync(join(N8N, name), 'utf8'), `n8n/${name}`)),
];

/** Words in quotes or between asterisks that look like a label. */
function quotedIn(template: string): string[] {
  const quoted = template.matchAll(/"([A-Z][^"{}:/]*)"|\*([A-Z][^*{}]*)\*/g);
  return [...quoted].map(([, first, second]) => (first ?? second)!);
}

it('errors and warnings quote only labels that the form of the host has', () => {
  const quotes = all.flatMap(({ template, at }) =>
    quotedIn(template).map((label) => ({ label, at })),
  );
  expect(quotes.length).toBeGreaterThan(30);
  const unknown = quotes.filter(({ label, at }) =>
    Object.entries(SHOWN).some(([host, labels]) => {
      const isShared = !/^(n8n|node-red)\//.test(at);
      return (isShared || at.startsWith(host)) && !labels.has(label);
    }),
  );
  expect(unknown).toEqual([]);
});
