import {
  rtpNames,
  rtpQuality,
} from '../../../../nodes/definitions/statistics/connections/rtp-quality';

const NONE = { lossPercent: null, jitterMs: null, mos: null };

it.each([
  [
    'the worst of both directions',
    [
      { lossPercent: 0.5, jitterMs: 7, mos: 4.3 },
      { lossPercent: 2, mos: 3.1 },
    ],
    { lossPercent: 2, jitterMs: 7, mos: 3.1 },
  ],
  ['no count of packets as a loss', { packetLoss: 5312, jitterMs: 9 }, { ...NONE, jitterMs: 9 }],
  [
    'other names',
    { a: { loss: '1.239', jitter: 3 }, rtpMos: 4 },
    { lossPercent: 1.24, jitterMs: 3, mos: 4 },
  ],
  ['no figure', { lostRatio: 0.2, text: 'x', mos: 0 }, NONE],
  ['nothing', null, NONE],
])('takes %s', (_, stats, expected) => {
  expect(rtpQuality(stats)).toEqual(expected);
});

it('names what there is', () => {
  expect(rtpNames([{ lostRatio: 0.2, mos: 4.1 }, { packetLoss: 5312 }])).toEqual([
    'lostRatio',
    'mos',
    'packetLoss',
  ]);
});
