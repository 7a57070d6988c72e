import { TrafficCounter, type Traffic } from '../../../../client/pcap/content/traffic';
import { PcapWalker } from '../../../../client/pcap';
import { judge } from '../../../../client/pcap/dissect/tcp/verdict';
import { TcpTally } from '../../../../client/pcap/dissect/tcp/tally';
import { pcapAt, segmentFrame, type SegmentRow } from '../../../support/frame-fixtures';

type Row = [
  ms: number,
  from: 'c' | 's',
  flags: string,
  sequence: number,
  acknowledgement?: number,
  data?: number,
  window?: number,
];

function analyse(rows: Row[], bounds = {}): Traffic {
  const frames = rows.map(([ms, from, flags, sequence, acknowledgement, data, window]) => {
    const side = from === 'c' ? 'client' : 'server';
    const row: SegmentRow = { ms, from: side, flags, sequence, acknowledgement, data, window };
    return { ms, frame: segmentFrame(row) };
  });
  const counter = new TrafficCounter(false, bounds);
  new PcapWalker({}, counter).write(pcapAt(frames));
  return counter.result(10);
}

const OPEN: Row[] = [
  [0, 'c', 'S', 100],
  [20, 's', 'SA', 500, 101],
  [30, 'c', 'A', 101, 501],
];
const REQUEST: Row[] = [...OPEN, [31, 'c', 'PA', 101, 501, 50]];

describe('TCP', () => {
  it.each<[string, Row[], Record<string, unknown>]>([
    [
      'measures the handshake, on both sides',
      OPEN,
      {
        handshakes: 1,
        handshakeTime: expect.objectContaining({ maxMs: 30 }),
        serverRoundTrip: expect.objectContaining({ maxMs: 20 }),
        clientRoundTrip: expect.objectContaining({ maxMs: 10 }),
      },
    ],
    [
      'measures from the last byte of a request to the first of the response',
      [
        ...REQUEST,
        [40, 'c', 'PA', 151, 501, 50],
        [60, 's', 'A', 501, 201],
        [340, 's', 'PA', 501, 201, 900],
        [345, 's', 'PA', 1401, 201, 900],
      ],
      { responseTime: { count: 1, medianMs: expect.closeTo(300, -1), p95Ms: 300, maxMs: 300 } },
    ],
    [
      'counts what is refused',
      [
        [0, 'c', 'S', 1],
        [1, 's', 'RA', 0, 2],
      ],
      { refused: 1, resets: { client: 0, server: 0 } },
    ],
    [
      'counts what nobody answers once, however often it was tried',
      [
        [0, 'c', 'S', 1],
        [1000, 'c', 'S', 1],
        [3000, 'c', 'S', 1],
      ],
      { unanswered: 1, retransmissions: { client: 2, server: 0 }, oneSided: 0 },
    ],
    [
      'leaves out a SYN that the end of the capture left open',
      [[0, 'c', 'S', 1]],
      { unanswered: 0 },
    ],
    [
      'counts a reset by who sent it',
      [...REQUEST, [50, 's', 'RA', 501, 151]],
      { resets: { client: 0, server: 1 } },
    ],
    [
      'does not count a reset behind a FIN',
      [...OPEN, [40, 's', 'FA', 501, 101], [41, 'c', 'R', 101]],
      { resets: { client: 0, server: 0 } },
    ],
    [
      'finds a retransmission',
      [...REQUEST, [400, 'c', 'PA', 101, 501, 50]],
      { retransmissions: { client: 1, server: 0 }, dataPackets: { client: 2, server: 0 } },
    ],
    [
      'finds one of what was acknowledged',
      [...REQUEST, [40, 's', 'A', 501, 151], [41, 'c', 'PA', 101, 501, 50]],
      { retransmissions: { client: 1, server: 0 } },
    ],
    [
      'finds a fast one behind duplicate acknowledgements',
      [
        ...REQUEST,
        [32, 'c', 'PA', 201, 501, 50],
        ...[33, 34, 35, 36].map((ms): Row => [ms, 's', 'A', 501, 151]),
        [37, 'c', 'PA', 151, 501, 50],
      ],
      { retransmissions: { client: 1, server: 0 }, outOfOrder: { client: 0, server: 0 } },
    ],
    [
      'finds what is out of order',
      [...REQUEST, [32, 'c', 'PA', 201, 501, 50], [33, 'c', 'PA', 151, 501, 50]],
      { outOfOrder: { client: 1, server: 0 }, retransmissions: { client: 0, server: 0 } },
    ],
    [
      'takes a keep-alive for what it is',
      [...REQUEST, [60, 's', 'A', 501, 151], [9000, 'c', 'A', 150, 501, 1]],
      { retransmissions: { client: 0, server: 0 } },
    ],
    [
      'counts zero windows, but not that of a reset',
      [...REQUEST, [40, 's', 'A', 501, 151, 0, 0], [90, 's', 'R', 501, 0, 0, 0]],
      { zeroWindows: { client: 0, server: 1 } },
    ],
    ['notices what the capture lost', [...OPEN, [50, 's', 'A', 501, 400]], { ackedUnseen: 1 }],
    [
      'notices that a direction is missing',
      [
        [0, 'c', 'A', 101, 501, 10],
        [5, 'c', 'A', 111, 501, 10],
      ],
      { oneSided: 1, unanswered: 0 },
    ],
    [
      'counts a connection anew when its ports are used again',
      [...OPEN, [40, 'c', 'FA', 101, 501], [5000, 'c', 'S', 9000], [5020, 's', 'SA', 70, 9001]],
      { connections: 2 },
    ],
    [
      'goes on behind the end of the numbers',
      [
        [0, 'c', 'A', 2 ** 32 - 10, 1, 20],
        [1, 's', 'A', 1, 10],
        [2, 'c', 'A', 10, 1, 20],
      ],
      { retransmissions: { client: 0, server: 0 }, ackedUnseen: 0 },
    ],
    [
      'knows the server by its port where the handshake is missing',
      [
        [0, 's', 'PA', 1, 1, 20],
        [1, 'c', 'PA', 1, 21, 20],
      ],
      { dataPackets: { client: 1, server: 1 }, connections: 1 },
    ],
  ])('%s', (_, rows, figures) => {
    const { tcp, conversations } = analyse(rows);
    expect(tcp).toMatchObject(figures);
    expect(conversations[0].tcp).toEqual(tcp);
  });

  it('stays within its bounds, and says what it dropped', () => {
    const frames = Array.from({ length: 300 }, (_, index) => ({
      ms: index,
      frame: segmentFrame({ ms: 0, from: 'client', flags: 'S', sequence: 1 }, 443, 1000 + index),
    }));
    const counter = new TrafficCounter(false, { maxFlows: 50 });
    new PcapWalker({}, counter).write(pcapAt(frames));
    const { tcp, limits } = counter.result(10);
    expect(tcp.connections).toBe(300);
    expect(limits).toContainEqual({ table: 'flows', max: 50, dropped: 250, error: null });
  });
});

describe('the verdict', () => {
  const tally = (set: (tally: TcpTally) => void) => {
    const made = new TcpTally();
    made.connections = 10;
    made.handshakes = 10;
    for (let index = 0; index < 10; index++) {
      made.timings.handshakeTime.add(20_000);
      made.timings.responseTime.add(30_000);
    }
    made.dataPackets.server = 100;
    set(made);
    return judge(made.figures());
  };

  it.each<[string, (tally: TcpTally) => void, string[], RegExp]>([
    ['nothing', () => undefined, ['none'], /round trip 20 ms, server response 29 ms, 0 of 100/],
    [
      'slow responses',
      (t) => {
        for (let i = 0; i < 20; i++) t.timings.responseTime.add(2e6);
        t.slowResponses = 20;
      },
      ['server'],
      /20 of 30 responses took 500 ms or longer .*round trip takes 20 ms/,
    ],
    [
      'slow round trips',
      (t) => {
        for (let i = 0; i < 20; i++) t.timings.handshakeTime.add(4e5);
        t.slowHandshakes = 20;
      },
      ['network'],
      /20 of 30 handshakes took 250 ms or longer/,
    ],
    [
      'loss',
      (t) => void (t.troubles.resent.server = 5),
      ['network'],
      /5 of 100 data packets .*5 %/,
    ],
    ['refusals', (t) => void (t.refused = 4), ['server'], /refused 4 of 10/],
    [
      'resets by the server',
      (t) => void (t.troubles.resets.server = 4),
      ['server'],
      /reset 4 of 10/,
    ],
    [
      'requests that the client gives up',
      (t) => void (t.abandoned = 4),
      ['client'],
      /Client: reset 4 of 10 connections before the response came/,
    ],
    [
      'a client that is full',
      (t) => void (t.troubles.zeroWindows.client = 4),
      ['client'],
      /zero window/,
    ],
    [
      'no answers',
      (t) => void (t.unanswered = 9),
      ['unreachable'],
      /9 of 10 connections got no answer/,
    ],
    [
      'SYNs that are sent again alone',
      (t) => void (t.troubles.retransmissions.client = 50),
      ['none'],
      /0 of 100 data packets sent again/,
    ],
    [
      'few zero windows of a long transfer',
      (t) => {
        t.dataPackets.client = 50_000;
        t.troubles.zeroWindows.server = 9;
      },
      ['none'],
      /Neither/,
    ],
    [
      'copies, which hide what is lost',
      (t) => {
        t.copies = 40;
        t.troubles.resent.server = 20;
      },
      ['none'],
      /20 of 60/,
    ],
    ['a missing direction', (t) => void (t.oneSided = 6), ['unknown'], /Cannot tell: of 6 of 10/],
    [
      'loss and no answers',
      (t) => {
        t.troubles.resent.server = 2;
        t.dataPackets.server = 150;
        t.refused = 9;
        t.troubles.resent.client = 1;
      },
      ['server', 'network'],
      /refused 9/,
    ],
  ])('of %s', (_, set, causes, reason) => {
    const verdict = tally(set);
    expect(verdict.causes).toEqual(causes);
    expect(verdict.reasons[0]).toMatch(reason);
  });
});
