import type { Api } from '../api/api';

export interface ConnectionTest {
  message: string;
  /** ISO 8601 in UTC. */
  applianceTime: string;
  /** How far the appliance is ahead of this machine, in seconds. */
  clockOffsetSeconds: number;
}

/** One cheap authenticated read that tells whether URL, certificate and login are right. */
export async function testConnection(api: Api, signal: AbortSignal): Promise<ConnectionTest> {
  const { milliseconds, offsetSeconds } = await api.time({ signal });
  const applianceTime = new Date(milliseconds).toISOString();
  return {
    message: `Connected. The clock of the appliance says ${applianceTime}.`,
    applianceTime,
    clockOffsetSeconds: offsetSeconds,
  };
}
