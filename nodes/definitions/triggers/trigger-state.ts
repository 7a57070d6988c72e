import type { Address } from '../../../client';
import type { TriggerState } from './trigger';

/** What a state is about, so that one of another appliance or another choice is not continued. */
export function subjectOf(
  baseUrl: string,
  { mmId, group }: Address,
  ...watched: ReadonlyArray<string | number | boolean | null | undefined>
): string {
  return [baseUrl, mmId ?? '', group ?? '', ...watched.map((one) => one ?? '')].join('|');
}

/**
 * The state, if it is this version's and about the same.
 *
 * @param isWhole checks its own properties: a state may come from a file that somebody edited
 */
export function continueState<State extends TriggerState>(
  state: TriggerState | undefined,
  version: number,
  subject: string,
  isWhole: (state: State) => boolean,
): State | undefined {
  const isSame = state?.version === version && state.subject === subject;
  return isSame && isWhole(state as State) ? (state as State) : undefined;
}
