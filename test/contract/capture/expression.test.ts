import fc from 'fast-check';
import { buildExpression, type ExpressionRow } from '../../../client/values/filter-expression';
import { encodeQuery } from '../../../client/http/query';
import { matcherOf } from '../../../simulator/filter/matcher';
import { FilterError, parseFilter, type Expression } from '../../../simulator/filter/parser';
import { decode } from '../../../simulator/packets/decode';
import type { Headers } from '../../../simulator/packets/packet';
import { GeneratedSource } from '../../../simulator/traffic/generated-source';

/** The builder and the simulator's parser know nothing of each other, so that they can disagree. */
describe('expressions', () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  const row: fc.Arbitrary<ExpressionRow> = fc.oneof(
    fc.record({ kind: fc.constant('host' as const), value: address, negate: fc.boolean() }),
    fc.record({ kind: fc.constant('conversation' as const), value: address, value2: address }),
    fc.record({
      kind: fc.constant('hostPort' as const),
      value: fc.ipV4(),
      value2: fc.integer({ min: 1, max: 65535 }),
      negate: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('port' as const),
      value: fc.integer({ min: 1, max: 65535 }),
      negate: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('vlan' as const), value: fc.nat(4095), negate: fc.boolean() }),
    fc.record({
      kind: fc.constant('protocol' as const),
      value: fc.constantFrom('TCP', 'UDP', 'ICMP'),
      negate: fc.boolean(),
    }),
  );

  it('are understood, whatever they are built of', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('all' as const, 'any' as const),
        fc.constantFrom('', 'port==80 or ip==10.0.0.1', 'vlan==1 and port==2'),
        (rows, combine, raw) => {
          expect(() => parseFilter(buildExpression(rows, combine, raw))).not.toThrow();
        },
      ),
    );
  });

  /** Writes a tree as text, with all parentheses that there can be. */
  const write = (tree: Expression): string => {
    if (tree.kind === 'comparison') return `${tree.operand} ${tree.operator} "${tree.value}"`;
    if (tree.kind === 'not') return `!(${write(tree.part)})`;
    return tree.parts.map((part) => `(${write(part)})`).join(` ${tree.kind} `);
  };

  it('are read back by the parser as the tree that they were written from', () => {
    const comparison = fc.record({
      kind: fc.constant('comparison' as const),
      operand: fc.constantFrom('ip', 'port', 'vlan', 'mac', 'l4protocol'),
      operator: fc.constantFrom('==' as const, '!=' as const, '<=' as const, '~' as const),
      value: fc.stringMatching(/^[a-z0-9:. ()]{1,12}$/),
    });
    const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        comparison,
        fc.record({ kind: fc.constant('not' as const), part: tie('tree') }),
        fc.record({
          kind: fc.constantFrom('and' as const, 'or' as const),
          parts: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
        }),
      ) as fc.Arbitrary<Expression>,
    }));
    fc.assert(fc.property(tree, (made) => expect(parseFilter(write(made))).toEqual(made)));
  });

  it('of any text are a tree or an error that says where it broke', () => {
    const signs = fc.constantFrom('(', ')', '"', 'and', 'or', '!', '==', 'ip', '10.1.2.3', ' ');
    const text = fc.oneof(
      fc.array(signs).map((parts) => parts.join(' ')),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (expression) => {
        try {
          parseFilter(expression);
        } catch (error) {
          expect(error).toBeInstanceOf(FilterError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('let through the packets that each of their rows lets through', async () => {
    const packets: Headers[] = [];
    const source = new GeneratedSource(7, 0, () => 3e6);
    for await (const batch of source.batches(0, 3e6))
      packets.push(...batch.map((packet) => decode(packet).headers));
    expect(packets.length).toBeGreaterThan(100);
    const seen = fc.constantFrom(...packets);
    const seenRow = seen.chain((packet): fc.Arbitrary<ExpressionRow> => {
      const rows: ExpressionRow[] = [{ kind: 'protocol', value: 'UDP' }];
      if (packet.sourceIp) rows.push({ kind: 'host', value: packet.sourceIp });
      if (packet.destinationPort) rows.push({ kind: 'port', value: packet.destinationPort });
      return fc
        .record({ base: fc.constantFrom(...rows), negate: fc.boolean() })
        .map(({ base, negate }) => ({ ...base, negate }));
    });
    const matches = (expression: string) => matcherOf(expression, { isInGroup: () => true });
    fc.assert(
      fc.property(
        fc.array(seenRow, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('all' as const, 'any' as const),
        (rows, combine) => {
          const whole = matches(buildExpression(rows, combine));
          const parts = rows.map((one) => matches(buildExpression([one])));
          for (const packet of packets.slice(0, 200)) {
            const expected =
              combine === 'all'
                ? parts.every((part) => part(packet))
                : parts.some((part) => part(packet));
            expect(whole(packet)).toBe(expected);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('come through a query as they are', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.stringMatching(/^[a-z-]{1,9}$/),
          fc.string({ minLength: 1, unit: 'grapheme' }),
        ),
        (query) => {
          const encoded = encodeQuery(query);
          expect(encoded).not.toMatch(/[+\s]/);
          const read = Object.fromEntries(new URLSearchParams(encoded));
          expect(read).toEqual({ ...query });
        },
      ),
    );
  });
});
