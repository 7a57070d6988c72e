import { AllegroError, inputError, type Address } from '../../../client';
import type { SuspensionChange } from '../../../client/ring-buffer/suspension';
import type { RingBuffer, RunContext } from '../model/run-context';
import { isCertainlyUndone } from './suspension';
import { say, sentences, type Sentence } from '../../../client/values/sentence';

/** What was done to a buffer, and what is planned for it. */
interface PlannedChange extends SuspensionChange {
  /** ISO 8601; null where nothing is planned. */
  resumeAt: string | null;
  warnings: Sentence[];
}

interface Change {
  ringBuffer: number;
  address: Address;
  /** Null for no planned resume. */
  resumeAfterMinutes: number | null;
}

/**
 * Suspends a buffer and plans when it is resumed. The plan is made before the command: a crash in
 * between must not leave the buffer suspended. An earlier plan is dropped after it, because only a
 * command that succeeded replaces it. A buffer that someone else has suspended is not
 * planned to be resumed, because they rely on its packets.
 *
 * @throws AllegroError what the command failed with; where it may have got through all the same, the
 *   plan stays
 */
export async function suspendFor(context: RunContext, change: Change): Promise<PlannedChange> {
  const { plannedResumes } = context;
  if (change.resumeAfterMinutes !== null && !plannedResumes) throw cannotPlanError();
  return exclusively(context, change, (buffer) => suspend(context, change, buffer));
}

/** Resumes a buffer; what is planned for it is then done. @throws AllegroError */
export async function resumeNow(context: RunContext, change: Change): Promise<PlannedChange> {
  const { client, signal, plannedResumes } = context;
  const { ringBuffer, address } = change;
  return exclusively(context, change, async (buffer) => {
    const done = await client.setRingBufferSuspended(ringBuffer, false, { signal, address });
    await plannedResumes?.set(buffer, undefined);
    return { ...done, resumeAt: null, warnings: [] };
  });
}

/** @throws the signal's reason; what `work` throws */
async function exclusively<T>(
  { client, signal, plannedResumes }: RunContext,
  { address, ringBuffer }: Change,
  work: (buffer: RingBuffer) => Promise<T>,
): Promise<T> {
  const buffer = { device: client.baseUrl, address, ringBuffer };
  if (!plannedResumes) return work(buffer);
  return plannedResumes.exclusively(buffer, () => {
    // Before anything that is planned is dropped.
    signal.throwIfAborted();
    return work(buffer);
  });
}

async function suspend(
  { client, signal, plannedResumes }: RunContext,
  { ringBuffer, address, resumeAfterMinutes }: Change,
  buffer: RingBuffer,
): Promise<PlannedChange> {
  const options = { signal, address };
  const before = await plannedResumes?.get(buffer);
  const warnings: Sentence[] = [];
  let resumeAt: string | undefined;
  if (resumeAfterMinutes !== null) {
    const isOthers =
      before === undefined && (await client.isRingBufferSuspended(ringBuffer, options)) === true;
    if (isOthers) warnings.push(SUSPENDED_BY_OTHERS);
    else resumeAt = new Date(client.now() + resumeAfterMinutes * 60_000).toISOString();
  }
  // Made anew even if it is to be dropped: a resume that is due must not overtake the command.
  const meanwhile = resumeAt ?? before;
  await plannedResumes?.set(buffer, meanwhile);
  try {
    const change = await client.setRingBufferSuspended(ringBuffer, true, options);
    if (before !== undefined && resumeAt === undefined) {
      await plannedResumes?.set(buffer, undefined);
      warnings.push(
        say`The resume planned for ${before} was dropped: nothing else resumes the buffer.`,
      );
    }
    return { ...change, resumeAt: resumeAt ?? null, warnings };
  } catch (error) {
    if (isCertainlyUndone(error)) await plannedResumes?.set(buffer, before);
    else if (meanwhile !== undefined) return Promise.reject(stillPlannedError(error, meanwhile));
    return Promise.reject(error);
  }
}

const SUSPENDED_BY_OTHERS = say`The ring buffer was already suspended, not by a node with Resume After, and stays suspended. Resume it when it is no longer needed.`;

function cannotPlanError(): AllegroError {
  return inputError(
    'resumeAfterMinutes',
    say`This host cannot resume the ring buffer automatically.`,
    say`Leave the field blank, wait in the workflow, and resume the buffer with the action Resume.`,
  );
}

function stillPlannedError(cause: unknown, resumeAt: string): unknown {
  if (!(cause instanceof AllegroError)) return cause;
  const { kind, device, method, path, status, canRetry, answer } = cause;
  const { what, advice } = cause.sentences;
  return new AllegroError({
    ...{ kind, device, method, path, status, canRetry, answer, advice },
    what: sentences(
      what,
      say`If the ring buffer was suspended nevertheless, it is resumed at ${resumeAt}.`,
    ),
    cause,
  });
}
