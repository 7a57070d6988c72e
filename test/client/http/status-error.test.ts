import { statusError } from '../../../client/http/status-error';

it.each([
  ['GET', '/API/data/modules/capture?expression=x', 'needs the permission "pcap"'],
  [
    'POST',
    '/API/data/modules/capture/buffer/0',
    'needs the admin role, or a token that may change',
  ],
  [
    'POST',
    '/API/system/analyze-pcap?replaySlotID=1',
    'needs the admin role, or a token that may upload',
  ],
  ['GET', '/API/stats/modules/ip/globalConnections?mode=rtpStats', 'needs the permission "voip"'],
  ['GET', '/API/stats/modules/sip', 'needs the permission "voip"'],
  ['GET', '/API/stats/modules/ip', 'needs read access to statistics'],
  ['GET', '/API/async/1', 'Permission denied (HTTP 403)'],
])('names the permission that %s %s lacks', (method, path, expected) => {
  expect(statusError(403, '', { method, path }).what).toContain(expected);
});

it.each([
  [
    'a sentence',
    404,
    '{"error": "There is no device \\"nope\\"."}',
    'There is no device "nope" (HTTP 404).',
  ],
  ['a code', 404, '{"error": "E_NOPE"}', 'There is no such path or element (HTTP 404).'],
  ['a page', 404, '<html>Not Found here</html>', 'There is no such path or element (HTTP 404).'],
  [
    'a sentence about the login',
    401,
    '{"error": "Wrong user or password."}',
    'The appliance rejected the login (HTTP 401).',
  ],
])('has a fitting headline for %s', (_, status, body, what) => {
  expect(statusError(status, body, {}).what).toBe(what);
});

it.each([
  ['/API/stats/time?mm-id=nope', true],
  ['/API/stats/modules/ip/ips/10.1.2.3', false],
])('says of the missing path %s where device IDs are shown: %s', (path, isSaid) => {
  const { advice, message } = statusError(404, 'Nothing here', { path });
  expect(advice.startsWith('Check the device or slot: List Devices shows')).toBe(isSaid);
  expect(advice.startsWith('The module may be disabled')).toBe(!isSaid);
  expect(message).toContain('The appliance answered: "Nothing here". ');
});
