import { inputError } from '../../../client';
import { parseTypedPath } from '../../../client/query';

interface PathRules {
  /** Name of the field, for errors. */
  field: string;
  /** What may be read; `API/stats` alone unless told otherwise. */
  roots?: readonly string[];
}

/**
 * Takes what a person typed, and refuses what is no statistic or would do harm.
 *
 * @throws AllegroError `input`
 */
export function readStatisticsPath(
  typed: string,
  { field, roots = ['stats'] }: PathRules,
): ReturnType<typeof parseTypedPath> {
  const parsed = parseTypedPath(/^\/?(API|https?:)/i.test(typed) ? typed : `API/stats/${typed}`);
  if (!new RegExp(`^/API/(${roots.join('|')})(/|$)`).test(parsed.path)) {
    const below = roots.map((root) => `API/${root}`).join(', ');
    throw inputError(field, `"${typed}" is not below ${below}.`, 'Enter a path of a statistic.');
  }
  if (/^\/API\/stats\/reset(\/|$)/.test(parsed.path)) {
    throw inputError(
      field,
      'API/stats/reset may delete what was measured.',
      'Reset statistics in the web interface of the appliance.',
    );
  }
  const placeholder = /\/(:[a-z]\w*)(?=\/|$)/i.exec(parsed.path)?.[1];
  if (placeholder) {
    const what = `"${placeholder}" in the path stands for a value that is not filled in.`;
    throw inputError(field, what, `Replace ${placeholder} by the value, such as an address.`);
  }
  return parsed;
}
