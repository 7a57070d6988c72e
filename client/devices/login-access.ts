import type { Api } from '../api/api';
import { CAPTURE, ringBufferPath, SIP, STATISTICS } from '../api/paths';
import { AllegroError } from '../errors';
import { startTimeout } from '../http/limits/time-limit';

/** `unknown`: nothing that only reads tells, or the answer was another than a success or a 403. */
type Access = 'yes' | 'no' | 'unknown';

/** What a login may do: read statistics and SIP, capture, suspend a ring buffer, upload a pcap. */
export type LoginAccess = Record<
  'statistics' | 'captures' | 'voip' | 'ringBuffer' | 'uploads',
  Access
>;

/** A capture that waits for the approval of a second person must not hold up the rest. */
const LIMIT_MS = 5000;

/**
 * Asks what a login may do, by reading only. Whether it may suspend and upload is never certain: that
 * who may not read the state of a ring buffer may not change it either is an assumption.
 *
 * @throws AllegroError only when cancelled
 */
export async function readLoginAccess(api: Api, signal: AbortSignal): Promise<LoginAccess> {
  const ask = (question: Question) => accessOf(api, question, signal);
  const [statistics, captures, voip, buffer] = await Promise.all([
    ask((limit) => api.subResources(STATISTICS, { signal: limit })),
    ask((limit) => captureMicrosecond(api, limit)),
    ask((limit) => api.get(SIP, {}, { signal: limit })),
    ask((limit) => api.get(ringBufferPath(0), {}, { signal: limit })),
  ]);
  const ringBuffer = buffer === 'no' ? 'no' : 'unknown';
  return { statistics, captures, voip, ringBuffer, uploads: 'unknown' };
}

type Question = (signal: AbortSignal) => Promise<unknown>;

async function accessOf(api: Api, question: Question, signal: AbortSignal): Promise<Access> {
  const stop = new AbortController();
  const timeout = startTimeout(api.context, LIMIT_MS, () => stop.abort());
  try {
    await question(AbortSignal.any([signal, stop.signal]));
    return 'yes';
  } catch (error) {
    if (signal.aborted) throw error;
    return error instanceof AllegroError && error.kind === 'permission' ? 'no' : 'unknown';
  } finally {
    timeout.cancel();
  }
}

/** The smallest capture: whether it is allowed is all that is read of the answer. */
async function captureMicrosecond(api: Api, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const startTime = (api.now() - 60_000) * 1000;
  const query = { startTime, endTime: startTime + 1, fromCaptureBuffer: true };
  const options = { signal: AbortSignal.any([signal, stop.signal]) };
  await api.open({ method: 'GET', path: CAPTURE, query, once: true }, options);
  stop.abort();
}
