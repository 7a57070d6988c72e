import type { Api, CallOptions } from '../api/api';
import { DEVICES } from '../api/paths';
import { say } from '../values/sentence';
import { asText } from '../values/text';

/** A member of a multi-device setup. Source: script "Multi-device Capture". */
export interface Device {
  /** Goes into `mm-id`. */
  id: string;
  host: string;
  active: boolean;
}

/** Reads the members of a multi-device setup. */
export async function readDevices(api: Api, options: CallOptions): Promise<Device[]> {
  const answer = (await api.get(DEVICES, {}, options)) ?? [];
  if (!Array.isArray(answer)) {
    throw api.otherAnswerError({ method: 'GET', path: DEVICES }, say`a list of devices`, answer);
  }
  return (answer as unknown[])
    .filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null)
    .map((item) => ({
      id: asText(item.id ?? item.host ?? ''),
      host: asText(item.host ?? item.id ?? ''),
      active: asText(item.active).toLowerCase() === 'true',
    }))
    .filter(({ id }) => id !== '');
}
