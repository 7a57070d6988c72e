import type { Api, CallOptions } from '../api/api';
import { DEVICES } from '../api/paths';
import { toBoolean, toName } from '../values/loose-value';
import { say } from '../values/sentence';

/** A member of a multi-device setup. Source: script "Multi-device Capture". */
export interface Device {
  /** Goes into `mm-id`. */
  id: string;
  host: string;
  /** Also where that cannot be read: a device that fails is told, one that is left out is not. */
  active: boolean;
}

/**
 * Reads the members of a multi-device setup.
 *
 * @throws AllegroError `badAnswer` also where a member has no name: it would be left out otherwise
 */
export async function readDevices(api: Api, options: CallOptions): Promise<Device[]> {
  const answer = (await api.get(DEVICES, {}, options)) ?? [];
  if (!Array.isArray(answer)) {
    throw api.otherAnswerError({ method: 'GET', path: DEVICES }, say`a list of devices`, answer);
  }
  return (answer as unknown[]).map((item) => {
    const { id, host, active } = (item ?? {}) as Record<string, unknown>;
    const [ownId, ownHost] = [toName(id), toName(host)];
    const name = ownId ?? ownHost;
    if (name === undefined) {
      const what = say`a list of devices with an ID or a host each`;
      throw api.otherAnswerError({ method: 'GET', path: DEVICES }, what, item);
    }
    return { id: name, host: ownHost ?? name, active: toBoolean(active) ?? true };
  });
}
