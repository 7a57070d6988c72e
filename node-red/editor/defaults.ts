import type { Field } from '../../nodes/definitions/model/field';
import { APPLIANCE_TYPE, SAVED_VERSION, typeOf } from '../runtime/values/names';
import { defaultText, defaultType } from '../runtime/values/stored';
import {
  hasAppliance,
  paletteDefinitions,
  type PaletteDefinition,
} from '../runtime/nodes/palette-definitions';
import { formFields } from './editor-field';

type Properties = Record<string, unknown>;

/** The properties that a node has after it was dropped from the palette. */
export function newProperties(definition: PaletteDefinition): Properties {
  const appliance = hasAppliance(definition) ? { appliance: '' } : {};
  return { name: '', version: SAVED_VERSION, ...appliance };
}

/** Every property that a node may store for its fields, with what stands for one that is missing. */
export function fieldDefaults(definition: PaletteDefinition): Properties {
  return Object.assign({}, ...formFields(definition).map(defaultsOf)) as Properties;
}

function defaultsOf(field: Field): Properties {
  const { name, type } = field;
  const own = { [name]: defaultText(field), [`${name}Type`]: defaultType(field) };
  return type === 'list' ? { ...own, [`${name}Rows`]: [] } : own;
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

/** A node of a flow as the editor stores it: of its fields, only what differs from the defaults. */
export function asStored<T extends Properties>(node: T): T {
  if (node.type === APPLIANCE_TYPE) return { ...APPLIANCE_DEFAULTS, ...node };
  const definition = paletteDefinitions.find((candidate) => typeOf(candidate) === node.type);
  if (!definition) return node;
  const trimmed = withoutDefaults(
    { ...newProperties(definition), ...node },
    fieldDefaults(definition),
  );
  for (const field of formFields(definition)) {
    const rows = node[`${field.name}Rows`];
    if (field.type !== 'list' || !Array.isArray(rows) || rows.length === 0) continue;
    const cells = Object.assign({}, ...field.columns.map(defaultsOf)) as Properties;
    trimmed[`${field.name}Rows`] = rows.map((row: Properties) => withoutDefaults(row, cells));
  }
  return trimmed as T;
}

function withoutDefaults(properties: Properties, defaults: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults[name]),
    ),
  );
}
