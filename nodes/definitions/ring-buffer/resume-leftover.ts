import type { RunContext, SuspendedBuffer } from '../model/run-context';

/**
 * Resumes a ring buffer that a run has suspended before its process ended.
 *
 * @returns false where it records already: somebody else has resumed it
 * @throws AllegroError
 */
export async function resumeLeftover(
  { client, signal }: Pick<RunContext, 'client' | 'signal'>,
  { ringBuffer, address }: SuspendedBuffer,
): Promise<boolean> {
  const options = { signal, address };
  if ((await client.isRingBufferSuspended(ringBuffer, options)) === false) return false;
  await client.setRingBufferSuspended(ringBuffer, false, options);
  return true;
}
