import { canonicalIp, formatIp, notAnAddress, parseIpv4, parseNetwork } from './ip-address';
import { say, type Sentence } from './sentence';

/**
 * Operands of a filter expression, read from text that a person entered, and written as the
 * appliance takes them; see `filter-expression.ts`.
 */

/** Throws an error that names the condition or field. */
export type Fail = (what: Sentence, advice: Sentence) => never;

export const ADVICE_FOR_ALL = say`It matches every address: choose "All Traffic" if that is meant.`;

/** Takes `address:port` apart, where an IPv6 address with a port stands in brackets. */
export function splitPort(text: string, fail: Fail): [address: string, port: string | undefined] {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed) return [bracketed[1], bracketed[2]];
  const colons = text.split(':').length - 1;
  if (colons !== 1) return [text, undefined];
  const [address, port] = text.split(':');
  if (port === '')
    fail(say`"${text}" ends without a port.`, say`Add the port, or remove the colon.`);
  return [address, port];
}

export function readNetwork(text: string, fail: Fail): string {
  const [address, prefix] = text.split('/');
  if (parseIpv4(address.split(':')[0]) && address.includes(':')) {
    fail(
      say`"${text}" is an address with a port.`,
      say`Use a condition of the kind "Host and Port" (hostPort) for it.`,
    );
  }
  if (prefix === undefined) return readAddress(address, fail);
  const network = parseNetwork(text);
  if (!network) {
    return fail(
      say`"${text}" is not a network.`,
      say`Use an address and a prefix length, e.g. 10.1.2.0/24.`,
    );
  }
  const { bytes, prefixLength: length } = network;
  // Only the form without a prefix length is documented.
  if (length === bytes.length * 8) return formatIp(bytes);
  if (length === 0) fail(say`"${text}" has the prefix length 0.`, ADVICE_FOR_ALL);
  // The bits behind the prefix do not belong to the network, and a reader may mind them.
  const masked = bytes.map((byte, index) => {
    const bits = Math.min(8, Math.max(0, length - index * 8));
    return byte & (0xff << (8 - bits)) & 0xff;
  });
  return `${formatIp(masked)}/${length}`;
}

export function readAddress(text: string, fail: Fail): string {
  const address = canonicalIp(text);
  if (address !== undefined) return address;
  const { what, advice } = notAnAddress(text);
  return fail(what, advice);
}

export function readPorts(text: string, fail: Fail): string {
  return text
    .split(',')
    .map((part) => readPortPart(part.trim(), fail))
    .join(',');
}

function readPortPart(part: string, fail: Fail): string {
  const range = /^(\d*)\s*-\s*(\d*)$/.exec(part);
  if (!range) return readPort(part, fail);
  const [from, to] = [range[1], range[2]].map((end) => (end === '' ? '' : readPort(end, fail)));
  if (from === '' && to === '') fail(say`"${part}" is not a port range.`, say`Use e.g. 100-120.`);
  if (from !== '' && to !== '' && Number(from) > Number(to)) {
    fail(say`the range "${part}" ends before it begins.`, say`Put the lower port first.`);
  }
  return `${from}-${to}`;
}

export function readPort(text: string, fail: Fail): string {
  return readInteger(text, 65535, say`a port`, fail);
}

export function readInteger(text: string, maximum: number, what: Sentence, fail: Fail): string {
  if (!/^\d{1,9}$/.test(text) || Number(text) > maximum) {
    fail(say`"${text}" is not ${what}.`, say`Use a whole number from 0 to ${maximum}.`);
  }
  return String(Number(text));
}

export function readMac(text: string, fail: Fail): string {
  return (
    canonicalMac(text) ??
    fail(say`"${text}" is not a MAC address.`, say`Use e.g. 00:1a:2b:3c:4d:5e.`)
  );
}

/** @returns such as `00:1a:2b:3c:4d:5e`. Nothing when the text is not a MAC address */
export function canonicalMac(text: string): string | undefined {
  const isWritten =
    /^([0-9a-f]{2}([:-])([0-9a-f]{2}\2){4}[0-9a-f]{2}|([0-9a-f]{4}\.){2}[0-9a-f]{4}|[0-9a-f]{12})$/i;
  if (!isWritten.test(text)) return undefined;
  const digits = text.replace(/[^0-9a-f]/gi, '').toLowerCase();
  return digits.replace(/..(?!$)/g, '$&:');
}

/** The page shows TCP in capitals; whether another spelling is taken is not known. */
export function upperIfUsual(name: string): string {
  return /^(tcp|udp|icmp|icmpv6|sctp|igmp|esp|gre)$/i.test(name) ? name.toUpperCase() : name;
}

/** A name as a value, in quotation marks where it has blanks. No sign of the language is taken. */
export function readName(text: string, fail: Fail): string {
  if (!/^[\p{L}\p{N}_.:/ -]+$/u.test(text)) {
    fail(
      say`"${text}" is not a valid name.`,
      say`Use letters, digits, blanks and the signs _ . : / -.`,
    );
  }
  return text.includes(' ') ? `"${text}"` : text;
}
