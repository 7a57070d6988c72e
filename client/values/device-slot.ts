import { inputError } from '../errors';
import { say } from './sentence';

/**
 * Puts a device and an analysis slot into one `mm-id`. Source: "Pcap extraction", parameter
 * `mm-id`: `<device name>:<slot id>`, the device left out where it is the appliance itself.
 *
 * @param device what a person entered as device; a slot in it is replaced
 * @param slot 1 is the first slot for pcap analysis; 0 is live traffic
 */
export function slotAddress(device: string | undefined, slot: number): string {
  return `${deviceOf(device)}:${slot}`;
}

/** The device in an `mm-id`, without its slot; empty for the appliance itself. */
export function deviceOf(mmId: string | undefined): string {
  return (mmId ?? '').replace(/:\d+$/, '');
}

/** The slot in an `mm-id`; 0, which is live traffic, where none is named. */
export function slotOf(mmId: string | undefined): number {
  return Number(/:(\d+)$/.exec(mmId ?? '')?.[1] ?? 0);
}

/** A host name has at most 253 characters; a slot follows. */
const MAX_LENGTH = 260;

/** @throws AllegroError `input` for what can be no `mm-id`, invisible characters included */
export function checkMmId(mmId: string, field: string): string {
  const trimmed = mmId.trim();
  if (trimmed.length > MAX_LENGTH || /[\s/?#&\p{C}]/u.test(trimmed)) {
    throw inputError(
      field,
      say`"${trimmed.slice(0, 60)}" is not a device or slot.`,
      say`Enter a device ID from the device list, ":1" for the first analysis slot, or "device:1" for both.`,
    );
  }
  return trimmed;
}
