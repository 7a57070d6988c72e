import { BlockList, isIP } from 'node:net';
import type { Headers } from '../packets/packet';
import { ipBytes } from '../packets/frames';
import { ipv6 } from '../packets/decode';
import { FilterError, parseFilter, type Expression, type Operator } from './parser';

export type Matcher = (packet: Headers) => boolean;

/** What a matcher asks the appliance. */
export interface FilterSurroundings {
  /** Whether a packet belongs to a virtual link group; 0 is all traffic. */
  isInGroup(packet: Headers, group: number): boolean;
}

/**
 * Makes a test for packets of a filter expression. No expression matches everything.
 *
 * @throws FilterError for what cannot be understood
 */
export function matcherOf(text: string | undefined, surroundings: FilterSurroundings): Matcher {
  if (text === undefined || text.trim() === '') return () => true;
  return compile(parseFilter(text), surroundings);
}

function compile(expression: Expression, surroundings: FilterSurroundings): Matcher {
  switch (expression.kind) {
    case 'and': {
      const parts = expression.parts.map((part) => compile(part, surroundings));
      return (packet) => parts.every((part) => part(packet));
    }
    case 'or': {
      const parts = expression.parts.map((part) => compile(part, surroundings));
      return (packet) => parts.some((part) => part(packet));
    }
    case 'not': {
      const part = compile(expression.part, surroundings);
      return (packet) => !part(packet);
    }
    case 'comparison':
      return comparison(expression.operand, expression.operator, expression.value, surroundings);
  }
}

function comparison(
  operand: string,
  operator: Operator,
  value: string,
  surroundings: FilterSurroundings,
): Matcher {
  switch (operand) {
    case 'ip':
      return equality(operand, operator, addressMatcher(value));
    case 'mac': {
      const wanted = value.toLowerCase().replaceAll('-', ':');
      return equality(
        operand,
        operator,
        ({ sourceMac, destinationMac }) => sourceMac === wanted || destinationMac === wanted,
      );
    }
    case 'l4protocol': {
      const wanted = value.toUpperCase();
      return equality(operand, operator, ({ layer4 }) => layer4?.toUpperCase() === wanted);
    }
    case 'portrange':
      return equality(operand, operator, portRangeMatcher(value));
    case 'port':
      return numeric(operator, numberOf(operand, value, 65535), portsOf);
    case 'vlan':
      return value.toLowerCase() === 'none'
        ? equality(operand, operator, ({ vlans }) => vlans.length === 0)
        : numeric(operator, numberOf(operand, value, 4095), ({ vlans }) => vlans);
    case 'group': {
      const group = numberOf(operand, value, 99);
      return equality(operand, operator, (packet) => surroundings.isInGroup(packet, group));
    }
    default:
      throw new FilterError(`Unknown operand "${operand}".`);
  }
}

/** For what can only be equal or not. "Not equal" means that neither end is. */
function equality(operand: string, operator: Operator, matches: Matcher): Matcher {
  if (operator === '==' || operator === '===') return matches;
  if (operator === '!=') return (packet) => !matches(packet);
  throw new FilterError(`"${operand}" cannot be compared with ${operator}.`);
}

const COMPARE: Partial<Record<Operator, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '===': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function numeric(operator: Operator, wanted: number, read: (packet: Headers) => number[]): Matcher {
  if (operator === '!=') return (packet) => !read(packet).includes(wanted);
  const compare = COMPARE[operator];
  if (!compare) throw new FilterError(`Numbers cannot be compared with ${operator}.`);
  return (packet) => read(packet).some((value) => compare(value, wanted));
}

function portsOf({ sourcePort, destinationPort }: Headers): number[] {
  return sourcePort === undefined ? [] : [sourcePort, destinationPort!];
}

/** An address, an address with a port (`10.1.2.3:443`, `[2001:db8::1]:443`), or a net (`10.0.0.0/8`). */
function addressMatcher(value: string): Matcher {
  const net = /^(.+)\/(\d+)$/.exec(value);
  if (net) return netMatcher(net[1], Number(net[2]));
  const withPort = /^\[(.+)\]:(\d+)$/.exec(value) ?? /^([\d.]+):(\d+)$/.exec(value);
  const address = canonical(withPort ? withPort[1] : value);
  if (!withPort) {
    return ({ sourceIp, destinationIp }) => sourceIp === address || destinationIp === address;
  }
  const port = numberOf('ip', withPort[2], 65535);
  return (packet) =>
    (packet.sourceIp === address && packet.sourcePort === port) ||
    (packet.destinationIp === address && packet.destinationPort === port);
}

function netMatcher(address: string, prefix: number): Matcher {
  const version = isIP(address);
  if (version === 0 || prefix > (version === 4 ? 32 : 128)) {
    throw new FilterError(`"${address}/${prefix}" is not an IP network.`);
  }
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const net = new BlockList();
  net.addSubnet(address, prefix, family);
  const isInside = (ip: string | undefined) => {
    if (ip === undefined || isIP(ip) !== version) return false;
    return net.check(ip, family);
  };
  return ({ sourceIp, destinationIp }) => isInside(sourceIp) || isInside(destinationIp);
}

/** In the form that the decoder writes. */
export function canonical(address: string): string {
  switch (isIP(address)) {
    case 4:
      return address;
    case 6:
      return ipv6(ipBytes(address), 0);
    default:
      throw new FilterError(`"${address}" is not an IP address.`);
  }
}

/** `80,100-120,-10,65000-`: single ports and ranges, which may be open at one end. */
function portRangeMatcher(value: string): Matcher {
  const ranges = value.split(',').map((part) => {
    const match = /^(\d*)(?:(-)(\d*))?$/.exec(part);
    if (!match || part === '' || part === '-')
      throw new FilterError(`"${part}" is not a port range.`);
    const [, low, dash, high = ''] = match;
    const from = low === '' ? 0 : numberOf('portrange', low, 65535);
    const to = high === '' ? (dash ? 65535 : from) : numberOf('portrange', high, 65535);
    return { from, to };
  });
  return (packet) =>
    portsOf(packet).some((port) => ranges.some(({ from, to }) => port >= from && port <= to));
}

function numberOf(operand: string, text: string, largest: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value <= largest)) throw new FilterError(`"${text}" is not a value for "${operand}".`);
  return value;
}
