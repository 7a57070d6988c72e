import { APPLIANCE_TYPE, SAVED_VERSION, typeOf } from '../runtime/values/names';
import {
  hasAppliance,
  paletteDefinitions,
  type PaletteDefinition,
} from '../runtime/nodes/palette-definitions';
import { defaultText, defaultType, formFields } from './editor-field';

type Properties = Record<string, unknown>;

/** The properties that a node has after it was dropped from the palette, in the editor's order. */
export function defaultProperties(definition: PaletteDefinition): Properties {
  const properties: Properties = { name: '', version: SAVED_VERSION };
  if (hasAppliance(definition)) properties.appliance = '';
  for (const field of formFields(definition)) {
    properties[field.name] = defaultText(field);
    properties[`${field.name}Type`] = defaultType(field);
    if (field.type === 'list') properties[`${field.name}Rows`] = [];
  }
  return properties;
}

const APPLIANCE_DEFAULTS: Properties = {
  name: '',
  version: SAVED_VERSION,
  baseUrl: '',
  authentication: 'token',
  caCertificate: '',
  ignoreCertificateErrors: false,
  maxConcurrentRequests: '',
  tls: '',
  proxy: '',
};

/** Adds what a node of a flow lacks: the editor shows a missing property as blank, not as its default. */
export function completeNode<T extends Properties>(node: T): T {
  const definition = paletteDefinitions.find((candidate) => typeOf(candidate) === node.type);
  if (definition) return withDefaults(node, defaultProperties(definition));
  if (node.type !== APPLIANCE_TYPE) return node;
  return withDefaults(node, APPLIANCE_DEFAULTS);
}

function withDefaults<T extends Properties>(node: T, defaults: Properties): T {
  const { id, type, z, g, ...own } = node;
  const place = Object.fromEntries(
    Object.entries({ id, type, z, g }).filter(([, v]) => v !== undefined),
  );
  return { ...place, ...defaults, ...own } as unknown as T;
}
