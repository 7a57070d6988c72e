import type { Field } from '../../../nodes/definitions/model/field';
import { formFields } from '../../../node-red/editor/editor-field';
import { generateFiles } from '../../../node-red/editor/generate';
import { english, readGerman, translated } from '../../../node-red/locales/text';
import { paletteDefinitions } from '../../../node-red/runtime/nodes/palette-definitions';

const german = translated(readGerman());

describe.each(paletteDefinitions)('the form of $name', (definition) => {
  it.each([
    ['en', english],
    ['de', german],
  ])('has no two fields of one label side by side, in %s', (_language, text) => {
    const fields = formFields(definition);
    const twins = fields.flatMap((field, index) =>
      fields
        .slice(index + 1)
        .filter((other) => text(other.label) === text(field.label))
        .filter((other) => canShowTogether(fields, field, other))
        .map((other) => [field.name, other.name, text(field.label)]),
    );
    expect(twins).toEqual([]);
  });
});

it('tells fields that never show together from those that may', () => {
  const fields = paletteDefinitions.flatMap((definition) =>
    definition.name === 'capturePcap' ? formFields(definition) : [],
  );
  const named = (name: string) => fields.find((field) => field.name === name)!;
  expect(canShowTogether(fields, named('liveSeconds'), named('aroundTime'))).toBe(false);
  expect(canShowTogether(fields, named('secondsBefore'), named('aroundTime'))).toBe(true);
});

describe('the texts of the editor', () => {
  const shown = [...generateFiles()].filter(([path]) => /\.(html|json)$/.test(path));

  it.each(shown)('%s speaks of Node-RED, not of another host', (_path, content) => {
    // Samples name the properties of the results, which are the same in every host.
    const text = content.replace(/<pre>[\s\S]*?<\/pre>/g, '');
    expect(text.match(/.{0,60}\b(?:n8n|workflows?)\b.{0,40}/gi) ?? []).toEqual([]);
  });
});

/** Whether no condition of one field rules out the other. */
function canShowTogether(fields: readonly Field[], one: Field, other: Field): boolean {
  const conditions = conditionsOf(fields, one);
  return conditionsOf(fields, other).every(([name, wanted]) =>
    conditions
      .filter(([otherName]) => otherName === name)
      .every(([, otherWanted]) => otherWanted.some((value) => wanted.includes(value))),
  );
}

/** Its own conditions, and those of the fields that they name. */
function conditionsOf(fields: readonly Field[], field: Field): Array<[string, string[]]> {
  return Object.entries(field.showWhen ?? {}).flatMap(([name, wanted]) => {
    const controlling = fields.find((candidate) => candidate.name === name);
    const own: [string, string[]] = [name, wanted.map(String)];
    return [own, ...(controlling ? conditionsOf(fields, controlling) : [])];
  });
}
