import { AllegroError } from '../../client';

/** The error that work ends with; fails where there is none, or one that nobody has explained. */
export async function errorOf(work: Promise<unknown>): Promise<AllegroError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AllegroError);
  return error as AllegroError;
}
