/** Addresses as bytes: reading, writing, and telling whether a network holds one. */

import { say, type Sentence } from './sentence';

/**
 * An IPv4 address that is written as an IPv6 address, as programs with sockets for both log it
 * (`::ffff:10.1.2.3`), is the IPv4 address: that is what its packets carry.
 *
 * @returns 4 or 16 bytes, or nothing when the text is not an address
 */
export function parseIp(text: string): number[] | undefined {
  if (!text.includes(':')) return parseIpv4(text);
  const bytes = parseIpv6(text);
  const isMapped = bytes?.every((byte, at) => at >= 12 || byte === (at < 10 ? 0 : 0xff));
  return isMapped ? bytes!.slice(12) : bytes;
}

/** @returns the address in its usual form; see {@link formatIp}. Nothing when the text is none */
export function canonicalIp(text: string): string | undefined {
  const bytes = parseIp(text);
  return bytes && formatIp(bytes);
}

/** Names of hosts, as in DNS; nothing that could be meant for an address. */
const NAME = /^(?=.*[a-z])[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i;

/**
 * Why a text is not a valid address, and what to do.
 *
 * @param examples of what is accepted
 */
export function notAnAddress(
  text: string,
  examples = say`10.1.2.3 or 2001:db8::1`,
  wanted = say`IP address`,
): { what: Sentence; advice: Sentence } {
  if (text.length <= 253 && NAME.test(text)) {
    return {
      what: say`"${text}" is not an ${wanted}.`,
      advice: say`Names are not looked up: the appliance keeps statistics and packets by address. Find the address of a name with Top Talkers, or in DNS.`,
    };
  }
  return {
    what: say`"${text}" is not a valid ${wanted}.`,
    advice: say`Use an address such as ${examples}.`,
  };
}

/** @returns 4 bytes, or nothing */
export function parseIpv4(text: string): number[] | undefined {
  // A leading zero means octal to some readers, so it is refused.
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, index) => {
    const groups = half === '' ? [] : half.split(':');
    // IPv4 notation may only be the very last part.
    return readGroups(groups, index === halves.length - 1);
  });
  if (!head || (halves.length === 2 && !tail)) return undefined;
  if (halves.length === 1) return head.length === 16 ? head : undefined;
  const missing = 16 - head.length - tail!.length;
  return missing >= 2 ? [...head, ...Array<number>(missing).fill(0), ...tail!] : undefined;
}

function readGroups(groups: string[], isLast: boolean): number[] | undefined {
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    const ipv4 = isLast && index === groups.length - 1 ? parseIpv4(group) : undefined;
    if (!ipv4 && !/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
    const value = parseInt(group, 16);
    bytes.push(...(ipv4 ?? [value >> 8, value & 0xff]));
  }
  return bytes;
}

/** Canonical text; for IPv6 that of RFC 5952. */
export function formatIp(bytes: number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, at) => (bytes[2 * at] << 8) | bytes[2 * at + 1]);
  const text = groups.map((group) => group.toString(16)).join(':');
  // The longest run of zeros, the first of several, from two groups on.
  const runs = [...text.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)];
  const longest = runs.reduce((best, run) => (run[0].length > best.length ? run[0] : best), '');
  if (longest === '') return text;
  const at = runs.find((run) => run[0] === longest)!.index;
  const before = text.slice(0, at).replace(/:$/, '');
  return `${before}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}

/** An address, or a network with its prefix length. */
export interface Network {
  bytes: number[];
  prefixLength: number;
}

/** @returns nothing when the text is neither an address nor a network such as `10.1.2.0/24` */
export function parseNetwork(text: string): Network | undefined {
  const [address, prefix, ...rest] = text.trim().split('/');
  const bytes = parseIp(address);
  if (!bytes || rest.length > 0) return undefined;
  if (prefix === undefined) return { bytes, prefixLength: bytes.length * 8 };
  // Of an IPv4 address that is written as an IPv6 address, the prefix counts all of its 128 bits.
  const ahead = (address.includes(':') ? 128 : 32) - bytes.length * 8;
  const prefixLength = /^\d{1,3}$/.test(prefix) ? Number(prefix) - ahead : NaN;
  const isInRange = prefixLength >= 0 && prefixLength <= bytes.length * 8;
  return isInRange ? { bytes, prefixLength } : undefined;
}

/** Whether it is one address: all bits count. */
export function isSingleAddress({ bytes, prefixLength }: Network): boolean {
  return prefixLength === bytes.length * 8;
}

/** Whether an address lies in a network. A text that is not an address lies in none. */
export function isInNetwork(address: string, { bytes, prefixLength }: Network): boolean {
  const own = parseIp(address);
  if (own?.length !== bytes.length) return false;
  return own.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefixLength - index * 8));
    const mask = (0xff << (8 - bits)) & 0xff;
    return (byte & mask) === (bytes[index] & mask);
  });
}
