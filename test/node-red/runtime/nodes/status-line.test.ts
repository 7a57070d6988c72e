import { StatusLine } from '../../../../node-red/runtime/nodes/status-line';
import {
  byteText,
  outcomeStatus,
  progressText,
} from '../../../../node-red/runtime/nodes/status-text';
import type { NodeStatus } from '../../../../node-red/runtime/runtime-api';

describe('texts', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [999_500, '1.0 MB'],
    [1500, '1.5 kB'],
    [123_456_789, '123 MB'],
    [5e12, '5.0 TB'],
  ])('tells %d bytes as %s', (bytes, text) => expect(byteText(bytes)).toBe(text));

  it.each([
    [{ step: 'waiting' }, {}, 'waiting'],
    [{ step: 'waiting' }, { running: 2 }, '2 × waiting'],
    [{ step: 'waiting' }, { waiting: 3 }, '3 waiting, waiting'],
    [{ step: 'capturing', bytes: 1500, packets: 3 }, {}, '1.5 kB, 3 packets'],
    [{ step: 'uploading', bytes: 50, totalBytes: 200 }, {}, '25 %, 50 B'],
    [{ step: 'analysing', packets: 1234 }, {}, '1,234 packets'],
    [
      { step: 'capturing', bytes: 2e6, packets: 9 },
      { running: 2, waiting: 1, bytesPerSecond: 1e6 },
      '2 running, 2.0 MB, 9 packets, 1.0 MB/s, 1 waiting',
    ],
  ] as const)('tells the progress %j with %j as "%s"', (progress, counts, text) => {
    expect(progressText(progress, counts)).toBe(text);
  });

  it.each([
    [{ talkers: [1, 2] }, 'talkers', '2 talkers'],
    [{ packets: 0 }, undefined, 'no packets'],
    [{ suspended: true }, undefined, 'done'],
  ])('tells the outcome %j', (json, items, text) => {
    expect(outcomeStatus(json, items).text).toBe(text);
  });
});

describe('a status line', () => {
  const DONE = { fill: 'green', shape: 'dot', text: 'done' } as const;
  let shown: NodeStatus[];
  let line: StatusLine;

  beforeEach(() => {
    jest.useFakeTimers({ now: 1_000_000 });
    shown = [];
    line = new StatusLine({ status: (status) => shown.push(status) });
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
      /^2 running, 10\.0 MB, 100 packets, (2\.0|1\.[6-9]) MB\/s, 4 waiting$/,
    );
    runs[0]!.ended(DONE);
    line.waiting(0);
    jest.advanceTimersByTime(500);
    expect(shown.at(-1)?.text).toMatch(/^5\.0 MB, 50 packets/);
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
