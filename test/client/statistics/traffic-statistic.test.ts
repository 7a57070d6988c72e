import { statisticFor } from '../../../client/statistics/traffic-statistic';

const IPS = '/API/stats/modules/ip/ips';
const MACS = '/API/stats/modules/mac/macs';
const ALL = '/API/stats/modules/mac_protocols/generic';

it.each([
  ['', ALL, true],
  ['ip==10.1.2.3', `${IPS}/10.1.2.3`, true],
  ['IP == 10.1.2.3', `${IPS}/10.1.2.3`, true],
  ['ip eq 10.1.2.3', `${IPS}/10.1.2.3`, true],
  ['ip==fe80::1', `${IPS}/fe80::1`, true],
  ['ip==::ffff:10.1.2.3', `${IPS}/::ffff:10.1.2.3`, true],
  ['mac==00:1A:2b:3c:4d:5e', `${MACS}/00:1a:2b:3c:4d:5e`, true],
  // A port or further conditions let less through than all of the host.
  ['ip==10.1.2.3:443', `${IPS}/10.1.2.3`, false],
  ['ip==10.1.2.3 and l4Protocol==TCP', `${IPS}/10.1.2.3`, false],
  ['l4Protocol==TCP && (ip==10.1.2.3:443 and ip==10.1.2.4)', `${IPS}/10.1.2.3`, false],
  // No statistic of one host bounds these.
  ['ip==10.1.2.0/24', ALL, false],
  ['ip==10.1.2.3 or ip==10.1.2.4', ALL, false],
  ['ip==10.1.2.3 || vlan==7', ALL, false],
  ['!(ip==10.1.2.3)', ALL, false],
  ['ip!=10.1.2.3', ALL, false],
  ['portrange==80,443', ALL, false],
  ['group==1', ALL, false],
])('"%s" is counted by %s, exactly: %s', (expression, path, isExact) => {
  expect(statisticFor(expression)).toMatchObject({ path, isExact });
});
