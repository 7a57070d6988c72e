import type { INodeProperties } from 'n8n-workflow';
import type { CredentialField } from '../credentials/fields';

/** The neutral list of credential fields as n8n's dialog shows them. */
export function credentialProperties(
  fields: ReadonlyArray<CredentialField<string>>,
): INodeProperties[] {
  return fields.map(
    ({ name, label, type, default: value, placeholder, description, required }) => ({
      displayName: label,
      name,
      type: type === 'boolean' ? 'boolean' : 'string',
      default: value,
      description,
      ...(placeholder ? { placeholder } : {}),
      ...(required ? { required } : {}),
      ...typeOptions(type),
    }),
  );
}

function typeOptions(type: CredentialField['type']): Pick<INodeProperties, 'typeOptions'> {
  if (type === 'secret') return { typeOptions: { password: true } };
  // A certificate is no secret: a person must see which one it is.
  if (type === 'multiline') return { typeOptions: { rows: 4 } };
  return {};
}
