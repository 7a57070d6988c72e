import type { Address } from '../../../client';
import { utcText } from '../../../client/values/amount-text';
import { deviceOf, slotOf } from '../../../client/values/device-slot';
import { capitalized, oneLine } from '../../../client/values/text';

/**
 * What an event says in one line that can be sent to a chat or by mail as it stands: what happened,
 * where, and when. In English, as all data of a result.
 *
 * @param what a sentence, with names that went through {@link named}
 * @param device URL or name of the appliance; nothing where it is not known
 */
export function eventText(
  what: string,
  { event, device, address = {}, alertTime }: EventPlace,
): string {
  const { mmId, group } = address;
  const [id, slot] = [deviceOf(mmId), slotOf(mmId)];
  const place = [
    ...(device === null ? [] : [`appliance ${oneLine(device.replace(/^https?:\/\//, ''))}`]),
    ...(id === '' ? [] : [`device ${id}`]),
    ...(slot === 0 ? [] : [`analysis slot ${slot}`]),
    ...(group === undefined ? [] : [`virtual link group ${group}`]),
    utcText(alertTime),
  ].join(', ');
  const test = event === 'preview' ? 'Test event: ' : '';
  return `${test}${what} ${capitalized(place)}.`;
}

interface EventPlace {
  event: string;
  device: string | null;
  address?: Address;
  alertTime: string;
}

/** An element with what else is known of it, as `10.1.2.3 (fileserver.example)`. */
export function named(element: string, ...others: ReadonlyArray<string | null | undefined>) {
  const shown = oneLine(element);
  const known = others.filter((one) => typeof one === 'string').map((one) => oneLine(one, 80));
  const added = [...new Set(known)].filter((one) => one !== '' && one !== shown);
  return added.length > 0 ? `${shown} (${added.join(', ')})` : shown;
}
