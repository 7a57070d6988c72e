import fc from 'fast-check';
import { buildExpression, type ExpressionRow } from '../../client/expression';
import { encodeQuery } from '../../client/query';
import { matcherOf } from '../../simulator/filter/matcher';
import { parseFilter } from '../../simulator/filter/parser';
import { decode, type Decoded } from '../../simulator/packets/decode';
import { GeneratedSource } from '../../simulator/traffic/generated-source';

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

  it('let through the packets that each of their rows lets through', async () => {
    const packets: Decoded[] = [];
    const source = new GeneratedSource(7, 0, () => 3e6);
    for await (const batch of source.batches(0, 3e6)) packets.push(...batch.map(decode));
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
