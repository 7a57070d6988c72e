import { AllegroError, quoteAnswer, type RequestInfo } from '../errors';
import { say } from '../values/sentence';
import { toNumber } from '../values/loose-value';

/** What an answer says of an asynchronous job. Source: script "Retrieval of global connections". */
export interface AsyncJob {
  /** Number or text; the page does not say which. */
  id: string | number;
  uuid: string;
}

/** Recognises a job by its two keys, whatever the status and the endpoint. */
export function asAsyncJob(answer: unknown): AsyncJob | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { asyncID, asyncUUID } = answer as { asyncID?: unknown; asyncUUID?: unknown };
  if (typeof asyncID !== 'string' && typeof asyncID !== 'number') return undefined;
  if (typeof asyncUUID !== 'string') return undefined;
  return { id: asyncID, uuid: asyncUUID };
}

const FIRST_WAIT = 100;
const LONGEST_WAIT = 2000;

/** Milliseconds to wait before poll number `poll` (0 for the first): 0.1 s, growing to 2 s. */
export function pollDelay(poll: number): number {
  return Math.min(FIRST_WAIT * 1.6 ** poll, LONGEST_WAIT);
}

/**
 * Takes the result out of a finished job's answer.
 *
 * @throws AllegroError `job` when the job failed, `badAnswer` when it is not a job's answer
 */
export function asyncResult(answer: unknown, requestInfo: RequestInfo): unknown {
  const { errorCode, asyncResult: result } =
    typeof answer === 'object' && answer !== null
      ? (answer as { errorCode?: unknown; asyncResult?: unknown })
      : {};
  if (errorCode === undefined && result === undefined) {
    throw new AllegroError({
      ...requestInfo,
      kind: 'badAnswer',
      what: say`The appliance ended a job without a result.`,
      advice: say`Try again. If the problem persists, this firmware may respond in a way that the nodes do not know.`,
      canRetry: true,
    });
  }
  if (errorCode && toNumber(errorCode) !== 0) {
    throw new AllegroError({
      ...requestInfo,
      kind: 'job',
      what: say`The appliance could not finish the job (errorCode ${quoteAnswer(JSON.stringify(errorCode), requestInfo)}).`,
      advice: say`The vendor does not document these codes. Try a shorter interval or a filter; if the problem persists, ask the vendor with this code.`,
      canRetry: true,
    });
  }
  return result;
}

/** The error for a job that the appliance no longer knows. */
export function lostJobError(requestInfo: RequestInfo): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'job',
    status: 404,
    what: say`The appliance no longer knows the job (HTTP 404).`,
    advice: say`It may have restarted or discarded the result. Try again.`,
    canRetry: true,
  });
}

/** The error for a job that does not end within the limit. */
export function endlessJobError(requestInfo: RequestInfo, limit: number): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'timeout',
    what: say`The appliance was still working on the job after ${Math.round(limit / 1000)} s.`,
    advice: say`Shorten the interval, add a filter, or raise the timeout.`,
    canRetry: true,
  });
}
