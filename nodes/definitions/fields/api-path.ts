import { inputError } from '../../../client';
import type { Query } from '../../../client/http/query';
import { defineField } from '../model/field';
import type { ValueOf } from '../model/field-values';
import { say } from '../../../client/values/sentence';

/** Parameters of the query that the node has no field for. */
export const QUERY_FIELD = defineField({
  name: 'queryParameters',
  label: 'Query Parameters',
  type: 'list',
  default: [],
  addLabel: 'Add Parameter',
  rowLabel: 'Parameter',
  columns: [
    {
      name: 'name',
      label: 'Name',
      type: 'text',
      default: '',
      required: true,
      placeholder: 'e.g. sort',
      description: 'Name of the parameter',
    },
    {
      name: 'value',
      label: 'Value',
      type: 'text',
      default: '',
      placeholder: 'e.g. bytes',
      description: 'Value of the parameter',
    },
  ],
  description: 'Further parameters of the query, such as sort, reverse, filter or detail',
});

/** How much JSON or text may come. */
export const JSON_LIMIT_FIELD = defineField({
  name: 'maxJsonMegabytes',
  label: 'JSON Limit',
  type: 'number',
  default: 32,
  min: 0.001,
  max: 500,
  unit: 'MB',
  description: 'Maximum size of JSON or text, which is held in memory several times',
  advanced: true,
});

/** Reads {@link QUERY_FIELD}. */
export function queryOf(rows: ValueOf<typeof QUERY_FIELD>): Query {
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/**
 * Refuses what the appliance, or anything on the way to it, could read as another path than the one
 * that was checked, and what a person forgot to fill in.
 *
 * @param path as `parseTypedPath` gives it
 * @throws AllegroError `input`
 */
export function refuseUnsafePath(path: string, typed: string, field = 'path'): void {
  const elements = path.split('/').map(decodeURIComponent);
  if (elements.some((element) => /^\.{1,2}$|[/\\\p{Cc}]/u.test(element))) {
    throw inputError(
      field,
      say`"${typed}" has an element such as "..", or a slash or control character within one.`,
      say`Enter the path without such elements.`,
    );
  }
  const placeholder = /\/(:[a-z]\w*)(?=\/|$)/i.exec(path)?.[1];
  if (placeholder) {
    const what = say`The path still contains the placeholder "${placeholder}".`;
    throw inputError(field, what, say`Replace ${placeholder} by the value, such as an address.`);
  }
}

/** Whether a path is the one that resets what was measured, however it is written. */
export function isReset(path: string): boolean {
  return /^\/API\/stats\/reset(\/|$)/i.test(decodeURIComponent(path).replace(/\/{2,}/g, '/'));
}

/**
 * Even reading it may delete what was measured, as far as is known.
 *
 * @throws AllegroError `input`
 */
export function refuseReset(path: string, field = 'path'): void {
  if (!isReset(path)) return;
  throw inputError(
    field,
    say`API/stats/reset may delete measured data.`,
    say`Reset statistics in the web interface of the appliance.`,
  );
}
