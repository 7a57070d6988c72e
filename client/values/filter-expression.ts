import { inputError } from '../errors';
import {
  ADVICE_FOR_ALL,
  type Fail,
  readAddress,
  readInteger,
  readMac,
  readName,
  readNetwork,
  readPort,
  readPorts,
  splitPort,
  upperIfUsual,
} from './filter-operands';
import { formText, say, type Sentence } from './sentence';
import { asText } from './text';

/**
 * Builds the filter expression of a capture from rows that a person filled in.
 *
 * Source: "Pcap extraction", parameter `expression` and its examples, and the vendor's page "Complex
 * filter". Documented are `ip==`, `ip==address:port` for IPv4, `l4Protocol==`, `portrange==`,
 * `group==`, `and`, `or` and `!( )`. **Not confirmed** are `mac==`, `vlan==` and an address with its
 * prefix length; they follow the names that the appliance's own filters use.
 */

export const EXPRESSION_KINDS = [
  'host',
  'conversation',
  'hostPort',
  'port',
  'portRange',
  'protocol',
  'mac',
  'vlan',
  'linkGroup',
] as const;

export type ExpressionKind = (typeof EXPRESSION_KINDS)[number];

/** One condition. Hosts hand over rows of text, so numbers and booleans may be text as well. */
export interface ExpressionRow {
  kind: ExpressionKind;
  /**
   * - `host`: an IP address, or a network such as `10.1.2.0/24`
   * - `conversation`: one end, `10.1.2.3`, `10.1.2.3:80` or `[2001:db8::1]:80`
   * - `hostPort`: an address with its port, or the address alone with the port in `value2`
   * - `port`: a TCP or UDP port
   * - `portRange`: ports and ranges, `80,100-120,-10,65000-`; or the first port, the last in `value2`
   * - `protocol`: the layer 4 protocol, e.g. `TCP`
   * - `mac`, `vlan` (0 to 4095), `linkGroup` (a virtual link group)
   */
  value: string | number;
  value2?: string | number | null;
  /** Everything but this. Needs firmware 3.6 or later. */
  negate?: boolean | string;
}

/** Packets that meet all conditions, or any of them. */
export type Combine = 'all' | 'any';

/** A part of an expression, and what joins its own parts. */
interface Term {
  text: string;
  joinedBy?: 'and' | 'or';
}

/**
 * Joins the rows and a raw expression. Wherever `and` meets `or` there are parentheses, because
 * which of them binds closer is not documented.
 *
 * @param rows conditions; a blank value is an error, for leaving it out would let everything in
 * @param raw an expression in the appliance's own language, joined to the rows by `and`; see
 *   {@link checkRawExpression}
 * @param fields names of the fields, for errors; and the label of the field, where the only row is
 *   one of its own rather than one of several conditions
 * @returns with blanks (the query writes them as `%20`); `''` for everything
 * @throws AllegroError of kind `input`
 */
export function buildExpression(
  rows: ReadonlyArray<ExpressionRow | Readonly<Record<string, unknown>>>,
  combine: Combine = 'all',
  raw = '',
  fields: { rows?: string; raw?: string; label?: string } = {},
): string {
  const terms = rows.map((row, index) =>
    readRow(
      row,
      fields.label ? formText(fields.label) : say`Condition ${index + 1}`,
      fields.rows ?? 'conditions',
    ),
  );
  const conditions = join(terms, combine === 'any' ? 'or' : 'and');
  const expression = checkRawExpression(raw, fields.raw ?? 'expression');
  if (expression === '') return conditions?.text ?? '';
  if (!conditions) return expression;
  // What joins the raw expression's parts is not known, so it always stands in parentheses.
  return join([conditions, { text: expression, joinedBy: 'or' }], 'and')?.text ?? '';
}

/**
 * Checks what can be checked in an expression without knowing its operands. Quotation marks and
 * parentheses are in pairs, and what could end a quotation for one reader but not for another is
 * refused: else a part of the text could leave the parentheses it is put in.
 *
 * @returns the expression without blanks around it; `''` for a blank one
 * @throws AllegroError of kind `input`
 */
export function checkRawExpression(raw: string, field: string): string {
  const text = raw.trim();
  const fail = (what: Sentence, advice = say`Correct it.`): never => {
    throw inputError(field, what, advice);
  };
  if (text.length > MAX_EXPRESSION_LENGTH) {
    fail(say`The expression is longer than ${MAX_EXPRESSION_LENGTH} characters.`);
  }
  if (CONTROL_CHARACTER.test(text))
    fail(say`The expression contains a line break or another control character.`);
  if (/[\\'`]/.test(text))
    fail(say`The expression contains a backslash or a single quotation mark.`);
  let depth = 0;
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === '(') depth++;
    else if (character === ')' && --depth < 0)
      fail(say`The expression closes a parenthesis that is not open.`);
  }
  if (isQuoted) fail(say`The expression has a quotation mark without its counterpart.`);
  if (depth > 0) fail(say`The expression has a parenthesis that is not closed.`);
  if (text !== '' && !/[^\s()"!]/.test(text)) fail(say`The expression contains no condition.`);
  if (/\/0+(?!\d)/.test(text))
    fail(say`The expression contains a network of prefix length 0.`, ADVICE_FOR_ALL);
  return text;
}

/** Texts from outside are cut off before a pattern sees them; no filter that a person writes is longer. */
const MAX_EXPRESSION_LENGTH = 4000;
const MAX_VALUE_LENGTH = 1000;

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

function join(terms: Term[], word: 'and' | 'or'): Term | undefined {
  if (terms.length < 2) return terms[0];
  const parts = terms.map(({ text, joinedBy }) =>
    joinedBy === undefined || joinedBy === word ? text : `(${text})`,
  );
  return { text: parts.join(` ${word} `), joinedBy: word };
}

function readRow(row: object, label: Sentence, field: string): Term {
  const fail: Fail = (what, advice) => {
    throw inputError(field, say`${label}: ${what}`, advice);
  };
  const { kind, value, value2, negate } = row as Record<string, unknown>;
  const [first, second] = [readText(value), readText(value2)];
  if (first.length + second.length > MAX_VALUE_LENGTH) {
    fail(say`the value is longer than ${MAX_VALUE_LENGTH} characters.`, say`Shorten it.`);
  }
  const read = Object.hasOwn(READERS, asText(kind)) ? READERS[kind as ExpressionKind] : undefined;
  if (!read) {
    return fail(
      say`"${readText(kind)}" is not a kind of condition.`,
      say`Use ${EXPRESSION_KINDS.join(', ')}.`,
    );
  }
  if (first === '') fail(say`the value is blank.`, say`Enter a value, or remove the condition.`);
  const term = read(first, second, fail);
  const isNegated = negate === true || asText(negate).toLowerCase() === 'true';
  return isNegated ? { text: `!(${term.text})` } : term;
}

function readText(value: unknown): string {
  return value === undefined || value === null ? '' : asText(value).trim();
}

const READERS: Record<ExpressionKind, (value: string, value2: string, fail: Fail) => Term> = {
  host: (value, _, fail) => ({ text: `ip==${readNetwork(value, fail)}` }),
  conversation(value, value2, fail) {
    if (value2 === '') fail(say`a conversation needs two addresses.`, say`Enter the second one.`);
    const ends = [value, value2].map((end) => endpoint(...splitPort(end, fail), fail));
    return join(ends, 'and') ?? fail(say`a conversation needs two addresses.`, say`Enter both.`);
  },
  hostPort(value, value2, fail) {
    const [address, port] = splitPort(value, fail);
    if (port !== undefined && value2 !== '') {
      fail(say`the port is given twice.`, say`Leave one of them blank.`);
    }
    if (port === undefined && value2 === '') fail(say`the port is missing.`, say`Enter a port.`);
    return endpoint(address, port ?? value2, fail);
  },
  // `portrange` is documented and takes single ports; `port` is not.
  port: (value, _, fail) => ({ text: `portrange==${readPort(value, fail)}` }),
  portRange: (value, value2, fail) => ({
    text: `portrange==${readPorts(value2 === '' ? value : `${value}-${value2}`, fail)}`,
  }),
  protocol: (value, _, fail) => ({ text: `l4Protocol==${readName(upperIfUsual(value), fail)}` }),
  mac: (value, _, fail) => ({ text: `mac==${readMac(value, fail)}` }),
  vlan: (value, _, fail) => ({ text: `vlan==${readInteger(value, 4095, say`a VLAN`, fail)}` }),
  linkGroup: (value, _, fail) => ({ text: `group==${readName(value, fail)}` }),
};

/**
 * An address with its port. For IPv6 no form of both in one is documented, and an address with a
 * port behind a colon could be another address; so both are asked for side by side, which also lets
 * in what the address exchanges with that port on the other side.
 */
function endpoint(address: string, port: string | undefined, fail: Fail): Term {
  const ip = readAddress(address, fail);
  if (port === undefined) return { text: `ip==${ip}` };
  const number = readPort(port, fail);
  if (!ip.includes(':')) return { text: `ip==${ip}:${number}` };
  // Always in parentheses, as if other words joined it: the two belong together.
  return { text: `(ip==${ip} and portrange==${number})` };
}
