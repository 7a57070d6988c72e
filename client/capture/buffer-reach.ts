import type { Api, CallOptions } from '../api/api';
import { CAPTURE } from '../api/paths';
import { AllegroError } from '../errors';
import { isoMicroseconds } from '../values/instant';
import { limitedCall } from './limited-call';
import { oldestPacket } from './oldest-packet';
import { say, type Sentence } from '../values/sentence';

/** How far back a packet ring buffer reaches. */
export interface BufferReach {
  /** The oldest packet, absent where the buffer returned none. */
  oldest?: {
    /** ISO 8601 in UTC, with microseconds. */
    at: string;
    /** From it until now by the appliance's clock, in hours with two decimals. */
    hoursBack: number;
  };
  /** That the clock of the appliance could not be read. */
  warnings: Sentence[];
}

/** Milliseconds. The first packet of a healthy buffer comes at once. */
const PROBE_LIMIT = 30_000;

/**
 * Asks a ring buffer for its oldest packet, by a capture that ends after one packet: no documented
 * path tells how far back it reaches.
 *
 * @param ringBuffer index; 0 is the first
 * @throws AllegroError `timeout` where no packet came in time, and what a capture throws
 */
export async function bufferReach(
  api: Api,
  ringBuffer: number,
  options: CallOptions,
): Promise<BufferReach> {
  const { milliseconds, warning } = await api.time(options);
  const onLimit = () =>
    new AllegroError({
      ...api.requestInfo({ method: 'GET', path: CAPTURE }, options),
      kind: 'timeout',
      what: say`The ring buffer did not return its oldest packet within ${PROBE_LIMIT / 1000} s.`,
      advice: say`Try again when fewer captures run on the appliance.`,
      canRetry: true,
    });
  const endUs = milliseconds * 1000;
  const oldestUs = await limitedCall(
    api,
    PROBE_LIMIT,
    options,
    (callOptions) => oldestPacket(api, { ringBuffer, endUs }, callOptions),
    onLimit,
  );
  const warnings = warning === undefined ? [] : [warning];
  if (oldestUs === undefined) return { warnings };
  const secondsBack = Math.max(0, Math.round(milliseconds / 1000 - oldestUs / 1e6));
  const hoursBack = Math.round(secondsBack / 36) / 100;
  return { oldest: { at: isoMicroseconds(oldestUs), hoursBack }, warnings };
}
