import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import type { NodeDefinition, Warning } from '../../nodes/definitions/model/define-node';
import type { Field } from '../../nodes/definitions/model/field';
import { needsAppliance } from '../../nodes/definitions/model/start-run';
import { EVIDENCE_FIELD_NAME } from '../../nodes/definitions/fields/capture-fields';
import { docsLink } from './docs';
import { fieldProperties, fieldProperty, showOnly, showWithin } from './field-properties';
import { noticeProperty } from './notice';
import { operationNames, operationsOf } from './operations';

/** Name of the collection that holds the fields which are rarely needed. */
export const OPTIONS_NAME = 'options';
/** How many items a node works on at once; a matter of n8n alone, because Node-RED gets messages. */
export const MAX_PARALLEL = {
  name: 'maxParallel',
  label: 'Max Parallel',
  min: 1,
  max: 16,
} as const;
/** Name of the parameter for the binary field of an output file. */
export const OUTPUT_FIELD_NAME = 'outputBinaryField';

/**
 * All properties of the action node, generated from the definitions. n8n saves only what differs from
 * the defaults: once released, a changed default (the first operation of a resource is one) changes
 * saved workflows, and needs a new `version` of the node.
 */
export function nodeProperties(definitions: readonly NodeDefinition[]): INodeProperties[] {
  return [
    { ...authenticationProperty, ...hideForLocal(definitions) },
    resourceProperty(definitions),
    ...groupsOf(definitions).map((group) =>
      operationProperty(
        group,
        definitions.filter((definition) => definition.group === group),
      ),
    ),
    ...definitions.flatMap(operationFields),
  ];
}

/** The line below the node's name on the canvas: what the operation is called without its resource. */
export function operationSubtitle(definitions: readonly NodeDefinition[]): string {
  const operations = operationsOf(definitions);
  const labels = Object.fromEntries(operations.map(({ name, label }) => [name, label]));
  return `={{ (${JSON.stringify(labels)})[$parameter["operation"]] }}`;
}

/** The value of the `resource` parameter for a group, e.g. `ringBuffer`. */
export function resourceValue(group: NodeDefinition['group']): string {
  const [first, ...others] = group.split(' ');
  return [first.toLowerCase(), ...others].join('');
}

/** Operations that need no appliance need no credential either. */
function hideForLocal(definitions: readonly NodeDefinition[]): {
  displayOptions?: IDisplayOptions;
} {
  const local = definitions.filter((definition) => !needsAppliance(definition));
  if (local.length === 0) return {};
  return { displayOptions: { hide: { operation: local.map(({ name }) => name) } } };
}

export const authenticationProperty: INodeProperties = {
  displayName: 'Authentication',
  name: 'authentication',
  type: 'options',
  noDataExpression: true,
  default: 'token',
  options: [
    {
      name: 'API Token',
      value: 'token',
      description: 'Recommended, needs firmware 4.2 or later',
    },
    {
      name: 'User and Password',
      value: 'password',
      description: 'Each login is an entry in the event log of the appliance',
    },
  ],
};

function resourceProperty(definitions: readonly NodeDefinition[]): INodeProperties {
  const groups = groupsOf(definitions);
  return {
    displayName: 'Resource',
    name: 'resource',
    type: 'options',
    noDataExpression: true,
    options: groups.map((group) => ({ name: group, value: resourceValue(group) })),
    default: resourceValue(groups[0]),
  };
}

function operationProperty(
  group: NodeDefinition['group'],
  members: readonly NodeDefinition[],
): INodeProperties {
  return {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    displayOptions: { show: { resource: [resourceValue(group)] } },
    options: operationsOf(members).map(({ verb, name, action, description }) => ({
      name: verb,
      value: name,
      action,
      description,
    })),
    default: members[0].name,
  };
}

function operationFields(definition: NodeDefinition): INodeProperties[] {
  const { group, producesFile, fileWhen, recordProperties } = definition;
  const show = { resource: [resourceValue(group)], operation: operationNames(definition) };
  const output = { ...outputField, ...showOnly(fileWhen) };
  const warnings = definition.warnings?.map((warning) => warningOf(definition, warning));
  return formOf({ ...definition, warnings }, show, producesFile ? [output] : [], [
    ...(recordProperties ? [simplifyProperty] : []),
    parallelProperty,
  ]);
}

/** A condition on what the operation decides is one on the operation. */
function warningOf(definition: NodeDefinition, warning: Warning): Warning {
  const { [definition.variants?.field ?? '']: values, ...rest } = warning.showWhen ?? {};
  if (!values) return warning;
  const names = operationsOf([definition])
    .filter(({ fixed }) => Object.values(fixed).some((value) => values.includes(value as string)))
    .map(({ name }) => name);
  return { ...warning, showWhen: { ...rest, operation: names } };
}

/**
 * One form of several in a node: what must be known first, the fields, and those that are rarely
 * needed in a collection.
 *
 * @param show the choice that this form belongs to, where the node has several
 * @param beside properties that n8n adds, before the rarely needed ones
 * @param extra options that n8n adds to those
 */
export function formOf(
  {
    name,
    fields: all,
    warnings = [],
    variants,
  }: Pick<NodeDefinition, 'name' | 'fields' | 'warnings' | 'variants'>,
  show?: IDisplayOptions['show'],
  beside: readonly INodeProperties[] = [],
  extra: readonly INodeProperties[] = [],
): INodeProperties[] {
  const fields = all.filter(
    (field) => field.name !== variants?.field && field.onlyIn === undefined,
  );
  const main = fields.filter(({ advanced }) => !advanced);
  const advanced = fields.filter((field) => field.advanced);
  const properties = [
    ...warnings.map((warning, index) => ({
      ...noticeProperty(`${name}Notice${index > 0 ? index + 1 : ''}`, warning.text),
      ...showOnly(fromRoot(warning.showWhen, advanced)),
    })),
    ...main.flatMap((field, index) => fieldProperties(field, main.slice(0, index))),
    ...beside,
    ...(advanced.length + extra.length > 0 ? [optionsCollection(name, advanced, extra)] : []),
  ];
  if (!show) return properties;
  return properties.map((property) => ({
    ...property,
    displayOptions: { show: { ...show, ...property.displayOptions?.show } },
  }));
}

/** Conditions as they read outside of the collection, for fields within it. */
function fromRoot(showWhen: Field['showWhen'], advanced: readonly Field[]): Field['showWhen'] {
  if (!showWhen) return undefined;
  const rename = (name: string) =>
    advanced.some((field) => field.name === name) ? `${OPTIONS_NAME}.${name}` : name;
  return Object.fromEntries(
    Object.entries(showWhen).map(([name, values]) => [rename(name), values]),
  );
}

const outputField: INodeProperties = {
  displayName: 'Put Output File in Field',
  name: OUTPUT_FIELD_NAME,
  type: 'string',
  default: 'data',
  required: true,
  placeholder: 'e.g. data',
  hint: 'The name of the output binary field to put the file in',
};

/** What n8n alone has to add to the description of a field. */
const ADDED_DESCRIPTION: Readonly<Record<string, string>> = {
  [EVIDENCE_FIELD_NAME]: '. It goes into a second binary field with the suffix _evidence',
};

/** Name of the option that leaves out what only a record needs. */
export const SIMPLIFY_NAME = 'simplify';
const simplifyProperty: INodeProperties = {
  displayName: 'Simplify',
  name: SIMPLIFY_NAME,
  type: 'boolean',
  default: true,
  description: 'Whether to return only what the next node needs, without the evidence record',
};

const parallelProperty: INodeProperties = {
  displayName: MAX_PARALLEL.label,
  name: MAX_PARALLEL.name,
  type: 'number',
  default: 1,
  typeOptions: { minValue: MAX_PARALLEL.min, maxValue: MAX_PARALLEL.max, numberPrecision: 0 },
  description:
    'Maximum items at a time, for example live captures that start together. An appliance gets at most 4 transfers at a time',
};

function optionsCollection(
  form: string,
  fields: readonly Field[],
  extra: readonly INodeProperties[],
): INodeProperties {
  const properties = fields.map((field) => {
    // What is required in a collection, n8n looks for outside of it, in every form of the node, and
    // then refuses to activate the workflow. Blank, such a field is refused when it is read.
    const description = field.description + (ADDED_DESCRIPTION[field.name] ?? '');
    const optional = { ...field, description, showWhen: undefined, required: false } as Field;
    return { ...fieldProperty(optional), ...showWithin(field.showWhen, fields) };
  });
  return {
    displayName: 'Options',
    name: OPTIONS_NAME,
    type: 'collection',
    placeholder: 'Add option',
    description: docsLink(form),
    default: {},
    options: byDisplayName([...properties, ...extra]),
  };
}

function groupsOf(definitions: readonly NodeDefinition[]): Array<NodeDefinition['group']> {
  return [...new Set(definitions.map(({ group }) => group))];
}

function byDisplayName(properties: INodeProperties[]): INodeProperties[] {
  return properties.sort((a, b) => a.displayName.localeCompare(b.displayName));
}
