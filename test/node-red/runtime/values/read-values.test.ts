import type { Field } from '../../../../nodes/definitions/model/field';
import { FILTER_FIELDS } from '../../../../nodes/definitions/fields/packet-filter';
import { parseInstant } from '../../../../client/values/instant';
import { readValues } from '../../../../node-red/runtime/values/read-values';
import { serverTimeZone } from '../../../../node-red/runtime/values/server-time-zone';
import { definitionOf, fieldOf } from '../../../support/definition-of';
import { createNode, FakeNode, fakeRuntime, settled } from '../../../support/fake-runtime';

const HOST = fieldOf('host', 'text', { messageProperty: 'host' });
const LIMIT = fieldOf('limit', 'number', { default: 10, min: 1 });

describe('values', () => {
  const echo = (config: Record<string, unknown>, fields: Field[] = [HOST, LIMIT]) =>
    createNode(
      definitionOf(
        async function* (_context, values) {
          yield { json: values };
        },
        { fields },
      ),
      config,
    );

  it.each([
    [
      'set in the node, which takes precedence over the message',
      { host: 'set', hostType: 'str' },
      'set',
    ],
    ['blank is taken from the message', { host: '', hostType: 'str' }, 'from message'],
    ['that names a source is read there', { host: 'other', hostType: 'msg' }, 'other value'],
    ['that is missing is taken from the message', {}, 'from message'],
  ])('a value %s', async (_name, config, expected) => {
    const handled = await echo(config).run({ host: 'from message', other: 'other value' });
    expect(handled.sent[0]?.payload).toEqual({ host: expected, limit: 10 });
  });

  it.each([
    ['the first of its message properties', { payload: { mmId: ':1' }, host: ':2' }, ':1'],
    ['the second one where there is no first', { payload: 'text', host: ':2' }, ':2'],
    ['its default where there is neither', {}, ''],
  ])('a blank value takes %s', async (_name, message, expected) => {
    const field = { ...HOST, messageProperty: 'payload.mmId', messageFallback: 'host' } as Field;
    const handled = await echo({}, [field]).run(message);
    expect(handled.sent[0]?.payload).toEqual({ host: expected });
  });

  it.each([
    ['in the node', { time: '2026-11-26T13:00', timeType: 'str' }, {}],
    ['in the message', {}, { alertTime: '2026-11-26 13:00' }],
    ['with a zone', {}, { alertTime: '2026-11-26T12:00Z' }],
  ])(
    'reads a time %s in the zone of the server, unless it names one',
    async (_, config, message) => {
      const field = fieldOf('time', 'dateTime', { messageProperty: 'alertTime' });
      const scope = {
        RED: fakeRuntime(),
        node: new FakeNode() as never,
        timeZone: 'Europe/Berlin',
      };
      const values = await readValues(
        { fields: [field] },
        { id: 'node', type: 'test', ...config },
        { ...scope, message },
      );
      expect(parseInstant(values.time, 'time')).toBe(Date.UTC(2026, 10, 26, 12) * 1000);
    },
  );

  it.each([undefined, 'Etc/Unknown'])('counts in UTC where TZ gives the zone %s', (timeZone) => {
    const options = new Intl.DateTimeFormat().resolvedOptions();
    const system = jest
      .spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions')
      .mockReturnValue({ ...options, timeZone: timeZone! });
    expect(serverTimeZone()).toBe('UTC');
    system.mockRestore();
  });

  it('reads a blank number as its default, not as 0, and text as a number', async () => {
    for (const [limit, expected] of [
      ['', 10],
      ['25', 25],
    ]) {
      const handled = await echo({ limit, limitType: 'num' }).run();
      expect(handled.sent[0]?.payload).toMatchObject({ limit: expected });
    }
  });

  it('knows a number that was cleared from one that an older flow does not have', async () => {
    for (const [config, expected] of [
      [{ limit: '', limitType: 'num' }, null],
      [{}, 10],
    ] as const) {
      const handled = await echo(config, [{ ...LIMIT, blankIsNull: true } as Field]).run();
      expect(handled.sent[0]?.payload).toEqual({ limit: expected });
    }
  });

  it.each([
    ['a source that holds nothing', { host: 'absent', hostType: 'msg' }, /msg\.absent/],
    [
      'a context store that holds nothing',
      { host: '#:(disk)::a.host', hostType: 'global' },
      /taken from global\.a\.host in the context store "disk", which returned nothing/,
    ],
    [
      'a variable that is not set',
      { host: 'ABSENT', hostType: 'env' },
      /variable ABSENT, which returned nothing/,
    ],
    [
      'an expression that cannot be read',
      { host: '(', hostType: 'jsonata' },
      /evaluated: Unexpected end of expression\./,
    ],
    ['a number out of range', { limit: '0', limitType: 'num' }, /out of range/],
  ])('%s is an error of input', async (_name, config, message) => {
    const handled = await echo(config).run();
    expect(handled.sent).toEqual([]);
    expect(handled.done[0]).toMatchObject({ code: 'ALLEGRO_INPUT' });
    expect(handled.done[0]?.message).toMatch(message);
  });

  const FILTER = { captureScope: 'filter', captureScopeType: 'option' };
  const ROWS = [{ kind: 'port', kindType: 'option', value: '443', valueType: 'str' }];
  it.each([
    ['a host', {}, 'host', 'msg.host'],
    ['a host of a source', { host: 'a.ip', hostType: 'msg' }, 'a.ip', 'msg.a.ip'],
    ['a filter', FILTER, 'expression', 'msg.expression'],
    [
      'a filter of a source',
      { ...FILTER, expression: 'a.f', expressionType: 'msg' },
      'a.f',
      'msg.a.f',
    ],
    [
      'an expression beside conditions',
      { ...FILTER, conditionsRows: ROWS, expression: 'a.f', expressionType: 'msg' },
      'a.f',
      'msg.a.f',
    ],
    [
      'conditions beside an expression',
      { ...FILTER, expression: 'ip==::1', conditions: 'a.c', conditionsType: 'msg' },
      'a.c',
      'msg.a.c',
    ],
  ])('captures nothing without %s', async (_name, config, property, named) => {
    for (const nothing of [undefined, null, '', '  ', '\u00a0', []]) {
      const [first, second] = property.split('.');
      const message = second ? { [first]: { [second]: nothing } } : { [first]: nothing };
      const handled = await echo(config, [...FILTER_FIELDS]).run(message);
      expect(handled.sent).toEqual([]);
      expect(handled.done[0]).toMatchObject({ code: 'ALLEGRO_INPUT' });
      expect(handled.done[0]?.message).toContain(named);
      expect(handled.done[0]?.message).toMatch(/"(Host|Expression|Conditions)"/);
    }
  });

  it('does not evaluate what does not show', async () => {
    const hidden: Field = { ...HOST, showWhen: { limit: ['never' as string] } };
    const handled = await echo({ host: '(', hostType: 'jsonata' }, [LIMIT, hidden]).run();
    expect(handled.done).toStrictEqual([undefined]);
  });

  it('waits for a context store no longer than until it is cancelled', async () => {
    const node = echo({ host: '#:(slow)::host', hostType: 'flow' });
    const waiting = node.handle({});
    await node.run({ cancel: true });
    await settled(waiting);
    expect(waiting.done).toStrictEqual([expect.objectContaining({ code: 'ALLEGRO_CANCELLED' })]);
  });

  it('reads rows, each cell of which may name a source', async () => {
    const list: Field = {
      name: 'rules',
      label: 'Rules',
      type: 'list',
      default: [],
      addLabel: 'Add',
      rowLabel: 'Rule',
      description: 'Rules',
      columns: [{ ...HOST, messageProperty: undefined } as never, LIMIT as never],
    };
    const rulesRows = [
      { host: 'other', hostType: 'msg', limit: '3', limitType: 'num' },
      { host: 'x', hostType: 'str', limit: '', limitType: 'num' },
    ];
    const handled = await echo({ rules: '', rulesType: 'rows', rulesRows }, [list]).run({
      other: 'o',
    });
    expect(handled.sent[0]?.payload).toEqual({
      rules: [
        { host: 'o', limit: 3 },
        { host: 'x', limit: 10 },
      ],
    });
    const broken = await echo({ rules: '', rulesType: 'rows', rulesRows: [null] }, [list]).run();
    expect(broken.done[0]?.message).toMatch(/^Rule 1 in "Rules" is not a row/);
    const json = await echo({ rules: '[{"host":"j"}]', rulesType: 'json' }, [list]).run();
    expect(json.sent[0]?.payload).toEqual({ rules: [{ host: 'j', limit: 10 }] });
  });
});
