import type { LocalContext } from '../../../../nodes/definitions/model/run-context';
import { readFieldValues } from '../../../../nodes/definitions/model/read-field-values';
import { pushedStatisticsTrigger } from '../../../../nodes/definitions/triggers/pushed-statistics-trigger';
import { refusalOf } from '../../../../nodes/definitions/triggers/secret';

const AT = Date.UTC(2026, 10, 23, 15, 50);

function receive(body: unknown, raw: Record<string, unknown> = {}, headers = {}) {
  const values = readFieldValues(pushedStatisticsTrigger, raw);
  const delivery = { headers, query: {}, body, receivedAt: AT };
  return pushedStatisticsTrigger.receive({} as LocalContext, values, delivery);
}

const BODY = {
  timestampNs: 1795449000000000000,
  interfaces: [{ name: 'I', interval: [1, 2, 3, 4], history: { rows: ['a'], data: [1, 2, 3] } }],
};

describe('the Pushed Statistics Trigger', () => {
  it('names counters, and leaves the points of graphs out', () => {
    const [event] = receive(BODY, { statistic: 'API/stats/interfaces', sender: 'mm' });
    expect(event).toMatchObject({
      event: 'pushed',
      statistic: '/API/stats/interfaces',
      device: 'mm',
      alertTime: new Date(1795449000000).toISOString(),
      receivedAt: new Date(AT).toISOString(),
      statistics: { interfaces: [{ name: 'I', interval: { rxPackets: 1, txBytes: 4 } }] },
    });
    expect(JSON.stringify(event)).not.toContain('history');
  });

  it('leaves all as it came when asked', () => {
    expect(receive(BODY, { rawCounters: true, historyData: true })[0].statistics).toEqual(BODY);
  });

  it('reads JSON whatever it was called', () => {
    expect(receive(`\uFEFF${JSON.stringify(BODY)}`)).toEqual(receive(BODY));
    expect(receive('[1]')[0].statistics).toEqual([1]);
  });

  it.each([
    ['<html>', 'not the JSON of a statistic'],
    ['7', 'not the JSON of a statistic'],
    [null, 'not the JSON of a statistic'],
    ['', 'is empty'],
    ['{}', 'is empty'],
    [{}, 'is empty'],
    [undefined, 'is empty'],
  ])('refuses %j', (body, what) => {
    expect(() => receive(body)).toThrow(what);
  });

  it.each(['application/x-www-form-urlencoded', 'Multipart/form-data; boundary=x'])(
    'refuses JSON that comes as %s, which curl does unless told otherwise',
    (type) => {
      const send = () => receive(JSON.stringify(BODY), {}, { 'content-type': type });
      expect(send).toThrow('Content-Type: application/json');
    },
  );

  it('goes without a path that means another layout', () => {
    const path = 'API/stats/modules/packet_size/generic';
    const body = { globalCounters: { allTime: [1, 2, 3, 4, 5, 6, 7] } };
    expect(receive(body, { statistic: path })[0].statistics).toEqual(body);
  });
});

describe('the secret of a delivery', () => {
  const secret = 's3cr3t-of-16-chars';
  const none = { headers: {}, query: {} };

  it.each([
    ['query', { ...none, query: { secret } }],
    ['path', { ...none, pathSecret: secret }],
    ['header', { ...none, headers: { 'x-allegro-secret': secret } }],
    ['bearer', { ...none, headers: { authorization: `Bearer ${secret}` } }],
  ])('may come in the %s', (_, delivery) => {
    expect(refusalOf(delivery, secret)).toBeUndefined();
    expect(refusalOf(delivery, `${secret}!`)).toBe(403);
    expect(refusalOf(delivery, '')).toBe(403);
  });

  it('is asked for', () => {
    expect(refusalOf(none, secret)).toBe(401);
    expect(refusalOf({ ...none, query: { secret: '' } }, '')).toBe(401);
  });
});
