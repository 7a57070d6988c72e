import { defineFields, type Field } from '../../../nodes/definitions/model/field';
import { SECRET_FIELD } from '../../../nodes/definitions/sign-in/fields';
import {
  DEFAULT_POLL_SECONDS,
  MIN_POLL_SECONDS,
  type TriggerDefinition,
} from '../../../nodes/definitions/triggers/trigger';

/** How often a trigger asks the appliance: part of every one that polls. */
export const POLL_FIELDS = defineFields([
  {
    name: 'pollSeconds',
    label: 'Poll Every',
    type: 'number',
    default: DEFAULT_POLL_SECONDS,
    min: MIN_POLL_SECONDS,
    max: 86_400,
    integer: true,
    unit: 's',
    required: true,
    description: 'Time from the start of one poll to the start of the next',
  },
]);

/** Where a trigger takes what the appliance pushes. */
export const PUSH_FIELDS = defineFields([
  {
    name: 'urlPath',
    label: 'URL Path',
    type: 'text',
    default: 'allegro-multimeter/statistics',
    placeholder: 'e.g. allegro-multimeter/interfaces',
    description: 'Path below the address of Node-RED, unique for each trigger',
    required: true,
  },
]);

/** The texts of the secret, which Node-RED keeps among its credentials. */
export const SECRET_TEXTS = {
  label: SECRET_FIELD.label,
  description: SECRET_FIELD.description,
  characters: 'Secret: only letters, digits, hyphens and underscores',
  generate: 'Generate',
  url: 'Target URL for the appliance:',
} as const;

/** Fields of the node rather than of the definition; read once, when the node starts. */
export function hostFieldsOf({ kind }: Pick<TriggerDefinition, 'kind'>): readonly Field[] {
  return kind === 'poll' ? POLL_FIELDS : PUSH_FIELDS;
}

/** The fields of the definition. There is no message that could fill a blank one. */
export function ownFieldsOf({ fields }: Pick<TriggerDefinition, 'fields'>): Field[] {
  return fields.map((field): Field => ({ ...field, messageProperty: undefined }));
}

/** All fields of a trigger's form, in order. */
export function triggerFields(trigger: TriggerDefinition): Field[] {
  const own = ownFieldsOf(trigger);
  const basic = own.filter(({ advanced }) => !advanced);
  return [...basic, ...hostFieldsOf(trigger), ...own.filter(({ advanced }) => advanced)];
}
