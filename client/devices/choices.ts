import type { Api } from '../api/api';
import { LINK_GROUPS } from '../api/paths';
import { readDevices } from './devices';
import { SlotProbe } from './slots';
import { pathsBelow, statisticsChoices, type Choice } from './statistics-paths';
import { toNumber } from '../values/loose-value';
import { ENGLISH, say, Sentence, type Language } from '../values/sentence';
import { asText } from '../values/text';

/** What an appliance can be asked for while a form is open. */
export type ChoiceSource =
  | 'statisticsPaths'
  | 'devices'
  /** Values such as `1`: numbers of the slots for pcap analysis. */
  | 'slots'
  /** Values of an `mm-id`: devices, and `:1` and so on for the slots of the appliance itself. */
  | 'devicesAndSlots'
  | 'linkGroups';

/** Narrows a choice. */
export interface ChoiceQuery {
  /** For `statisticsPaths`: the path to look below; without it all that can be read is offered. */
  path?: string;
  /** Only choices whose label or value contains each of these words, in any case. */
  search?: string;
}

/**
 * Asks the appliance for the choices of a form's field.
 *
 * @param language of the words to search for, beside English
 */
export async function choices(
  api: Api,
  source: ChoiceSource,
  { path, search = '' }: ChoiceQuery,
  signal: AbortSignal,
  language: Language = ENGLISH,
): Promise<Choice[]> {
  const found = await find(api, source, { path, search }, signal);
  const words = search.toLowerCase().split(/\s+/);
  return found.filter(({ value, label }) => {
    const shown = label instanceof Sentence ? label.in(language) : '';
    const text = `${String(label)} ${shown} ${value}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

async function find(
  api: Api,
  source: ChoiceSource,
  { path, search }: { path: string | undefined; search: string },
  signal: AbortSignal,
): Promise<Choice[]> {
  switch (source) {
    case 'devices':
      return deviceChoices(api, signal);
    case 'slots':
      return slotChoices(api, signal);
    case 'devicesAndSlots':
      return deviceAndSlotChoices(api, signal);
    case 'statisticsPaths':
      return path?.trim() ? pathsBelow(api, path, signal) : statisticsChoices(api, search, signal);
    case 'linkGroups':
      return linkGroupChoices(api, signal);
  }
}

async function deviceChoices(api: Api, signal: AbortSignal): Promise<Choice[]> {
  const devices = await readDevices(api, { signal });
  return devices.map(({ id, host, active }) => {
    const name = host === id ? host : `${host} (${id})`;
    return { value: id, label: active ? name : say`${name}, not active` };
  });
}

/** How many slots are looked for; the appliance has one unless its settings say otherwise. */
const MAX_SLOTS = 8;

/** The slots that were seen to exist, up to the first that does not. */
async function slotChoices(api: Api, signal: AbortSignal): Promise<Choice[]> {
  const found: Choice[] = [];
  const probe = new SlotProbe(api, undefined, signal);
  for (let slot = 1; slot <= MAX_SLOTS; slot++) {
    if ((await probe.stateOf(slot)) !== 'present') break;
    found.push({ value: String(slot), label: say`Analysis slot ${slot}` });
  }
  return found;
}

/** Not every login may list the devices: then the slots are offered alone, and the other way round. */
async function deviceAndSlotChoices(api: Api, signal: AbortSignal): Promise<Choice[]> {
  const [devices, slots] = await Promise.allSettled([
    deviceChoices(api, signal),
    slotChoices(api, signal),
  ]);
  if (devices.status === 'rejected' && slots.status === 'rejected') throw devices.reason;
  return [
    ...(devices.status === 'fulfilled' ? devices.value : []),
    ...(slots.status === 'fulfilled' ? slots.value : []).map(({ value, label }) => ({
      value: `:${value}`,
      label: say`${label} (:${value})`,
    })),
  ];
}

/**
 * Virtual link groups. Only the existence of the `groups` module is documented, not its shape, so
 * anything that looks like a named list is taken, and nothing is no error.
 */
async function linkGroupChoices(api: Api, signal: AbortSignal): Promise<Choice[]> {
  const answer = await api.get(LINK_GROUPS, {}, { signal }).catch(() => undefined);
  const list = anyListIn(answer);
  return list.map((item, index) => {
    const { id, name } = (typeof item === 'object' && item !== null ? item : { name: item }) as {
      id?: unknown;
      name?: unknown;
    };
    const number = toNumber(id) ?? index;
    return { value: String(number), label: name ? `${number}: ${asText(name)}` : String(number) };
  });
}

function anyListIn(answer: unknown): unknown[] {
  if (Array.isArray(answer)) return answer;
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.values(answer).find(Array.isArray) ?? [];
}
