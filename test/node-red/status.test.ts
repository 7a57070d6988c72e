import { byteText, outcomeStatus, progressText, StatusLine } from '../../node-red/runtime/status';
import type { NodeStatus } from '../../node-red/runtime/red';

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
    [{ step: 'waiting' }, 1, 'waiting'],
    [{ step: 'waiting' }, 2, '2 × waiting'],
    [{ step: 'capturing', bytes: 1500, packets: 3 }, 1, '1.5 kB'],
    [{ step: 'uploading', bytes: 50, totalBytes: 200 }, 1, '25 %, 50 B'],
    [{ step: 'analysing', packets: 1234 }, 1, '1,234 packets'],
  ])('tells the progress %j of %d as "%s"', (progress, running, text) => {
    expect(progressText(progress, running)).toBe(text);
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
  beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => jest.useRealTimers());

  it('shows progress at most twice a second, the outcome at once', () => {
    const shown: NodeStatus[] = [];
    const line = new StatusLine({ status: (status) => shown.push(status) });
    line.started();
    for (let i = 1; i <= 1000; i++) {
      line.progress({ step: 'capturing', bytes: i });
      jest.advanceTimersByTime(1);
    }
    expect(shown.length).toBeLessThanOrEqual(3);
    line.ended({ fill: 'green', shape: 'dot', text: 'done' });
    expect(shown.at(-1)?.text).toBe('done');
    jest.advanceTimersByTime(5000);
    expect(shown.at(-1)?.text).toBe('done');
  });

  it('shows nothing after it was closed', () => {
    const shown: NodeStatus[] = [];
    const line = new StatusLine({ status: (status) => shown.push(status) });
    line.started();
    line.progress({ step: 'capturing', bytes: 1 });
    line.close();
    line.progress({ step: 'capturing', bytes: 2 });
    line.ended({ fill: 'green', shape: 'dot', text: 'done' });
    jest.advanceTimersByTime(5000);
    expect(shown.at(-1)).toEqual({});
  });
});
