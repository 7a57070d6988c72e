import { toCounters } from '../../../client/values/counters';

describe('a counter', () => {
  it('has names for its positions, and the sums', () => {
    expect(toCounters([1, 200, '3', 400, 'module specific'])).toEqual({
      ...{ rxPackets: 1, rxBytes: 200, txPackets: 3, txBytes: 400 },
      ...{ totalPackets: 4, totalBytes: 600 },
    });
  });

  it.each([1e308, 1e20, -5, 'NaN', Infinity, {}])('is none with %p in it', (absurd) => {
    expect(toCounters([1, absurd, 3, 400])).toBeUndefined();
  });
});
