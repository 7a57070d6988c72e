import type { INodeProperties } from 'n8n-workflow';
import {
  BASE_URL_FIELD,
  CLEAR_TEXT_NOTE,
  IGNORE_CERTIFICATE_ERRORS_FIELD,
  UNCHECKED_NOTE,
  type CredentialField,
} from '../credentials/fields';

/** The neutral list of credential fields as n8n's dialog shows them. */
export function credentialProperties(
  fields: ReadonlyArray<CredentialField<string>>,
): INodeProperties[] {
  return fields.flatMap((field) => [propertyOf(field), ...noticesOf(field)]);
}

function propertyOf({
  name,
  label,
  type,
  default: value,
  placeholder,
  description,
  required,
}: CredentialField<string>): INodeProperties {
  return {
    displayName: label,
    name,
    type: type === 'boolean' ? 'boolean' : 'string',
    default: value,
    description,
    ...(placeholder ? { placeholder } : {}),
    ...(required ? { required } : {}),
    ...typeOptions(type),
  };
}

/** What a person should see without asking, below the field that it is about. */
function noticesOf({ name }: CredentialField<string>): INodeProperties[] {
  const notice = { type: 'notice', default: '' } as const;
  if (name === BASE_URL_FIELD.name) {
    const show = { [name]: [{ _cnd: { startsWith: 'http://' } }] };
    return [
      {
        ...notice,
        displayName: CLEAR_TEXT_NOTE,
        name: 'clearTextNotice',
        displayOptions: { show },
      },
    ];
  }
  if (name === IGNORE_CERTIFICATE_ERRORS_FIELD.name) {
    const show = { [name]: [true] };
    return [
      {
        ...notice,
        displayName: UNCHECKED_NOTE,
        name: 'uncheckedNotice',
        displayOptions: { show },
      },
    ];
  }
  return [];
}

function typeOptions(type: CredentialField['type']): Pick<INodeProperties, 'typeOptions'> {
  if (type === 'secret') return { typeOptions: { password: true } };
  // A certificate is no secret: a person must see which one it is.
  if (type === 'multiline') return { typeOptions: { rows: 4 } };
  return {};
}
