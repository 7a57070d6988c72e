import fc from 'fast-check';
import { isIP } from 'node:net';
import { AllegroError } from '../../../client/errors';
import {
  buildExpression,
  checkRawExpression,
  EXPRESSION_KINDS,
} from '../../../client/values/filter-expression';

const one = (kind: string, value: unknown, value2?: unknown) =>
  buildExpression([{ kind, value, value2 }]);

describe('properties', () => {
  const isMixed = (text: string) => {
    // At no depth do both words stand side by side.
    const words: string[][] = [[]];
    for (const token of text.replace(/"[^"]*"/g, 'x').match(/\(|\)|\band\b|\bor\b/g) ?? []) {
      if (token === '(') words.push([]);
      else if (token === ')') words.pop();
      else words[words.length - 1].push(token);
      const level = words[words.length - 1];
      if (level?.includes('and') && level.includes('or')) return true;
    }
    return false;
  };
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  const row = fc.oneof(
    fc.record({ kind: fc.constant('host'), value: address, negate: fc.boolean() }),
    fc.record({ kind: fc.constant('conversation'), value: address, value2: address }),
    fc.record({
      kind: fc.constant('hostPort'),
      value: address,
      value2: fc.nat(65535),
      negate: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('linkGroup'), value: fc.stringMatching(/^[a-z ]*[a-z]$/) }),
  );

  it('every address is taken, and written as the same address', () => {
    fc.assert(
      fc.property(address, (text) => {
        const [operand, written] = one('host', text).split('==');
        expect(operand).toBe('ip');
        expect(isIP(written)).toBe(isIP(text));
        const canonical = (ip: string) =>
          isIP(ip) === 6 ? new URL(`http://[${ip}]`).hostname : new URL(`http://${ip}`).hostname;
        expect(canonical(written)).toBe(canonical(text));
        if (!written.includes('.')) expect(`[${written}]`).toContain(canonical(text));
      }),
    );
  });

  it('what the system takes for no address is refused, and the reverse', () => {
    const nearly = fc.stringMatching(/^[0-9a-f:.]{0,24}$/);
    fc.assert(
      fc.property(nearly, (text) => {
        let isTaken = true;
        try {
          one('host', text);
        } catch (error) {
          expect(error).toBeInstanceOf(AllegroError);
          isTaken = false;
        }
        expect(isTaken).toBe(isIP(text) !== 0);
      }),
    );
  });

  const sign = fc.constantFrom(
    '(',
    ')',
    '"',
    ' and ',
    ' or ',
    '!',
    '==',
    'ip',
    '10.1.2.3',
    ' ',
    '',
  );

  it('a raw expression that passes is balanced, and stays as it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(sign).map((signs) => signs.join('')),
          fc.string(),
        ),
        (raw) => {
          let passed: string | undefined;
          try {
            passed = checkRawExpression(raw, 'expression');
          } catch (error) {
            expect(error).toBeInstanceOf(AllegroError);
          }
          // Read from the outside in: quotes first, then pairs of parentheses, until none is left.
          let rest = raw.trim().replace(/"[^"]*"/g, '');
          for (let before = ''; before !== rest;) {
            before = rest;
            rest = rest.replace(/\([^()"]*\)/g, '');
          }
          // eslint-disable-next-line no-control-regex -- control characters are refused
          const isBalanced = !/[()"\u0000-\u001f\u007f-\u009f]/.test(rest);
          // eslint-disable-next-line no-control-regex -- control characters are refused
          const isClean = !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\\'`]/.test(raw.trim());
          const isSaying = raw.trim() === '' || /[^\s()"!]/.test(raw);
          const isAllowed = isBalanced && isClean && isSaying && !/\/0+(?!\d)/.test(raw);
          expect(passed).toBe(isAllowed ? raw.trim() : undefined);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('rows of anything are an expression or a refusal that names the row', () => {
    const value = fc.oneof(fc.string(), fc.double(), fc.ipV4(), fc.constantFrom(null, undefined));
    const kind = fc.constantFrom(...EXPRESSION_KINDS, 'toString', '');
    const rows = fc.array(fc.record({ kind, value, value2: value, negate: fc.string() }));
    fc.assert(
      fc.property(rows, (given) => {
        try {
          const text = buildExpression(given);
          expect(checkRawExpression(text, 'expression')).toBe(text);
          expect(text).not.toMatch(/[\r\n]/);
        } catch (error) {
          expect(error).toBeInstanceOf(AllegroError);
          expect((error as AllegroError).message).toMatch(/^Condition \d+: /);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('words never mix, and what is built passes the check of a raw expression', () => {
    const raw = fc.constantFrom('', 'a==1', 'a==1 or b==2', '(a==1 and b==2)');
    fc.assert(
      fc.property(fc.array(row), fc.constantFrom('all', 'any'), raw, (rows, combine, extra) => {
        const text = buildExpression(rows, combine as 'all' | 'any', extra);
        expect(isMixed(text)).toBe(false);
        expect(checkRawExpression(text, 'expression')).toBe(text);
        expect(text === '').toBe(rows.length === 0 && extra === '');
      }),
    );
  });
});
