import { AllegroError } from '../errors';
import { CAPTURE, SIP, STATISTICS } from '../api/paths';
import type { Api } from '../api/api';

export interface ConnectionTest {
  message: string;
  /** ISO 8601 in UTC. */
  applianceTime: string;
  /** How far the appliance is ahead of this machine, in seconds. */
  clockOffsetSeconds: number | null;
}

/**
 * One cheap authenticated read that tells whether URL, certificate and login are right. Where the
 * clock is not there, another path has to show that an Allegro Network Multimeter answers. A login
 * without the permission for statistics passes if it may capture, or read SIP and RTP statistics.
 *
 * @throws AllegroError `permission` for a login that may do nothing
 */
export async function testConnection(api: Api, signal: AbortSignal): Promise<ConnectionTest> {
  const { milliseconds, offsetSeconds, warning } = await api.time({ signal });
  const applianceTime = new Date(milliseconds).toISOString();
  if (warning !== undefined) await checkIsAppliance(api, signal);
  const clock = warning ?? `The clock of the appliance says ${applianceTime}.`;
  return { message: `Connected. ${clock}`, applianceTime, clockOffsetSeconds: offsetSeconds };
}

/** A login without the permission is known to the appliance all the same. */
async function checkIsAppliance(api: Api, signal: AbortSignal): Promise<void> {
  const denied = await denialOf(api.subResources(STATISTICS, { signal }));
  if (!denied) return;
  // Whatever else is wrong with these, it is not that the login may do nothing.
  const others = [() => oneMicrosecond(api, signal), () => api.get(SIP, {}, { signal })];
  for (const ask of others) if (!(await denialOf(ask()).catch(() => undefined))) return;
  const { device, method, path } = denied;
  throw new AllegroError({
    ...{ kind: 'permission', status: 403, device, method, path },
    what: 'The login is known, but it may neither read statistics nor capture packets (HTTP 403).',
    advice:
      'Give its role or token a permission: "other" for statistics, "pcap" for captures, "voip" for SIP and RTP statistics.',
  });
}

/** The refusal for want of a permission. Throws what else goes wrong. */
async function denialOf(request: Promise<unknown>): Promise<AllegroError | undefined> {
  try {
    await request;
  } catch (error) {
    if (error instanceof AllegroError && error.kind === 'permission') return error;
    throw error;
  }
  return undefined;
}

/** The smallest capture: whether it is allowed is all that is read of the answer. */
async function oneMicrosecond(api: Api, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const startTime = (api.now() - 60_000) * 1000;
  const query = { startTime, endTime: startTime + 1, fromCaptureBuffer: true };
  const options = { signal: AbortSignal.any([signal, stop.signal]) };
  await api.open({ method: 'GET', path: CAPTURE, query, once: true }, options);
  stop.abort();
}
