import {
  buildExpression,
  checkRawExpression,
  type ExpressionRow,
} from '../../../client/values/filter-expression';

const one = (kind: string, value: unknown, value2?: unknown) =>
  buildExpression([{ kind, value, value2 }]);

describe('a condition', () => {
  it.each([
    ['host', '10.1.2.3', undefined, 'ip==10.1.2.3'],
    ['host', ' 10.1.2.3 ', '', 'ip==10.1.2.3'],
    ['host', '10.1.2.3/24', undefined, 'ip==10.1.2.0/24'],
    ['host', '::ffff:10.1.2.3/120', undefined, 'ip==10.1.2.0/24'],
    ['host', '::ffff:10.1.2.3/128', undefined, 'ip==10.1.2.3'],
    ['host', '2001:DB8:0:0:1:0:0:1', undefined, 'ip==2001:db8::1:0:0:1'],
    ['host', '2001:db8::1/33', undefined, 'ip==2001:db8::/33'],
    ['host', '::FFFF:10.1.2.3', undefined, 'ip==10.1.2.3'],
    ['conversation', '10.1.2.3', '10.1.2.100', 'ip==10.1.2.3 and ip==10.1.2.100'],
    [
      'conversation',
      '10.1.2.3:62887',
      '10.1.2.100:548',
      'ip==10.1.2.3:62887 and ip==10.1.2.100:548',
    ],
    [
      'conversation',
      '[2001:db8::1]:80',
      'fe80::2',
      '(ip==2001:db8::1 and portrange==80) and ip==fe80::2',
    ],
    ['hostPort', '10.1.2.3:62887', undefined, 'ip==10.1.2.3:62887'],
    ['hostPort', '10.1.2.3', 443, 'ip==10.1.2.3:443'],
    ['hostPort', '2001:db8::1', '443', '(ip==2001:db8::1 and portrange==443)'],
    ['hostPort', '[2001:db8::1]', '443', '(ip==2001:db8::1 and portrange==443)'],
    ['hostPort', '[2001:db8::1]:443', '', '(ip==2001:db8::1 and portrange==443)'],
    ['port', '0443', undefined, 'portrange==443'],
    ['port', 0, undefined, 'portrange==0'],
    ['portRange', '80,100-120,-10,65000-', undefined, 'portrange==80,100-120,-10,65000-'],
    ['portRange', ' 80 , 100 - 120', undefined, 'portrange==80,100-120'],
    ['portRange', 100, 120, 'portrange==100-120'],
    ['protocol', 'tcp', undefined, 'l4Protocol==TCP'],
    ['protocol', 'L2TP v3', undefined, 'l4Protocol=="L2TP v3"'],
    ['mac', '00-1A-2B-3C-4D-5E', undefined, 'mac==00:1a:2b:3c:4d:5e'],
    ['mac', '001a.2b3c.4d5e', undefined, 'mac==00:1a:2b:3c:4d:5e'],
    ['mac', '001A2B3C4D5E', undefined, 'mac==00:1a:2b:3c:4d:5e'],
    ['vlan', '4095', undefined, 'vlan==4095'],
    ['linkGroup', 'Uplink', undefined, 'group==Uplink'],
    ['linkGroup', 'Büro Süd', undefined, 'group=="Büro Süd"'],
  ])('%s %p %p', (kind, value, value2, expected) => {
    expect(one(kind, value, value2)).toBe(expected);
  });

  it.each([
    ['host', ''],
    ['host', '10.1.2'],
    ['host', '10.1.2.256'],
    ['host', '10.1.02.3'],
    ['host', '10.1.2.3/33'],
    ['host', '10.1.2.3/0'],
    ['host', '0.0.0.0/00'],
    ['host', '::/0'],
    ['host', '::ffff:10.1.2.3/96'],
    ['host', '::ffff:10.1.2.3/24'],
    ['host', '10.1.2.3/24/8'],
    ['host', '10.1.2.3/x'],
    ['host', '10.1.2.3:80'],
    ['host', 'server.example'],
    ['host', '2001:db8::1::2'],
    ['host', '1:2:3:4:5:6:7'],
    ['host', '1:2:3:4:5:6:7:8:9'],
    ['host', '1:2:3:4:5:6:7::8'],
    ['host', '10.1.2.3::'],
    ['host', 'fe80::1%eth0'],
    ['host', '10.1.2.3 or ip==10.1.2.4'],
    ['hostPort', '10.1.2.3'],
    ['hostPort', '10.1.2.3:'],
    ['hostPort', '10.1.2.3:65536'],
    ['hostPort', '10.1.2.3:80', '81'],
    ['hostPort', '[2001:db8::1'],
    ['conversation', '10.1.2.3', ''],
    ['conversation', '10.1.2.3', 'x'],
    ['port', '65536'],
    ['port', '-1'],
    ['port', '8e1'],
    ['portRange', '120-100'],
    ['portRange', '-'],
    ['portRange', '80,,90'],
    ['portRange', '70000-'],
    ['protocol', 'T"CP'],
    ['protocol', 'TCP\\'],
    ['protocol', 'TCP or ip==10.1.2.3'],
    ['portRange', '9'.repeat(100_000)],
    ['mac', '00:1a:2b:3c:4d'],
    ['mac', '00:1a-2b:3c:4d:5e'],
    ['vlan', '4096'],
    ['vlan', '1.5'],
    ['linkGroup', 'a\nb'],
    ['linkGroup', 'a)or(b'],
    ['linkGroup', "a' or b"],
    ['nonsense', '1'],
    ['constructor', '1'],
  ])('is refused: %s %p', (...[kind, value, value2]) => {
    expect(() => one(kind, value, value2)).toThrow(
      expect.objectContaining({ kind: 'input', field: 'conditions' }),
    );
  });

  it('that is wrong is named by its number', () => {
    const rows = [
      { kind: 'port', value: '80' },
      { kind: 'port', value: 'x' },
    ];
    expect(() => buildExpression(rows, 'all', '', { rows: 'filters' })).toThrow(
      expect.objectContaining({
        field: 'filters',
        message: expect.stringContaining('Condition 2: "x" is not a port.'),
      }),
    );
    expect(() => buildExpression(rows.slice(1))).toThrow('Condition 1: "x" is not a port.');
  });

  it('that is wrong is named by its field, where it has one of its own', () => {
    const names = { rows: 'host', label: 'Host' };
    expect(() => buildExpression([{ kind: 'host', value: 'x' }], 'all', '', names)).toThrow(
      expect.objectContaining({
        field: 'host',
        message: expect.stringContaining('Host: "x" is not an IP address. Names are not looked up'),
      }),
    );
  });

  it('may be turned round', () => {
    const row = { kind: 'host', value: '10.1.2.3' };
    expect(buildExpression([{ ...row, negate: true }])).toBe('!(ip==10.1.2.3)');
    expect(buildExpression([{ ...row, negate: 'true' }])).toBe('!(ip==10.1.2.3)');
    expect(buildExpression([{ ...row, negate: 'false' }])).toBe('ip==10.1.2.3');
    expect(
      buildExpression([{ kind: 'conversation', value: '::1', value2: '::2', negate: true }]),
    ).toBe('!(ip==::1 and ip==::2)');
  });
});

describe('conditions', () => {
  const host: ExpressionRow = { kind: 'host', value: '10.1.2.3' };
  const pair: ExpressionRow = { kind: 'conversation', value: '10.1.2.3', value2: '10.1.2.4' };
  const tcp: ExpressionRow = { kind: 'protocol', value: 'TCP' };

  it('are none: everything', () => {
    expect(buildExpression([])).toBe('');
    expect(buildExpression([], 'any', '  ')).toBe('');
  });

  it('joined by one word need no parentheses', () => {
    expect(buildExpression([pair, tcp])).toBe('ip==10.1.2.3 and ip==10.1.2.4 and l4Protocol==TCP');
    expect(buildExpression([host, tcp], 'any')).toBe('ip==10.1.2.3 or l4Protocol==TCP');
  });

  it('joined by both words get them', () => {
    expect(buildExpression([pair, tcp], 'any')).toBe(
      '(ip==10.1.2.3 and ip==10.1.2.4) or l4Protocol==TCP',
    );
  });

  it('and a raw expression are both required, and do not mix', () => {
    expect(buildExpression([], 'all', ' sip.callId~"a b" or port==1 ')).toBe(
      'sip.callId~"a b" or port==1',
    );
    expect(buildExpression([host], 'all', 'a==1 or b==2')).toBe('ip==10.1.2.3 and (a==1 or b==2)');
    expect(buildExpression([host, tcp], 'any', 'a==1')).toBe(
      '(ip==10.1.2.3 or l4Protocol==TCP) and (a==1)',
    );
  });

  it.each([
    '(a==1',
    'a==1)',
    'a==1) or (b==2',
    'a=="x',
    'a==1\nor b==2',
    'a==1\u2028or b==2',
    'a==\u0000',
    'a=="\\") or (b=="\\"',
    `a=='"' ) or ( '"'`,
    '()',
    '""',
    'ip==10.1.2.3/0',
    'ip==::/00 and a==1',
    'a'.repeat(200_000),
  ])('refuse the raw expression %#', (raw) => {
    expect(() => buildExpression([host], 'all', raw)).toThrow(
      expect.objectContaining({ kind: 'input', field: 'expression' }),
    );
  });

  it('do not count parentheses within quotes', () => {
    expect(checkRawExpression('a==")" and (b=="(")', 'expression')).toBe('a==")" and (b=="(")');
  });
});
