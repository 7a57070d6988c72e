import type { Field } from '../../../nodes/definitions/model/field';
import type { RuntimeApi } from '../runtime-api';
import { statusWordsOf, type StatusWords } from './status-text';

/** How a status names the fields of a node: in the language of the runtime. */
export interface FieldNames {
  words: StatusWords;
  /** Nothing for what is a field neither of the node nor of its appliance node. */
  labelOf(field: string): string | undefined;
}

/**
 * Fields of the appliance node, which a status names where they are missing or wrong. Texts of the
 * catalogue.
 */
export const APPLIANCE_LABELS: Readonly<Record<string, string>> = {
  baseUrl: 'Appliance URL',
  token: 'API Token',
  user: 'User',
  password: 'Password',
  caCertificate: 'CA Certificate',
  ignoreCertificateErrors: 'Ignore Certificate Errors',
  tls: 'TLS Configuration',
  proxy: 'Proxy',
  maxConcurrentRequests: 'Parallel Requests',
};

/** What the form has besides its fields. */
const OTHER_KEYS: Readonly<Record<string, readonly string[]>> = {
  appliance: ['appliance'],
  secret: ['secret.label'],
};

/** @param fields those of the definition; others, such as the file's, are found in the catalogue */
export function fieldNamesOf(
  RED: Pick<RuntimeApi, '_'>,
  { fields }: { fields: readonly Field[] },
): FieldNames {
  const words = statusWordsOf(RED);
  return {
    words,
    labelOf(name) {
      if (name === '') return undefined;
      for (const key of [`fields.${name}.label`, ...(OTHER_KEYS[name] ?? [])]) {
        const label = words.text(key);
        // A key that the catalogue lacks comes back as it is.
        if (!label.endsWith(key)) return label;
      }
      const own = fields.find((field) => field.name === name)?.label;
      const ofAppliance = APPLIANCE_LABELS[name];
      return own ?? (ofAppliance === undefined ? undefined : words.text(ofAppliance));
    },
  };
}
