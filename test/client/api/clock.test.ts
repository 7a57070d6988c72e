import { timeFrom, timeWithoutClock } from '../../../client/api/clock';
import { fakeClient, never, type FakeAnswer } from '../../support/fake-transport';

const NOW = Date.UTC(2026, 10, 23, 15, 50);
const DATE = 'Mon, 23 Nov 2026 15:49:00 GMT';
const exchange = { sentAt: NOW, answeredAt: NOW + 200, headers: { date: DATE } };
const AHEAD = NOW + 5100;

describe('the clock of the appliance', () => {
  it.each([
    ['milliseconds', { currentTime: AHEAD }, undefined],
    ['milliseconds as text', { currentTime: String(AHEAD) }, undefined],
    ['microseconds', { currentTime: AHEAD * 1000 }, undefined],
    ['ISO 8601', { currentTime: new Date(AHEAD).toISOString() }, undefined],
    ['another key', { bootTime: 1_600_000_000, time: AHEAD }, /from "time"/],
    ['a number alone', AHEAD, /from the whole answer/],
  ])('is read from %s', (_, answer, warning) => {
    const time = timeFrom(answer, exchange);
    expect(time).toMatchObject({ milliseconds: AHEAD, offsetSeconds: 5 });
    if (warning) expect(String(time.warning)).toMatch(warning);
    else expect(time.warning).toBeUndefined();
  });

  it.each([
    ['explains the difference', 4000, 0],
    ['is shorter than it', 15_000, 7],
    ['is in the past', -9000, -9],
  ])('differs by the least where a slow response %s', (_, ahead, offsetSeconds) => {
    const slow = { ...exchange, answeredAt: NOW + 8000 };
    expect(timeFrom({ currentTime: NOW + ahead }, slow)).toMatchObject({ offsetSeconds });
  });

  it.each([
    [{}],
    [null],
    [[]],
    [{ currentTime: 1e300 }],
    [{ currentTime: 'soon' }],
    [{ currentTime: {} }],
    [{ uptime: 1e9 }],
    [{ currentTime: -1 }],
    [{ currentTime: '\ud800' }],
  ])('is that of its web server where the answer is %j', (answer) => {
    const time = timeFrom(answer, exchange);
    expect(time).toMatchObject({ milliseconds: Date.parse(DATE) + 500, offsetSeconds: -59.6 });
    expect(String(time.warning)).toMatch(/web server.*± 0\.6 s/);
  });

  it.each([[{}], [{ date: 'yesterday' }], [{ date: 'Thu, 01 Jan 1970 00:00:00 GMT' }]])(
    'is that of this machine where the headers are %j',
    (headers) => {
      const time = timeWithoutClock({ ...exchange, headers: headers as Record<string, string> });
      expect(time).toMatchObject({ milliseconds: NOW + 200, offsetSeconds: null });
      expect(String(time.warning)).toMatch(/clock of this machine.*unknown/);
    },
  );

  it.each([403, 404])('may be refused with status %i', async (status) => {
    const { client } = fakeClient(() => ({ status, headers: { date: DATE }, json: {} }));
    expect(String((await client.time(never())).warning)).toMatch(/web server/);
  });

  it.each([
    ['401', { status: 401, json: {} }, 'login'],
    ['500', { status: 500, json: {} }, 'appliance'],
    ['a web page', { text: '<html>Sign in</html>' }, 'badAnswer'],
    ['an error', { json: { error: 'not now' } }, 'refused'],
  ] as Array<[string, FakeAnswer, string]>)('is not made up after %s', async (_, answer, kind) => {
    const { client } = fakeClient(() => answer);
    await expect(client.time(never())).rejects.toMatchObject({ kind });
  });
});

describe('the connection test', () => {
  it.each([
    ['an appliance without a clock', 404, 200, undefined],
    ['a login that may do nothing', 403, 403, 'permission'],
    ['another web server', 404, 404, 'notFound'],
    ['a server that answers anything', 404, 201, 'notFound'],
  ])('tells %s', async (_, clock, status, kind) => {
    const json = { subResources: status === 200 ? ['modules'] : [] };
    const { client } = fakeClient(({ method }) =>
      method === 'OPTIONS' ? { status, json } : { status: clock },
    );
    const work = client.testConnection(never().signal!);
    const what = kind === 'notFound' ? /not as an Allegro Network Multimeter/ : /login/;
    if (kind) await expect(work).rejects.toMatchObject({ kind, what: expect.stringMatching(what) });
    else expect(String((await work).message)).toMatch(/^Connected\. The clock .* cannot be read/);
  });
});
