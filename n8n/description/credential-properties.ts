import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import {
  BASE_URL_FIELD,
  CLEAR_TEXT_NOTE,
  IGNORE_CERTIFICATE_ERRORS_FIELD,
  UNCHECKED_NOTE,
  type CredentialField,
} from '../../nodes/definitions/sign-in/fields';
import { noticeProperty } from './notice';

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
  if (name === BASE_URL_FIELD.name) {
    const isClear = { _cnd: { startsWith: 'http://' } };
    return [noticeWhen('clearTextNotice', CLEAR_TEXT_NOTE, { [name]: [isClear] })];
  }
  if (name === IGNORE_CERTIFICATE_ERRORS_FIELD.name) {
    return [noticeWhen('uncheckedNotice', UNCHECKED_NOTE, { [name]: [true] })];
  }
  return [];
}

function noticeWhen(
  name: string,
  text: string,
  show: NonNullable<IDisplayOptions['show']>,
): INodeProperties {
  return { ...noticeProperty(name, text), displayOptions: { show } };
}

function typeOptions(type: CredentialField['type']): Pick<INodeProperties, 'typeOptions'> {
  if (type === 'secret') return { typeOptions: { password: true } };
  // A certificate is no secret: a person must see which one it is.
  if (type === 'multiline') return { typeOptions: { rows: 4 } };
  return {};
}
