import { type FaultKind, type Simulator } from '../../../simulator';
import { bodyRows } from './body-rows';
import { captureFileRows } from './capture-files';
import {
  COMMON,
  fails,
  on,
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
import { OPERATIONS, type OperationName } from '../support/operations';

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
      // On a busy machine the clock may seem to be off as well.
      const warnings = expect.arrayContaining([
        expect.stringMatching(/has no statistics of the host/),
      ]);
      expect(estimate).toMatchObject({ expectedPackets: 0, warnings });
    });
  }
  if (operation === 'read the clock' && (status === 403 || status === 404)) {
    return works(({ warning }: { warning: unknown }) =>
      expect(String(warning)).toMatch(/web server/),
    );
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
  ...bodyRows,
  ...captureFileRows,
  ...liveRows,
  ...jobRows,
  ...listRows,
  ...uploadRefusals,
];
