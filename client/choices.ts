import type { AllegroClient } from './allegro-client';
import { slotAddress } from './device-slot';
import { encodePathElement, parseTypedPath } from './query';

/** What an appliance can be asked for while a form is open. */
export type ChoiceSource = 'statisticsPaths' | 'devices' | 'linkGroups';

/** Narrows a choice. */
export interface ChoiceQuery {
  /** For `statisticsPaths`: the path to look below; the default is `API/stats`. */
  path?: string;
  /** Only choices whose label contains this, in any case. */
  search?: string;
}

export interface Choice {
  /** What goes into the field. */
  value: string;
  /** What a person reads. */
  label: string;
  /** For `statisticsPaths`: whether there is more below. Unknown counts as no. */
  hasChildren?: boolean;
}

const STATISTICS_ROOT = '/API/stats';
/** Reading it resets what was measured, as far as is known; never offered, never called. */
const DANGEROUS = new Set(['reset']);

/** Asks the appliance for the choices of a form's field. */
export async function choices(
  client: AllegroClient,
  source: ChoiceSource,
  { path, search }: ChoiceQuery,
  signal: AbortSignal,
): Promise<Choice[]> {
  const found = await find(client, source, path, signal);
  const wanted = search?.trim().toLowerCase() ?? '';
  return found.filter(
    ({ value, label }) =>
      label.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted),
  );
}

async function find(
  client: AllegroClient,
  source: ChoiceSource,
  path: string | undefined,
  signal: AbortSignal,
): Promise<Choice[]> {
  switch (source) {
    case 'devices':
      return deviceChoices(client, signal);
    case 'statisticsPaths':
      return pathChoices(client, path, signal);
    case 'linkGroups':
      return linkGroupChoices(client, signal);
  }
}

async function deviceChoices(client: AllegroClient, signal: AbortSignal): Promise<Choice[]> {
  const [devices, slots] = await Promise.all([
    client.devices({ signal }),
    slotChoices(client, signal),
  ]);
  const members = devices.map(({ id, host, active }) => ({
    value: id,
    label: `${host === id ? host : `${host} (${id})`}${active ? '' : ', not active'}`,
  }));
  return [...members, ...slots];
}

/** One slot is the default of the appliance; others are set up by hand, so there are few. */
const MAX_SLOTS = 4;

/**
 * The slots for pcap analysis of the appliance itself. The API page names no list of them, so each is
 * asked for its clock, which costs least, and the first one that does not answer is the end.
 */
async function slotChoices(client: AllegroClient, signal: AbortSignal): Promise<Choice[]> {
  const found: Choice[] = [];
  for (let slot = 1; slot <= MAX_SLOTS; slot++) {
    const mmId = slotAddress(undefined, slot);
    const isThere = await client.time({ signal, address: { mmId } }).then(
      () => true,
      () => false,
    );
    signal.throwIfAborted();
    if (!isThere) break;
    found.push({ value: mmId, label: `${mmId} (pcap analysis)` });
  }
  return found;
}

async function pathChoices(
  client: AllegroClient,
  path: string | undefined,
  signal: AbortSignal,
): Promise<Choice[]> {
  const start = path?.trim() ? parseTypedPath(path).path : STATISTICS_ROOT;
  const names = await client.subResources(start, { signal });
  return names
    .filter((name) => !DANGEROUS.has(name))
    .map((name) => {
      // A name such as `:ip` stands for a value that a person fills in.
      const element = name.startsWith(':') ? name : encodePathElement(name);
      const value = `${start}/${element}`.replace(/^\//, '');
      return { value, label: value.replace(/^API\/stats\//, ''), hasChildren: true };
    });
}

/**
 * Virtual link groups. Only the existence of the `groups` module is documented, not its shape, so
 * anything that looks like a named list is taken, and nothing is no error.
 */
async function linkGroupChoices(client: AllegroClient, signal: AbortSignal): Promise<Choice[]> {
  const answer = await client
    .get('/API/stats/modules/groups', {}, { signal })
    .catch(() => undefined);
  const list = listWithin(answer);
  return list.map((item, index) => {
    const { id, name } = (typeof item === 'object' && item !== null ? item : { name: item }) as {
      id?: unknown;
      name?: unknown;
    };
    const number = typeof id === 'number' || /^\d+$/.test(String(id)) ? Number(id) : index;
    return { value: String(number), label: name ? `${number}: ${String(name)}` : String(number) };
  });
}

function listWithin(answer: unknown): unknown[] {
  if (Array.isArray(answer)) return answer;
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.values(answer).find(Array.isArray) ?? [];
}
