import { gzipSync } from 'node:zlib';
import { STEADY_HOST, type FaultKind, type Simulator } from '../../../simulator';
import { captureFileRows } from './capture-files';
import {
  answer,
  COMMON,
  fails,
  html,
  json,
  on,
  POSTS,
  READS,
  rowsOf,
  set,
  tries,
  works,
  WORKS,
  type FaultRow,
  type Outcome,
  type Told,
} from './fault-row';
import { listRows } from './list-rows';
import { liveRows } from './live-rows';
import { fixWindow, OPERATIONS, type OperationName } from '../support/operations';
import type { Kept } from '../support/store';

const respond = (status: number, headers?: Record<string, string>, body?: string) =>
  ({ kind: 'answer', status, headers, body }) satisfies FaultKind;

const RETRIED = true;
/** Answers with a status, for every operation, and what they mean for most. */
const STATUSES: Array<[status: number, Outcome, isRetried?: boolean]> = [
  [400, fails('refused', /refused the request/)],
  [401, fails('login', /rejected the login/)],
  [
    403,
    fails(
      'permission',
      /Permission denied: this request needs (read access|the admin role|the permission)|Permission denied \(HTTP 403\)/s,
    ),
  ],
  [404, fails('notFound', /no such path/)],
  [409, fails('busy', /busy/)],
  [429, fails('appliance', /too many requests/), RETRIED],
  [500, fails('appliance', /returned an error/)],
  [502, fails('appliance', /returned an error/), RETRIED],
  [503, fails('appliance', /returned an error/), RETRIED],
  [504, fails('appliance', /returned an error/), RETRIED],
];

/** What an appliance may say that makes a CSV of all connections for somebody else. */
const BUSY = [409, 429, 503];

/** What a status means depends on what was asked for. */
function outcomeOf(status: number, operation: OperationName, usual: Outcome): Outcome {
  if (operation === 'estimate a capture' && status === 404) {
    // A host that was never seen has no statistic, and nothing to capture.
    return works((estimate) => {
      const warnings = [expect.stringMatching(/has no statistics of the host/)];
      expect(estimate).toMatchObject({ expectedPackets: 0, warnings });
    });
  }
  if (operation === 'read the clock' && (status === 403 || status === 404)) {
    return works(({ warning }: { warning: string }) => expect(warning).toMatch(/web server/));
  }
  if (operation === 'download a CSV' && BUSY.includes(status)) {
    return fails('busy', /writes one at a time/, status);
  }
  if (operation === 'poll a job' && status === 404) {
    return fails('job', /no longer knows the job/, status);
  }
  return { ...usual, status };
}

const statusRows = COMMON.flatMap((operation) => {
  const [page, login] = [
    '<html><style>b{}</style><body><h1>Sign in</h1></body></html>',
    fails('login', /rejected the login.*Sign in/s, 401),
  ];
  return rowsOf(
    [operation],
    [
      ...STATUSES.map(([status, usual, isRetried]): Told => [
        `${status}`,
        respond(status, undefined, '{"error":"told so"}'),
        outcomeOf(status, operation, usual),
        isRetried ? tries(operation) : 1,
      ]),
      ['401 as an HTML page', respond(401, { 'Content-Type': 'text/html' }, page), login],
    ],
  );
});

const retryAfterRows = READS.flatMap((operation) => {
  const requests = operation === 'poll a job' ? { atMost: 5 } : 2;
  const once = (status: number, after: string) => ({
    ...respond(status, { 'Retry-After': after }),
    times: 1,
  });
  const inThreeSeconds = () => new Date(Date.now() + 3000).toUTCString();
  const atThatTime = (status: number) => (simulator: Simulator) =>
    on(operation, once(status, inThreeSeconds()))(simulator);
  return rowsOf(
    [operation],
    [429, 503].flatMap((status): Told[] => [
      [`${status} once, Retry-After in seconds`, once(status, '2'), WORKS, requests],
      [`${status} once, Retry-After as a date`, atThatTime(status), WORKS, requests],
    ]),
  );
});

/** Longer than anybody should wait for: said, not waited for. */
const longRetryAfterRows = READS.flatMap((operation) => {
  const outcome =
    operation === 'download a CSV'
      ? fails('busy', /writes one at a time/, 503)
      : fails('appliance', /asks to wait 3600 s/, 503);
  const fault = respond(503, { 'Retry-After': '3600' });
  return rowsOf([operation], [['503, Retry-After of an hour', fault, outcome]]);
});

const STALLED = fails('timeout', /did not respond within/);

const connectionRows = COMMON.flatMap((operation) =>
  rowsOf(
    [operation],
    [
      [
        'the connection is reset',
        { kind: 'reset' },
        fails('unreachable', /was lost|cannot be reached/),
        tries(operation),
      ],
      // A live capture on a quiet network looks like that, and is no fault.
      ...(operation === 'capture live'
        ? []
        : [['no answer ever begins', { kind: 'stallBeforeHeaders' }, STALLED, 1, true] as Told]),
    ],
  ),
);

const redirectRows = rowsOf(COMMON, [
  [
    'a redirect to another origin',
    respond(307, { Location: 'https://elsewhere.example/API' }),
    fails(
      'refused',
      /redirects to "https:\/\/elsewhere\.example\/API", which is not followed/,
      307,
    ),
  ],
]);

/** Within the appliance, where the address has no more to it than a path. */
const ownRedirectRows = (['read the clock', 'read a statistic', 'read the tree'] as const).flatMap(
  (operation) => {
    const redirect = respond(302, { Location: OPERATIONS[operation].path });
    const circle = fails('badAnswer', /redirects in a loop/, 302);
    return rowsOf(
      [operation],
      [
        ['a redirect within the appliance', { ...redirect, times: 1 }, WORKS, 2],
        ['a redirect in a circle', redirect, circle, 4],
      ],
    );
  },
);

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

const onBranch = works((_, { requests }) => {
  for (const { url } of requests) expect(url).toContain('mm-id=branch-1');
});
const endless = fails('timeout', /still working on the job after 120 s/);

const jobRows: FaultRow[] = [
  ...rowsOf(
    ['poll a job'],
    [
      // The simulator knows a job under the address of its first request alone.
      ['a job on another device', () => undefined, onBranch, { atMost: 4 }],
      ['202 for ever', set({ asyncPolls: Infinity }), endless, { atMost: 80 }, true],
    ],
  ),
  ...rowsOf(
    ['start a job'],
    [
      ['a direct answer', set({ asyncDirect: true }), WORKS],
      ['the first status is 202', set({ asyncFirstStatus: 202 }), WORKS],
      ['the id is a text', set({ asyncIdType: 'string' }), WORKS],
      ['the job fails', set({ asyncErrorCode: 7 }), fails('job', /errorCode 7/)],
      ['the job is lost', set({ asyncLostAfter: 1 }), fails('job', /no longer knows the job/, 404)],
    ],
  ),
];

const uploadRefusals = rowsOf(
  ['announce an upload'],
  [
    [
      'another slot is given than was asked for',
      set({ uploadSlot: 'other' }),
      works((result) => expect(result).toMatchObject({ slot: 2, mmId: ':2' })),
    ],
    [
      'parallel analysis is off',
      set({ analysisSlots: 0 }),
      fails('refused', /may replace the live data: nothing was uploaded/),
      0,
    ],
  ],
);

/** Every fault with every operation that can meet it. */
export const FAULT_ROWS: FaultRow[] = [
  ...statusRows,
  ...retryAfterRows,
  ...longRetryAfterRows,
  ...connectionRows,
  ...redirectRows,
  ...ownRedirectRows,
  ...wrongBodyRows,
  ...brokenBodyRows,
  ...dripRows,
  ...packedRows,
  ...captureFileRows,
  ...liveRows,
  ...jobRows,
  ...listRows,
  ...captureRows,
  ...uploadRefusals,
];
