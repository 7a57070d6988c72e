import { inputError } from '../../../client';
import { parseTypedPath } from '../../../client/http/query';
import { refuseReset, refuseUnsafePath } from '../fields/api-path';
import { listed, say } from '../../../client/values/sentence';

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
  const isWhole = /^\/?(API|stats|https?:)(\/|$)/i.test(typed);
  const parsed = parseTypedPath(isWhole ? typed : `API/stats/${typed}`);
  if (!new RegExp(`^/API/(${roots.join('|')})(/|$)`).test(parsed.path)) {
    const below = listed(roots.map((root) => `API/${root}`));
    throw inputError(
      field,
      say`"${typed}" is not below ${below}.`,
      say`Enter a path of a statistic.`,
    );
  }
  refuseReset(parsed.path, field);
  refuseUnsafePath(parsed.path, typed, field);
  return parsed;
}
