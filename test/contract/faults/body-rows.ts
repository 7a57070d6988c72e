import { gzipSync } from 'node:zlib';
import { STEADY_HOST, type Simulator } from '../../../simulator';
import {
  answer,
  fails,
  html,
  json,
  on,
  POSTS,
  rowsOf,
  set,
  works,
  WORKS,
  type FaultRow,
  type Outcome,
} from './fault-row';
import { fixWindow } from '../support/operations';
import type { Kept } from '../support/store';

const JSON_READS = [
  ...(['read the clock', 'read a statistic', 'estimate a capture', 'read a list'] as const),
  ...(['read the tree', 'start a job', 'list the devices'] as const),
];
const TABLES = ['download a CSV', 'read server ports'] as const;

/** A quarter of a megabyte that nobody asked to be packed. */
const packed = () => gzipSync(Buffer.concat([Buffer.from('['), Buffer.alloc(250e6, '{},')]));
let packedBody: Buffer | undefined;

const packedRows: FaultRow[] = (
  [
    ...(['read the clock', 'read a statistic', 'read a list', 'read the tree'] as const),
    ...(['start a job', 'poll a job', 'list the devices', 'suspend the ring buffer'] as const),
  ] as const
).map((operation) => ({
  ...{ fault: '250 MB of JSON in a small gzip', operation, requests: 1 },
  outcome: fails('tooLarge', /larger than 32 MB/),
  arrange: (simulator) => {
    const headers = { 'Content-Encoding': 'gzip', 'Content-Type': 'application/json' };
    on(operation, { kind: 'answer', status: 200, headers, body: (packedBody ??= packed()) })(
      simulator,
    );
  },
}));

const LOGIN = html(
  '<!DOCTYPE html><html><head><title>Login</title></head><body>Please log in</body></html>',
);
const NOT_NOW = json('{"error":"not now"}');
const NOTHING_CAME = works((result) =>
  expect(result).toMatchObject({ summary: { packets: 0, fileName: null, sha256: null } }),
);

/** Status 200, but not what was asked for. */
const wrongBodyRows: FaultRow[] = [
  ...rowsOf(JSON_READS, [
    ['HTML with status 200', LOGIN, fails('badAnswer', /unexpected response.*Please log in/s)],
    ['an empty body with status 200', json(''), fails('badAnswer', /unexpected response/)],
    [
      'half of the JSON',
      json('{"subResources": ["a'),
      fails('incomplete', /truncated or damaged JSON/),
    ],
  ]),
  ...rowsOf(
    ['list the devices', 'read the tree', ...POSTS],
    [['an error with status 200', NOT_NOW, fails('refused', /reported an error.*not now/s, 200)]],
  ),
  // What does something may not count as done because a login page said so.
  ...rowsOf(POSTS, [
    ['HTML with status 200', LOGIN, fails('badAnswer', /response is a web page.*Please log in/s)],
  ]),
  ...rowsOf(TABLES, [
    [
      'HTML with status 200',
      LOGIN,
      fails('badAnswer', /is not the .*, but a web page.*Please log in/s),
    ],
    ['JSON with status 200', NOT_NOW, fails('badAnswer', /is not the .*, but JSON.*not now/s)],
    [
      'an empty body with status 200',
      answer('', 'text/csv'),
      fails('incomplete', /is empty: it has no header/),
    ],
    [
      'cut inside a row, close-delimited',
      // Behind the header of the ports, and within that of the connections.
      { kind: 'cut', afterBytes: 62, framing: 'close' },
      fails('incomplete', /is truncated within a row/),
    ],
  ]),
  ...rowsOf(
    ['capture'],
    [
      [
        'HTML with status 200',
        LOGIN,
        fails('badAnswer', /not a capture file: it looks like an HTML page.*Please log in/s),
      ],
      [
        'JSON with status 200',
        json('{"error":"no ring buffer"}'),
        fails('badAnswer', /not a capture file: it looks like JSON.*no ring buffer/s),
      ],
      // The second request asks the buffer for its oldest packet.
      ['an empty body with status 200', answer('', 'application/octet-stream'), NOTHING_CAME, 2],
      [
        'a wrong magic number',
        { kind: 'overwrite', offset: 0, bytes: Buffer.from('NOPE') },
        fails('badAnswer', /not a capture file/),
      ],
    ],
  ),
];

const INCOMPLETE = fails('incomplete', /incomplete/);
const CUT = fails('incomplete', /was lost|incomplete|before the end/);

/** Where the bodies are long enough to break on the way. The ports of one address are few. */
const brokenBodyRows: FaultRow[] = [
  ...(
    [
      ['capture', 700],
      ['download a CSV', 700],
      ['read server ports', 70],
      ['read a statistic', 700],
    ] as const
  ).flatMap(([operation, afterBytes]) => {
    const stalled = fails(
      'timeout',
      new RegExp(`No data arrived for \\d+ s \\(${afterBytes} bytes`),
    );
    return rowsOf(
      [operation],
      [
        ['the body is cut (length)', { kind: 'cut', afterBytes, framing: 'length' }, CUT],
        ['the body is cut (chunked)', { kind: 'cut', afterBytes, framing: 'chunked' }, CUT],
        ['the body stalls', { kind: 'stall', afterBytes }, stalled, 1, true],
        ['Content-Length is too large', { kind: 'wrongLength', difference: 100 }, CUT],
        ['gzip, though identity was asked', { kind: 'gzip' }, WORKS],
        ['the body trickles', { kind: 'slow', bytesPerSecond: 150_000 }, WORKS],
      ],
    );
  }),
  ...rowsOf(
    ['capture'],
    [
      [
        'cut inside a record, close-delimited',
        { kind: 'cut', afterBytes: 700, framing: 'close' },
        INCOMPLETE,
      ],
      ['cut inside the file header', { kind: 'cut', afterBytes: 10, framing: 'close' }, INCOMPLETE],
      ['cut at a packet boundary (length)', cutAtBoundary('length'), CUT],
      ['cut at a packet boundary (chunked)', cutAtBoundary('chunked'), CUT],
      // Nothing tells that from a capture which ends there; so it passes, and says what it lacks.
      [
        'cut at a packet boundary (close-delimited)',
        cutAtBoundary('close'),
        warnsOf(/neither a length nor chunks/),
      ],
      ['Content-Length is too small', { kind: 'wrongLength', difference: -100 }, INCOMPLETE],
      [
        'garbage after the last record',
        { kind: 'append', bytes: Buffer.from('garbage after the end') },
        INCOMPLETE,
      ],
      [
        'a record longer than any packet',
        { kind: 'overwrite', offset: 24 + 8, bytes: Buffer.from([0xff, 0xff, 0xff, 0x7f]) },
        INCOMPLETE,
      ],
      [
        'the body is cut (gzip)',
        { kind: 'gzip', cutAfterBytes: 2000 },
        fails('incomplete', /was lost|incomplete|before the end|decompress|gzip/i),
      ],
    ],
  ),
  ...rowsOf(
    ['read a statistic'],
    [
      [
        'Content-Length is too small',
        { kind: 'wrongLength', difference: -100 },
        fails('incomplete', /truncated or damaged JSON/),
      ],
    ],
  ),
];

/** It keeps moving, so that only the limit of the whole answer ends it. */
const dripRows = rowsOf(
  ['read a statistic', 'read a list'],
  [
    [
      'the body drips',
      { kind: 'slow', bytesPerSecond: 20 },
      fails('timeout', /was not complete after/),
      1,
      true,
    ],
  ],
);

/** A capture whose warnings are these. */
function warnsOf(...warnings: RegExp[]): Outcome {
  return works(({ summary }: Kept) =>
    expect(summary.warnings).toEqual(warnings.map((says) => expect.stringMatching(says))),
  );
}

function cutAtBoundary(framing: 'length' | 'chunked' | 'close') {
  return async (simulator: Simulator): Promise<void> => {
    const { startUs, endUs } = fixWindow(simulator);
    const file = await simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs);
    let afterBytes = 24;
    for (let packet = 0; packet < 20; packet++) {
      afterBytes += 16 + file.readUInt32LE(afterBytes + 8);
    }
    on('capture', { kind: 'cut', afterBytes, framing })(simulator);
  };
}

/** Captures and appliances that are other than usual. */
const captureRows = rowsOf(
  ['capture'],
  [
    ['a capture in nanoseconds', set({ captureFormat: 'pcap-ns' }), WORKS],
    ['a pcapng', set({ captureFormat: 'pcapng' }), WORKS],
    [
      'a body that is ended by closing',
      set({ captureFraming: 'close' }),
      warnsOf(/neither a length/),
    ],
    ['a body with a length', set({ captureFraming: 'length' }), warnsOf()],
    ['no ring buffer', set({ ringBuffers: 0 }), fails('notFound', /no packet ring buffer/i, 404)],
    [
      'a second person has to allow it (4-eyes)',
      set({ fourEyes: true }),
      fails('permission', /4-eyes/, 403),
    ],
  ],
);

/** Bodies other than what was asked for, broken on the way, or of an unusual kind. */
export const bodyRows: FaultRow[] = [
  ...packedRows,
  ...wrongBodyRows,
  ...brokenBodyRows,
  ...dripRows,
  ...captureRows,
];
