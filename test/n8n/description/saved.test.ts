import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties } from 'n8n-workflow';
import { nodeProperties, OPTIONS_NAME } from '../../../n8n/description/properties';
import { definitions } from '../../../nodes/definitions';

/** What the first version refused when it was left blank: another default changes no run of it. */
const REFUSED_BLANK: Readonly<Record<string, readonly string[]>> = { waitForAnalysis: ['device'] };

type Defaults = Record<string, Record<string, unknown>>;

const properties = nodeProperties(definitions);

/**
 * n8n saves of a node only what differs from the defaults. So a default that changes, the first
 * operation of a resource among them, changes what saved workflows do. Here stand those of the first
 * version; a new one needs a new `version` of the node with its own properties.
 */
describe('a workflow that the first version saved', () => {
  const path = join(__dirname, 'n8n-defaults-0.1.0.json');
  const { resource, operations, fields } = JSON.parse(readFileSync(path, 'utf8')) as {
    resource: string;
    operations: Record<string, string>;
    fields: Defaults;
  };

  it('means the same resource', () => {
    expect(named('resource')[0]!.default).toBe(resource);
  });

  it.each(Object.entries(operations))('means the same operation of %s', (name, operation) => {
    const own = named('operation').find(({ displayOptions }) =>
      displayOptions?.show?.resource?.includes(name),
    );
    expect(own?.default).toBe(operation);
  });

  it.each(Object.entries(fields))('means the same by what is left away in %s', (name, defaults) => {
    const now = defaultsOf(name);
    for (const [field, value] of Object.entries(defaults)) {
      if (value === '' && REFUSED_BLANK[name]?.includes(field)) continue;
      expect([field, plain(now[field])]).toEqual([field, plain(value)]);
    }
  });

  function named(name: string): INodeProperties[] {
    return properties.filter((property) => property.name === name);
  }
});

/** Defaults of an operation's fields; those with a list to pick from as the plain value in them. */
function defaultsOf(operation: string): Record<string, unknown> {
  const own = properties
    .filter(({ displayOptions }) => displayOptions?.show?.operation?.includes(operation))
    .flatMap((property) =>
      property.name === OPTIONS_NAME ? (property.options as INodeProperties[]) : [property],
    )
    .filter(({ type }) => type !== 'notice');
  return Object.fromEntries(
    own.map(({ name, type, default: value }) => [
      name,
      type === 'resourceLocator' ? (value as { value: unknown }).value : value,
    ]),
  );
}

/** As text, because a list to pick from holds numbers so; blank is blank. */
function plain(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
