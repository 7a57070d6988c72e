import { AllegroError } from '../errors';
import { STATISTICS } from '../api/paths';
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
 * clock is not there, another path has to show that an Allegro Network Multimeter answers.
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
  await api.subResources(STATISTICS, { signal }).catch((error: unknown) => {
    if (!(error instanceof AllegroError) || error.kind !== 'permission') throw error;
  });
}
