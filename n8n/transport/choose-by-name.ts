import { inputError } from '../../client';
import { say } from '../../client/values/sentence';
import { asText } from '../../client/values/text';

/**
 * Finds what a parameter of the node names.
 *
 * @param parameter name of the parameter, e.g. `operation`
 * @param noun what it chooses, e.g. `operation`
 * @throws AllegroError `input` that names the choices
 */
export function chooseByName<T extends { name: string }>(
  choices: readonly T[],
  name: unknown,
  parameter: string,
  noun: string,
): T {
  const found = choices.find((choice) => choice.name === name);
  if (found) return found;
  const names = choices.map((choice) => choice.name).join(', ');
  throw inputError(
    parameter,
    say`There is no ${noun} "${asText(name)}".`,
    say`Choose one of: ${names}.`,
  );
}
