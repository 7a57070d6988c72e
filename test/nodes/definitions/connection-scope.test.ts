import { FILTER_FIELDS, readFilter } from '../../../nodes/definitions/fields/packet-filter';
import { readFieldValues } from '../../../nodes/definitions/model/read-field-values';

const HOST = { host: '10.1.2.3' };
const PAIR = { ...HOST, peer: '10.1.2.100' };
const ALL = { ...PAIR, hostPort: 62887, peerPort: '443', l4Protocol: 'TCP' };
const V6 = { host: '2001:db8::1', peer: '2001:db8::2', hostPort: 5060, peerPort: 5061 };

describe('a capture of a connection', () => {
  it.each([
    [
      'all five',
      ALL,
      'connection',
      'ip==10.1.2.3:62887 and ip==10.1.2.100:443 and l4Protocol==TCP',
    ],
    [
      'a number for the protocol',
      { ...ALL, l4Protocol: '017' },
      'connection',
      'ip==10.1.2.3:62887 and ip==10.1.2.100:443 and l4Protocol==UDP',
    ],
    [
      'no protocol',
      { ...ALL, l4Protocol: '' },
      'connection',
      'ip==10.1.2.3:62887 and ip==10.1.2.100:443',
    ],
    [
      'IPv6',
      V6,
      'connection',
      '(ip==2001:db8::1 and portrange==5060) and (ip==2001:db8::2 and portrange==5061)',
    ],
    ['one port', { ...PAIR, peerPort: 443 }, 'hostPair', 'ip==10.1.2.3 and ip==10.1.2.100:443'],
    [
      'ports of 0',
      { ...PAIR, hostPort: 0, peerPort: 0 },
      'hostPair',
      'ip==10.1.2.3 and ip==10.1.2.100',
    ],
    [
      'ICMP, with types for ports',
      { ...ALL, l4Protocol: 'ICMP' },
      'hostPair',
      'ip==10.1.2.3 and ip==10.1.2.100',
    ],
    [
      'no ports',
      { ...PAIR, l4Protocol: 'tcp' },
      'hostPair',
      'ip==10.1.2.3 and ip==10.1.2.100 and l4Protocol==TCP',
    ],
    [
      'addresses as sockets for both IP versions log them',
      { ...ALL, host: '::ffff:10.1.2.3', peer: '::FFFF:A01:264' },
      'connection',
      'ip==10.1.2.3:62887 and ip==10.1.2.100:443 and l4Protocol==TCP',
    ],
    [
      'a prefix length that leaves one address',
      { ...HOST, host: '10.1.2.3/32' },
      'host',
      'ip==10.1.2.3',
    ],
    ['no peer', { ...ALL, peer: ' ' }, 'host', 'ip==10.1.2.3'],
    [
      'nothing but the host',
      { ...HOST, peer: null, hostPort: '', l4Protocol: undefined },
      'host',
      'ip==10.1.2.3',
    ],
  ])('with %s takes what is known', (_what, values, scope, expression) => {
    const read = readFieldValues(
      { fields: FILTER_FIELDS },
      { captureScope: 'connection', ...values },
    );
    expect(readFilter(read)).toEqual({ expression, scope });
  });

  it('reports no scope where none may widen', () => {
    const read = readFieldValues({ fields: FILTER_FIELDS }, HOST);
    expect(readFilter(read)).toEqual({ expression: 'ip==10.1.2.3' });
  });
});
