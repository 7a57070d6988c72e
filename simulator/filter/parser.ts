/**
 * The filter expressions of captures. Source: "Pcap extraction" (`IP==10.1.2.3:62887 and …`) and
 * the vendor's page on complex filters (operators, `!( … )`, `portrange`). Assumed here: `and`
 * binds tighter than `or`, and the operands `port`, `mac`, `vlan` and `l7Protocol` exist.
 */

export type Operator = '==' | '!=' | '===' | '<' | '<=' | '>' | '>=' | '~';

export type Expression =
  | { kind: 'comparison'; operand: string; operator: Operator; value: string }
  | { kind: 'and' | 'or'; parts: Expression[] }
  | { kind: 'not'; part: Expression };

/** Thrown for text that is no filter expression; the message says where it broke. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}

type Token =
  | { kind: 'operator'; text: Operator }
  | { kind: 'and' | 'or' | '!' | '(' | ')' | 'end'; text: string }
  | { kind: 'word'; text: string };

const WORD_OPERATORS: Record<string, Operator> = { eq: '==', ne: '!=' };

/** @throws FilterError */
export function parseFilter(text: string): Expression {
  const parser = new Parser(tokens(text));
  const expression = parser.either();
  parser.expect('end');
  return expression;
}

class Parser {
  private index = 0;

  constructor(private readonly tokens: Token[]) {}

  either(): Expression {
    return this.list('or', () => this.both());
  }

  expect(kind: Token['kind']): Token {
    const token = this.tokens[this.index];
    if (token.kind !== kind) throw new FilterError(`Unexpected ${describe(token)}.`);
    this.index++;
    return token;
  }

  private both(): Expression {
    return this.list('and', () => this.single());
  }

  private list(kind: 'and' | 'or', read: () => Expression): Expression {
    const parts = [read()];
    while (this.tokens[this.index].kind === kind) {
      this.index++;
      parts.push(read());
    }
    return parts.length === 1 ? parts[0] : { kind, parts };
  }

  private single(): Expression {
    const token = this.tokens[this.index];
    if (token.kind === '!') {
      this.index++;
      return { kind: 'not', part: this.group() };
    }
    return token.kind === '(' ? this.group() : this.comparison();
  }

  private group(): Expression {
    this.expect('(');
    const inner = this.either();
    this.expect(')');
    return inner;
  }

  private comparison(): Expression {
    const operand = this.expect('word').text.toLowerCase();
    const next = this.tokens[this.index];
    const operator = next.kind === 'operator' ? next.text : WORD_OPERATORS[next.text.toLowerCase()];
    if (!operator) throw new FilterError(`After "${operand}" an operator is missing.`);
    this.index++;
    return { kind: 'comparison', operand, operator, value: this.expect('word').text };
  }
}

const PATTERNS: Array<[RegExp, (text: string) => Token | undefined]> = [
  [/\s+/y, () => undefined],
  [/"[^"]*"/y, (text) => ({ kind: 'word', text: text.slice(1, -1) })],
  [/===|==|!=|<=|>=|<|>|~/y, (text) => ({ kind: 'operator', text: text as Operator })],
  [/&&/y, (text) => ({ kind: 'and', text })],
  [/\|\|/y, (text) => ({ kind: 'or', text })],
  [/[!()]/y, (text) => ({ kind: text as '!' | '(' | ')', text })],
  [/[^\s"=!<>~&|()]+/y, (text) => wordOrKeyword(text)],
];

function wordOrKeyword(text: string): Token {
  const lower = text.toLowerCase();
  return lower === 'and' || lower === 'or' ? { kind: lower, text } : { kind: 'word', text };
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  let offset = 0;
  while (offset < text.length) {
    const match = PATTERNS.map(([pattern, make]) => {
      pattern.lastIndex = offset;
      const matched = pattern.exec(text);
      return matched && { text: matched[0], make };
    }).find(Boolean);
    if (!match) throw new FilterError(`Unexpected character "${text[offset]}" at ${offset}.`);
    const token = match.make(match.text);
    if (token) found.push(token);
    offset += match.text.length;
  }
  found.push({ kind: 'end', text: '' });
  return found;
}

function describe({ kind, text }: Token): string {
  return kind === 'end' ? 'end of the expression' : `"${text}"`;
}
