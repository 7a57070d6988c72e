import type { INodeProperties } from 'n8n-workflow';
import { operationsOf } from '../n8n/description/operations';
import { OPTIONS_NAME } from '../n8n/description/properties';
import { catalogueOf, type Catalogue } from '../node-red/editor/catalogue';
import { fieldDefaults, newProperties } from '../node-red/editor/defaults';
import { editorFields, editorForm } from '../node-red/editor/editor-field';
import { helpHtml } from '../node-red/editor/help';
import { triggerHelpHtml } from '../node-red/editor/trigger-help';
import { AllegroMultimeter } from '../nodes/AllegroMultimeter/AllegroMultimeter.node';
import { AllegroMultimeterPushTrigger } from '../nodes/AllegroMultimeterPushTrigger/AllegroMultimeterPushTrigger.node';
import { AllegroMultimeterTrigger } from '../nodes/AllegroMultimeterTrigger/AllegroMultimeterTrigger.node';
import { definitions } from '../nodes/definitions';
import type { NodeDefinition } from '../nodes/definitions/model/define-node';
import { triggers } from '../nodes/definitions/triggers';
import type { TriggerDefinition } from '../nodes/definitions/triggers/trigger';
import type { Field } from '../nodes/definitions/model/field';

/**
 * What the two hosts do not have in common, with the reason. Names of definitions' fields go as
 * `definition.field`; what a host adds of its own goes by its name.
 */
const DIFFERENCES = {
  n8n: {
    authentication: 'which of two credentials: Node-RED has one config node for both',
    resource: "the definition's group: Node-RED has it as a palette category",
    operation: 'which definition: Node-RED has a node for each',
    outputBinaryField: "where a file goes: n8n's binary data",
    simplify: 'short results for the next node and for agents: Node-RED hands on all of msg',
    maxParallel: 'how many items are worked on at once; for messages, Node-RED has whenBusy',
  } as Record<string, string>,
  nodeRed: {
    name: 'the label in the flow: n8n has one on every node itself',
    version: 'for migrations: n8n has typeVersion',
    appliance: 'the config node: n8n has credentials',
    fileTarget: 'where a file goes: on disk or into a buffer; n8n keeps binary data itself',
    fileFolder: 'as fileTarget',
    fileExists: 'as fileTarget',
    bufferLimit: 'as fileTarget',
    fileName: 'as fileTarget',
    createFolder: 'as fileTarget',
    whenBusy: 'messages arrive while a node works; n8n runs items one after the other',
    maxParallel: 'as whenBusy',
    maxWaiting: 'as whenBusy',
    pollSeconds: "how often a trigger polls: n8n's own Poll Times",
    urlPath: 'where pushed statistics go: n8n makes the URL of a webhook itself',
  } as Record<string, string>,
  /** Defaults that have to differ. */
  defaults: {
    file: 'n8n names a binary field, "data" as all its nodes do; Node-RED takes the message',
  } as Record<string, string>,
};

const { properties } = new AllegroMultimeter().description;
const polled = new AllegroMultimeterTrigger().description.properties;
const pushed = new AllegroMultimeterPushTrigger().description.properties;

type Definition = NodeDefinition | TriggerDefinition;

/**
 * The n8n properties of one operation or trigger by name, those of its Options collection among
 * them.
 */
function n8nProperties(definition: Definition): Map<string, INodeProperties> {
  const { name } = definition;
  const isOwn = ({ displayOptions }: INodeProperties) =>
    [
      ...(displayOptions?.show?.operation ?? []),
      ...(displayOptions?.show?.triggerOn ?? []),
    ].includes(name);
  const isPush = 'kind' in definition && definition.kind === 'push';
  const own = isPush ? pushed : [...properties, ...polled].filter(isOwn);
  const entries = own.flatMap((property) =>
    property.name === OPTIONS_NAME ? (property.options as INodeProperties[]) : [property],
  );
  return new Map(entries.map((property) => [property.name, property]));
}

/** What a node may store, with what stands for what is missing. */
function defaultProperties(definition: Definition): Record<string, unknown> {
  return { ...newProperties(definition), ...fieldDefaults(definition) };
}

/** The default as the definition would have it. */
function plainDefault(field: Field, value: unknown): unknown {
  if (field.type === 'list') return JSON.stringify(value) === '{}' ? [] : value;
  const isLocator = typeof value === 'object' && value !== null && '__rl' in value;
  const locator = value as { mode?: string; value?: unknown } | null;
  const plain = isLocator || locator?.mode ? locator?.value : value;
  if (field.type !== 'number') return plain;
  return plain === '' || plain === null ? null : Number(plain);
}

/** In n8n its values are operations. */
const isVariantsField = (definition: Definition, name: string): boolean =>
  'variants' in definition && definition.variants?.field === name;

function offeredInN8n(definition: Definition, name: string): unknown[] {
  if (!isVariantsField(definition, name)) {
    const offered = n8nProperties(definition).get(name)!.options as Array<{ value: string }>;
    return offered.map(({ value }) => value);
  }
  return operationsOf([definition as NodeDefinition]).map(({ fixed }) => fixed[name]);
}

const all: readonly Definition[] = [...definitions, ...triggers];

describe.each(all.map((definition) => [definition.name, definition] as const))(
  '%s in both hosts',
  (_, definition) => {
    const inN8n = n8nProperties(definition);
    const inNodeRed = defaultProperties(definition);
    const { warnings: warningsShown = [] } = editorForm(definition);
    const texts = catalogueOf(definition).fields as Record<string, Catalogue>;
    const help = 'kind' in definition ? triggerHelpHtml(definition) : helpHtml(definition);

    it.each(definition.fields.map((field) => [field.name, field] as const))(
      'has the field %s with its default',
      (name, field) => {
        expect(inNodeRed).toHaveProperty(name);
        expect(texts[name]!.label).toBe(field.label);
        expect(texts[name]!.description).toContain(field.description.slice(1));
        if (isVariantsField(definition, name)) return;
        expect(inN8n.has(name)).toBe(field.onlyIn === undefined);
        if (field.onlyIn) return;
        if (field.type in DIFFERENCES.defaults) return;
        const { itemProperty } = field;
        expect(plainDefault(field, inN8n.get(name)!.default)).toEqual(
          itemProperty === undefined ? field.default : `={{ $json.${itemProperty} }}`,
        );
        if (itemProperty) expect(field.messageProperty).toBe(`payload.${itemProperty}`);
        const text = field.type === 'list' ? '' : String(field.default ?? '');
        expect(inNodeRed[name]).toBe(text);
        if (field.type === 'list') expect(inNodeRed[`${name}Rows`]).toEqual([]);
      },
    );

    it('says what comes out of several devices where it runs on several', () => {
      const isFor = definition.fields.some(({ name }) => name === 'deviceScope');
      expect(help.includes('Each device returns a result')).toBe(isFor);
      expect(help.includes('<dt class="optional">parts ')).toBe(isFor);
    });

    it('offers the same choices', () => {
      for (const field of definition.fields) {
        if (field.type !== 'options') continue;
        const values = field.options.map(({ value }) => value);
        expect(offeredInN8n(definition, field.name)).toEqual(values);
        const inForm = editorFields(definition).find(({ name }) => name === field.name)!;
        expect(inForm.options).toEqual(values);
      }
    });

    it('has the same columns in rows', () => {
      for (const field of definition.fields) {
        if (field.type !== 'list') continue;
        const [{ values }] = inN8n.get(field.name)!.options as Array<{ values: INodeProperties[] }>;
        const columns = field.columns.map((column) => [column.name, column.default]);
        expect(values.map((value) => [value.name, value.default])).toEqual(columns);
        const inForm = editorFields(definition).find(({ name }) => name === field.name)!;
        expect(inForm.columns!.map(({ name }) => name)).toEqual(columns.map(([name]) => name));
      }
    });

    it('has nothing beside them but what is listed', () => {
      const known = new Set(definition.fields.map(({ name }) => name));
      const beside = [...inN8n]
        .filter(([, { type }]) => type !== 'notice')
        .map(([name]) => name)
        .filter((name) => !known.has(name));
      expect(beside.filter((name) => !(name in DIFFERENCES.n8n))).toEqual([]);
      const own = Object.keys(inNodeRed)
        .map((name) => name.replace(/(?<=.)(Type|Rows)$/, ''))
        .filter((name) => !known.has(name));
      expect(own.filter((name) => !(name in DIFFERENCES.nodeRed))).toEqual([]);
    });

    it('warns in both, or in neither', () => {
      const notices = [...inN8n.values()].filter(
        ({ type, name }) => type === 'notice' && name !== 'howTo',
      );
      const texts = (definition.warnings ?? []).map(({ text }) => text);
      expect(notices.map(({ displayName }) => displayName)).toEqual(texts);
      const conditions = (definition.warnings ?? []).map(({ showWhen = {} }) => showWhen);
      expect(warningsShown).toEqual(conditions);
    });
  },
);

it('lists no difference that is none', () => {
  const names = new Set([
    ...properties.map(({ name }) => name),
    ...all.flatMap((definition) => Object.keys(defaultProperties(definition))),
  ]);
  const listed = [...Object.keys(DIFFERENCES.n8n), ...Object.keys(DIFFERENCES.nodeRed)];
  expect(listed.filter((name) => !names.has(name))).toEqual([]);
});

/** n8n has a node for each trigger; what is the same in both hosts is checked here for Node-RED. */
describe.each(triggers.map((trigger) => [trigger.name, trigger] as const))(
  'the trigger %s in Node-RED',
  (_, trigger) => {
    const inNodeRed = defaultProperties(trigger);

    it.each(trigger.fields.map((field) => [field.name, field] as const))(
      'has the field %s with its default',
      (name, field) => {
        expect(inNodeRed[name]).toBe(String(field.default ?? ''));
        const inForm = editorFields(trigger).find((one) => one.name === name)!;
        expect(inForm).not.toHaveProperty('messageProperty');
        if (field.type !== 'options') return;
        const values = field.options.map(({ value }) => value);
        expect(inForm.options).toEqual(values);
      },
    );

    it('has nothing beside them but what the host needs', () => {
      const known = new Set(trigger.fields.map(({ name }) => name));
      const own = Object.keys(inNodeRed)
        .map((name) => name.replace(/(?<=.)Type$/, ''))
        .filter((name) => !known.has(name));
      const host = trigger.kind === 'poll' ? ['appliance', 'pollSeconds'] : ['urlPath'];
      expect([...new Set(own)].sort()).toEqual([...host, 'name', 'version'].sort());
    });
  },
);
