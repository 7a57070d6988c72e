import type { INodeProperties } from 'n8n-workflow';
import { OPTIONS_NAME } from '../../../../n8n/description/properties';

type Values = Record<string, unknown>;

/** How a form is filled once: which choices are made first, and which fields show then. */
export interface Variant {
  choices: Values;
  /** To be filled here; each field of the form is in one variant. */
  fields: INodeProperties[];
  /** The same for what is in the Options collection. */
  options: INodeProperties[];
}

/**
 * The ways in which a form has to be filled so that each of its fields was seen: first as it opens,
 * then with each choice that brings up further fields.
 *
 * @param properties those of one operation, in the order of the form
 */
export function variantsOf(properties: readonly INodeProperties[]): Variant[] {
  const collection = properties.find(({ name }) => name === OPTIONS_NAME);
  const options = (collection?.options ?? []) as INodeProperties[];
  const fields = properties.filter(({ name, type }) => name !== OPTIONS_NAME && type !== 'notice');
  const all = [...fields, ...options];
  const choosers = all.filter(({ name }) => isChooser(name, all));
  const seen = new Set<INodeProperties>(choosers);
  const variants: Variant[] = [];
  for (const choices of [{}, ...choosers.flatMap((chooser) => otherChoices(chooser, choosers))]) {
    const values = { ...defaultsOf(all), ...choices };
    const isNew = (property: INodeProperties) => !seen.has(property) && isShown(property, values);
    const variant = { choices, fields: fields.filter(isNew), options: options.filter(isNew) };
    const brought = [...variant.fields, ...variant.options];
    const isFirst = variants.length === 0;
    const isOnlyUse = !variants.some((other) => lastKey(choices) in other.choices);
    if (!isFirst && brought.length === 0 && !isOnlyUse) continue;
    brought.forEach((property) => seen.add(property));
    variants.push(variant);
  }
  return variants;
}

/** Fields that no variant shows; a form that has some cannot be filled in whole. */
export function neverShown(
  properties: readonly INodeProperties[],
  variants: readonly Variant[],
): string[] {
  const seen = new Set(
    variants.flatMap(({ choices, fields, options }) => [
      ...Object.keys(choices),
      ...[...fields, ...options].map(({ name }) => name),
    ]),
  );
  return properties
    .flatMap((property) =>
      property.name === OPTIONS_NAME ? (property.options as INodeProperties[]) : [property],
    )
    .filter(({ type, name }) => type !== 'notice' && !seen.has(name))
    .map(({ name }) => name);
}

function isChooser(name: string, all: readonly INodeProperties[]): boolean {
  return all.some((one) => name in conditionsOf(one) || name in conditionsOf(one, 'hide'));
}

/** Each other value of a field, together with what makes the field show at all. */
function otherChoices(chooser: INodeProperties, choosers: readonly INodeProperties[]): Values[] {
  const parents = Object.fromEntries(
    Object.entries(conditionsOf(chooser))
      .filter(([name]) => choosers.find((other) => other.name === name))
      .map(([name, [first]]) => [name, first]),
  );
  return valuesOf(chooser)
    .filter((value) => value !== chooser.default)
    .map((value) => ({ ...parents, [chooser.name]: value }));
}

function valuesOf({ type, options }: INodeProperties): unknown[] {
  if (type === 'boolean') return [true, false];
  return (options as Array<{ value: unknown }>).map(({ value }) => value);
}

/** Without those on resource and operation, which hold for the whole form. */
function conditionsOf(
  { displayOptions }: INodeProperties,
  kind: 'show' | 'hide' = 'show',
): Record<string, unknown[]> {
  const entries = Object.entries(displayOptions?.[kind] ?? {})
    .map(([name, values]) => [name.replace(/^\//, ''), values as unknown[]] as const)
    .filter(([name]) => !['resource', 'operation', 'triggerOn'].includes(name));
  return Object.fromEntries(entries);
}

/** Whether a form shows the field with these values. */
export function isShown(property: INodeProperties, values: Values): boolean {
  const holds = ([name, wanted]: [string, unknown[]]) => wanted.includes(values[name]);
  return (
    Object.entries(conditionsOf(property)).every(holds) &&
    !Object.entries(conditionsOf(property, 'hide')).some(holds)
  );
}

export function defaultsOf(fields: readonly INodeProperties[]): Values {
  return Object.fromEntries(fields.map(({ name, default: value }) => [name, value]));
}

function lastKey(choices: Values): string {
  return Object.keys(choices).at(-1) ?? '';
}
