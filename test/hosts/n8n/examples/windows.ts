import type { Item } from '../../../../scripts/hosts/n8n-rest';

/** What a capture was asked for, in microseconds; the end is exclusive. */
export function requestedWindow({ json }: Pick<Item, 'json'>): { startUs: number; endUs: number } {
  const { from, to } = json.requestedWindow as { from: string; to: string };
  return { startUs: microseconds(from), endUs: microseconds(to) };
}

/** Of an ISO time with six digits behind the point, in microseconds. */
export function microseconds(iso: string): number {
  return Date.parse(iso.slice(0, 19) + 'Z') * 1000 + Number(iso.slice(20, 26));
}
