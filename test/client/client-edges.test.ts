import { AllegroClient, type ClientContext } from '../../client';
import { quoteAnswer } from '../../client/errors';
import { PcapWalker } from '../../client/pcap';
import { startTimeout } from '../../client/http/limits/time-limit';
import { checkWindow } from '../../client/capture/window-check';
import { fakeClient, FakeContext, FakeTransport, never } from '../support/fake-transport';
import { BlockWriter } from '../support/pcap-fixtures';
import { errorOf } from '../support/error-of';

const PATH = '/API/stats/modules/l4_ports/ports_paged';

/** What timers of Node.js do with more than 2^31 - 1 milliseconds: they ring at once. */
const timers: ClientContext = {
  now: () => Date.now(),
  random: () => 0.5,
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds > 2 ** 31 - 1 ? 1 : milliseconds);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    }),
};
const DAYS_30 = 30 * 86_400_000;
const soon = () => new Promise((resolve) => setTimeout(resolve, 50));

describe('a limit of more than the 24 days that a timer holds', () => {
  it('does not ring at once', async () => {
    let hasRung = false;
    const alarm = startTimeout(timers, DAYS_30, () => (hasRung = true));
    await soon();
    alarm.cancel();
    expect(hasRung).toBe(false);
  });

  it('is waited for, rather than asked for again and again', async () => {
    const client = new AllegroClient({ transport: new FakeTransport(() => ({})), context: timers });
    const stop = new AbortController();
    let isOver = false;
    const waiting = client.sleep(DAYS_30, stop.signal).finally(() => (isOver = true));
    await soon();
    expect(isOver).toBe(false);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

it('does not take a cancelled connection test for a success', async () => {
  const stop = new AbortController();
  const { client } = fakeClient(({ path }) => {
    if (path.startsWith('/API/data/')) stop.abort();
    return { status: path.startsWith('/API/stats/time') ? 404 : 403 };
  });
  const error = await errorOf(client.testConnection(stop.signal));
  expect(error).toMatchObject({ kind: 'cancelled' });
});

describe('the offset of the clock', () => {
  it('is not that of the time spent on waiting to ask again', async () => {
    const context = new FakeContext();
    const { client } = fakeClient(
      (_, index) =>
        index === 0
          ? { status: 503, headers: { 'retry-after': '20' }, text: '' }
          : { json: { currentTime: context.time } },
      context,
    );
    expect((await client.time(never())).offsetSeconds).toBe(0);
  });

  it('is not that of the time spent on waiting for a place', async () => {
    const context = new FakeContext();
    const { client } = fakeClient(({ path }) => {
      // Each of the other answers takes four seconds.
      if (!path.endsWith('/time')) context.time += 4000;
      return { json: { currentTime: context.time } };
    }, context);
    const others = Array.from({ length: 4 }, () => client.get('/API/stats', {}, never()));
    const [{ offsetSeconds }] = await Promise.all([client.time(never()), ...others]);
    expect(Math.abs(offsetSeconds!)).toBeLessThan(1);
  });
});

describe('rows of a list', () => {
  it('are different rows when any part of their names differs', async () => {
    const displayedItems = [
      { protocol: 'TCP', port: 80 },
      { protocol: 'TCP', port: 443 },
      { protocol: 'UDP', port: 443 },
      { ip: '10.1.2.3', mac: '02:00:00:00:00:01' },
      { ip: '10.1.2.3', mac: '02:00:00:00:00:02' },
      { outerVlanTag: 1, innerVlanTag: 2 },
      { outerVlanTag: 1, innerVlanTag: 3 },
    ];
    const { client } = fakeClient(() => ({ json: { displayedItems, numberOfItems: 7 } }));
    const { rows, warnings } = await client.rows({ path: PATH, query: {} }, never());
    expect(rows).toEqual(displayedItems);
    expect(warnings).toEqual([]);
  });
});

describe('a quoted answer', () => {
  it.each([
    ['styles that are never closed', '<style '.repeat(40_000)],
    ['scripts that are never closed', '<script>x'.repeat(40_000)],
    ['a megabyte of angle brackets', '<'.repeat(1_000_000)],
    ['megabytes of a page', '<p>words</p>'.repeat(1_000_000)],
  ])('is looked for in the first 64 KiB only: %s', (_, body) => {
    let read = 0;
    const mask = (text: string) => {
      read = text.length;
      return text;
    };
    expect(quoteAnswer(body, { mask }).length).toBeLessThanOrEqual(301);
    expect(read).toBe(65_536);
  });

  it.each([
    ['{"error": "There is no device \\"nope\\"."}', 'There is no device "nope".'],
    ['{"error": "Forbidden", "message": "not now"}', 'not now'],
    ['{"error": {"code": 7}}', '{"error": {"code": 7}}'],
    ['{"error": "not', '{"error": "not'],
  ])('is the message of a JSON error: %s', (body, words) => {
    expect(quoteAnswer(body, {})).toBe(words);
  });

  it('finds the words behind styles and scripts', () => {
    const css = 'b { color: red }\n'.repeat(500);
    const page = `<STYLE>${css}</STYLE><h1>Sign in</h1><script>let a = "<b>";</script > please`;
    expect(quoteAnswer(page, {})).toBe('Sign in please');
  });
});

describe('a pcapng of nothing but interfaces', () => {
  it('ends as a fault, before it fills the memory', () => {
    const writer = new BlockWriter();
    const blocks = Buffer.concat(Array.from({ length: 1000 }, () => writer.interface()));
    const walker = new PcapWalker();
    walker.write(writer.section());
    for (let thousand = 0; thousand < 200 && !walker.halted; thousand++) walker.write(blocks);
    expect(walker.end()).toMatchObject({ complete: false, fault: { kind: 'oversize' } });
  });
});

describe('the check of a window', () => {
  it('that was cancelled says so as everything else does', async () => {
    const { api } = fakeClient(() => ({ json: { interval: [1, 1, 1, 1] } }));
    const signal = AbortSignal.abort();
    const window = { startUs: 0, endUs: 60e6, clockOffsetSeconds: 0 };
    const file = { packets: 0, firstPacket: undefined, lastPacket: undefined };
    const check = checkWindow({
      ...{ api, file, window, expression: '', ringBuffer: 0 },
      options: { signal },
    });
    expect(await errorOf(check)).toMatchObject({ kind: 'cancelled' });
  });
});
