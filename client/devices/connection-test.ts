import { AllegroError, isNotFound } from '../errors';
import { STATISTICS } from '../api/paths';
import type { Api } from '../api/api';
import { readLoginAccess } from './login-access';
import { say, sentences, type Sentence } from '../values/sentence';

export interface ConnectionTest {
  message: Sentence;
  /** ISO 8601 in UTC. */
  applianceTime: string;
  /** How far the appliance is ahead of this machine, in seconds. */
  clockOffsetSeconds: number | null;
  /** Where the time comes from, unless it is the documented clock. */
  warning?: Sentence;
}

/**
 * One cheap authenticated read that tells whether URL, certificate and login are right. Where the
 * clock is not there, another path has to show that an Allegro Network Multimeter answers. A login
 * without the permission for statistics passes if it may capture, or read SIP and RTP statistics.
 *
 * @throws AllegroError `permission` for a login that may do nothing, `notFound` for another server
 */
export async function testConnection(api: Api, signal: AbortSignal): Promise<ConnectionTest> {
  const { milliseconds, offsetSeconds, warning } = await api.time({ signal });
  const applianceTime = new Date(milliseconds).toISOString();
  if (warning !== undefined) await checkIsAppliance(api, signal);
  const clock = warning ?? say`The clock of the appliance says ${applianceTime}.`;
  const clockOffsetSeconds = offsetSeconds;
  return { message: sentences(say`Connected.`, clock), applianceTime, clockOffsetSeconds, warning };
}

/** A login without the permission is known to the appliance all the same. */
async function checkIsAppliance(api: Api, signal: AbortSignal): Promise<void> {
  let modules: string[];
  try {
    modules = await api.subResources(STATISTICS, { signal });
  } catch (error) {
    if (isNotFound(error)) throw otherServer(error);
    if (!(error instanceof AllegroError) || error.kind !== 'permission') throw error;
    const { captures, voip } = await readLoginAccess(api, signal);
    // Whatever else is wrong with these, it is not that the login may do nothing.
    if (captures === 'no' && voip === 'no') throw powerless(error);
    return;
  }
  if (modules.length === 0) throw otherServer(api.requestInfo(TREE, {}));
}

const TREE = { method: 'OPTIONS', path: STATISTICS } as const;

function otherServer({ device, method, path }: Partial<AllegroError>): AllegroError {
  return new AllegroError({
    ...{ kind: 'notFound', device, method, path },
    what: say`The server at this URL responds, but not as an Allegro Network Multimeter.`,
    advice: say`Check host name, port and path. Only behind a reverse proxy does the URL have a path: the one in front of /API.`,
  });
}

function powerless({ device, method, path }: AllegroError): AllegroError {
  return new AllegroError({
    ...{ kind: 'permission', status: 403, device, method, path },
    what: say`The login is known, but it may neither read statistics nor capture packets (HTTP 403).`,
    advice: say`Give its role or token a permission: "other" for statistics, "pcap" for captures, "voip" for SIP and RTP statistics.`,
  });
}
