import type { IncomingMessage } from 'node:http';
import type { Device } from '../../appliance/device';
import type { Slot } from '../../appliance/slot';
import { canonical } from '../../filter/matcher';
import type { Switches } from '../../switches';
import type { TrafficView } from '../../statistics/traffic-index';
import { HttpError } from '../reply/http-error';
import { readInterval, type Interval } from './interval';
import { readWhole, type Query } from './query';

/** A request, with what it is about already found. */
export interface Call {
  method: string;
  path: string;
  /** The variable parts of the path, decoded. */
  parameters: Record<string, string>;
  query: Query;
  /** The device and slot that `mm-id` names, as it was written. */
  mmId: string;
  device: Device;
  slotNumber: number;
  slot: Slot;
  switches: Switches;
  request: IncomingMessage;
}

/**
 * Finds device and slot. Forms: `:1`, `local:1`, `<device>:<slot>`, `<device>`, by id or host name.
 * Source: "Parallel pcap analysis", "Multi-device analysis".
 *
 * @throws HttpError 404 for what is not there
 */
export function findSlot(
  mmId: string,
  devices: Device[],
): { device: Device; slotNumber: number; slot: Slot } {
  const match = /^(.*?)(?::(\d+))?$/.exec(mmId)!;
  const [, name, number = '0'] = match;
  const device =
    name === '' ? devices[0] : devices.find(({ id, host }) => id === name || host === name);
  if (!device) throw new HttpError(404, `There is no device "${name}".`);
  if (!device.isActive) throw new HttpError(503, `The device "${name}" is not connected.`);
  const slotNumber = Number(number);
  const slot = device.slot(slotNumber);
  if (!slot) throw new HttpError(404, `The device has no slot ${slotNumber}.`);
  return { device, slotNumber, slot };
}

/** The counters that the call is about, up to now. Source: "Virtual Link Groups". */
export async function trafficOf({ slot, query }: Call): Promise<TrafficView> {
  await slot.catchUp();
  const group = readWhole(query, 'group') ?? 0;
  const traffic = slot.group(group);
  if (!traffic) throw new HttpError(404, `There is no virtual link group ${group}.`);
  return traffic;
}

export function intervalOf({ slot, query }: Call): Interval {
  return readInterval(query, slot.countedUntilUs());
}

/** The IP address in the path, in the form in which it is counted. */
export function ipOf({ parameters }: Call): string {
  try {
    return canonical(parameters.ip);
  } catch {
    throw new HttpError(404, `"${parameters.ip}" is not an IP address.`);
  }
}
