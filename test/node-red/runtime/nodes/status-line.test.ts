import { sizeText } from '../../../../client/values/amount-text';
import { english, readGerman, translated } from '../../../../node-red/locales/text';
import { DeviceTally } from '../../../../node-red/runtime/nodes/device-tally';
import { StatusLine } from '../../../../node-red/runtime/nodes/status-line';
import {
  outcomeStatus,
  progressText,
  statusWords,
} from '../../../../node-red/runtime/nodes/status-text';
import type { NodeStatus } from '../../../../node-red/runtime/runtime-api';

const ENGLISH = statusWords(english);
const GERMAN = statusWords(translated(readGerman()));

describe('texts', () => {
  it.each([
    [0, '0 B', '0 B'],
    [999, '999 B', '999 B'],
    [999_500, '1 MB', '1 MB'],
    [1500, '1.5 kB', '1,5 kB'],
    [123_456_789, '123 MB', '123 MB'],
    [5e15, '5 PB', '5 PB'],
  ])('show %d bytes as %s, in German as %s', (bytes, text, german) => {
    expect([sizeText(bytes, ENGLISH.number), sizeText(bytes, GERMAN.number)]).toEqual([
      text,
      german,
    ]);
  });

  it.each([
    [1, '0 of 1 device', '0 von 1 Gerät'],
    [2, '1 of 2 devices', '1 von 2 Geräten'],
  ])('count %d devices as %s, in German as %s', (count, text, german) => {
    const tally = new DeviceTally();
    tally.add({ deviceId: 'a', error: 'x' });
    if (count > 1) tally.add({ deviceId: 'b' });
    expect([ENGLISH, GERMAN].map((words) => tally.statusIn(words)!.text)).toEqual([text, german]);
  });

  it.each([
    // Alone, a step is a key that each editor translates.
    [{ step: 'waiting' }, {}, 'waiting', 'waiting'],
    [
      { step: 'waiting for the appliance', until: new Date().setHours(14, 5, 9, 0) },
      {},
      'waiting for the appliance until 14:05:09',
      'wartet auf die Appliance bis 14:05:09',
    ],
    [{ step: 'waiting' }, { running: 2 }, '2 × waiting', '2 × wartet'],
    [{ step: 'waiting' }, { waiting: 3 }, '3 waiting, waiting', '3 wartend, wartet'],
    [{ step: 'capturing', bytes: 1500, packets: 3 }, {}, '1.5 kB, 3 packets', '1,5 kB, 3 Pakete'],
    [{ step: 'uploading', bytes: 50, totalBytes: 200 }, {}, '25 %, 50 B', '25 %, 50 B'],
    [{ step: 'analysing', packets: 1234 }, {}, '1,234 packets', '1.234 Pakete'],
    [{ step: 'reading', done: 1, total: 2000 }, {}, '1 of 2,000', '1 von 2.000'],
    [
      { step: 'capturing', bytes: 2e6, packets: 1 },
      { running: 2, waiting: 1, bytesPerSecond: 1e6 },
      '2 running, 2 MB, 1 packet, 1 MB/s, 1 waiting',
      '2 in Arbeit, 2 MB, 1 Paket, 1 MB/s, 1 wartend',
    ],
  ] as const)('show the progress %j with %j', (progress, counts, text, german) => {
    expect(progressText(ENGLISH, progress, counts)).toBe(text);
    expect(progressText(GERMAN, progress, counts)).toBe(german);
  });

  it.each([
    [{ talkers: [1, 2] }, 'talkers', '2 talkers', '2 Top Talker'],
    [{ peers: [1] }, 'peers', '1 peer', '1 Gegenstelle'],
    [{ packets: 0 }, undefined, 'no packets', 'no packets'],
    [{ packets: 2000, bytes: 1e6 }, undefined, '2,000 packets, 1 MB', '2.000 Pakete, 1 MB'],
    [{ suspended: true, resumeAt: null }, undefined, 'buffer suspended', 'buffer suspended'],
    [{ suspended: false, resumeAt: null }, undefined, 'buffer resumed', 'buffer resumed'],
    [{ suspended: false, warnings: [] }, undefined, 'done', 'done'],
    [{ ok: false, warnings: ['a', 'b'] }, undefined, '2 warnings', '2 Warnungen'],
  ])('show the outcome %j', (json, items, text, german) => {
    expect(outcomeStatus(ENGLISH, json, items).text).toBe(text);
    expect(outcomeStatus(GERMAN, json, items).text).toBe(german);
  });

  it.each([
    [{ packets: 3 }, 'green'],
    [{ packets: 3, warnings: [] }, 'green'],
    [{ packets: 3, warnings: ['It ends early.'] }, 'yellow'],
    [{ suspended: true }, 'yellow'],
    [{ suspended: false, resumeAt: null }, 'green'],
  ])('show the outcome %j in %s', (json, fill) => {
    expect(outcomeStatus(ENGLISH, json, undefined).fill).toBe(fill);
  });
});

describe('a status line', () => {
  const DONE = { fill: 'green', shape: 'dot', text: 'done' } as const;
  let shown: NodeStatus[];
  let line: StatusLine;

  beforeEach(() => {
    jest.useFakeTimers({ now: 1_000_000 });
    shown = [];
    line = new StatusLine({ status: (status) => shown.push(status) }, ENGLISH);
  });
  afterEach(() => jest.useRealTimers());

  it('shows progress at most twice a second, the outcome at once', () => {
    const run = line.started();
    for (let i = 1; i <= 1000; i++) {
      run.progress({ step: 'capturing', bytes: i });
      jest.advanceTimersByTime(1);
    }
    expect(shown.length).toBeLessThanOrEqual(3);
    run.ended(DONE);
    expect(shown.at(-1)?.text).toBe('done');
    jest.advanceTimersByTime(5000);
    expect(shown.at(-1)?.text).toBe('done');
  });

  it('shows many short runs at most twice a second, and the last outcome in the end', () => {
    for (let i = 1; i <= 1000; i++) {
      line.started().ended({ ...DONE, text: String(i) });
      jest.advanceTimersByTime(1);
    }
    expect(shown.length).toBeLessThanOrEqual(8);
    jest.advanceTimersByTime(1000);
    expect(shown.at(-1)?.text).toBe('1000');
  });

  it('tells bytes, packets and rate of all runs, and how many wait', () => {
    const runs = [line.started(), line.started()];
    line.waiting(4);
    for (let tenth = 1; tenth <= 50; tenth++) {
      jest.advanceTimersByTime(100);
      for (const run of runs) {
        run.progress({ step: 'capturing', bytes: tenth * 100_000, packets: tenth });
      }
    }
    jest.advanceTimersByTime(500);
    expect(shown.at(-1)?.text).toMatch(
      /^2 running, 10 MB, 100 packets, (2|1\.[6-9]) MB\/s, 4 waiting$/,
    );
    runs[0]!.ended(DONE);
    line.waiting(0);
    jest.advanceTimersByTime(500);
    expect(shown.at(-1)?.text).toMatch(/^5 MB, 50 packets/);
  });

  it('goes on when the clock of the machine is set back', () => {
    const run = line.started();
    jest.setSystemTime(Date.now() - 3_600_000);
    run.progress({ step: 'capturing', bytes: 1 });
    jest.advanceTimersByTime(500);
    expect(shown.at(-1)?.text).toMatch(/^1 B/);
    run.ended(DONE);
    line.started().ended({ ...DONE, text: 'done again' });
    jest.advanceTimersByTime(500);
    expect(shown.at(-1)?.text).toBe('done again');
  });

  it('shows nothing after it was closed', () => {
    const run = line.started();
    run.progress({ step: 'capturing', bytes: 1 });
    line.close();
    run.progress({ step: 'capturing', bytes: 2 });
    run.ended(DONE);
    jest.advanceTimersByTime(5000);
    expect(shown.at(-1)).toEqual({});
  });
});
