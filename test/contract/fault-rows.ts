import type { ErrorKind } from '../../client';
import { STEADY_HOST, type Fault, type Simulator } from '../../simulator';
import { captureFileRows } from './capture-files';
import {
  answer,
  COMMON,
  on,
  READS,
  switched,
  tries,
  type FaultRow,
  type Outcome,
} from './fault-row';
import { listRows } from './list-rows';
import { liveRows } from './live-rows';
import { OPERATIONS, pastWindow, type OperationName } from './operations';
import type { Kept } from './store';

/** Answers with a status, for every operation. */
const STATUSES: Array<{
  name: string;
  fault: Extract<Fault, { kind: 'answer' }>;
  outcome: Exclude<Outcome, { ok: true }>;
  isRetried?: boolean;
}> = [
  status(400, 'refused', /refuses the request/),
  status(401, 'login', /does not accept the login/),
  {
    ...status(401, 'login', /does not accept the login.*Sign in/s),
    name: '401 as an HTML page',
    fault: {
      kind: 'answer',
      status: 401,
      headers: { 'Content-Type': 'text/html' },
      body: '<html><style>b{}</style><body><h1>Sign in</h1></body></html>',
    },
  },
  status(403, 'permission', /Permission denied.*permission/s),
  status(404, 'notFound', /does not know this path/),
  status(409, 'busy', /busy/),
  { ...status(429, 'appliance', /fewer requests/), isRetried: true },
  status(500, 'appliance', /returned an error/),
  { ...status(502, 'appliance', /returned an error/), isRetried: true },
  { ...status(503, 'appliance', /returned an error/), isRetried: true },
  { ...status(504, 'appliance', /returned an error/), isRetried: true },
];

function status(code: number, kind: ErrorKind, says: RegExp) {
  return {
    name: `${code}`,
    fault: { kind: 'answer' as const, status: code, body: '{"error":"told so"}' },
    outcome: { kind, says, status: code },
  };
}

/** A job that is lost says so in words of its own. */
function statusOutcome(operation: OperationName, outcome: Exclude<Outcome, { ok: true }>): Outcome {
  if (operation === 'estimate a capture' && outcome.status === 404) {
    // A host that was never seen has no statistic, and nothing to capture.
    return {
      ok: true,
      check: (estimate) =>
        expect(estimate).toMatchObject({
          expectedPackets: 0,
          warnings: [expect.stringMatching(/has no statistics of the host/)],
        }),
    };
  }
  if (operation === 'read the clock' && (outcome.status === 403 || outcome.status === 404)) {
    return {
      ok: true,
      check: (time) => expect(time).toMatchObject({ warning: expect.stringMatching(/web server/) }),
    };
  }
  if (operation === 'download a CSV' && BUSY.has(outcome.status)) {
    return { kind: 'busy', says: /makes one at a time/, status: outcome.status };
  }
  if (operation === 'poll a job' && outcome.status === 404) {
    return { kind: 'job', says: /no longer knows the job/, status: 404 };
  }
  return outcome;
}

/** What an appliance may say that makes a CSV of all connections for somebody else. */
const BUSY = new Set<number | undefined>([409, 429, 503]);

const statusRows: FaultRow[] = COMMON.flatMap((operation) =>
  STATUSES.map(({ name, fault, outcome, isRetried }) => ({
    fault: name,
    operation,
    arrange: on(operation, fault),
    outcome: statusOutcome(operation, outcome),
    requests: isRetried ? tries(operation) : 1,
  })),
);

const retryAfterRows: FaultRow[] = [
  ...[429, 503].flatMap((code) =>
    READS.map((operation) => ({
      fault: `${code} once, Retry-After in seconds`,
      operation,
      arrange: on(operation, {
        kind: 'answer' as const,
        status: code,
        headers: { 'Retry-After': '2' },
        times: 1,
      }),
      outcome: { ok: true as const },
      requests: operation === 'poll a job' ? { atMost: 5 } : 2,
    })),
  ),
  ...[429, 503].flatMap((code) =>
    READS.map((operation): FaultRow => ({
      fault: `${code} once, Retry-After as a date`,
      operation,
      arrange: (simulator) =>
        on(operation, {
          kind: 'answer',
          status: code,
          headers: { 'Retry-After': new Date(Date.now() + 3000).toUTCString() },
          times: 1,
        })(simulator),
      outcome: { ok: true },
      requests: operation === 'poll a job' ? { atMost: 5 } : 2,
    })),
  ),
];

/** Longer than anybody should wait for: said, not waited for. */
const longRetryAfterRows: FaultRow[] = READS.map((operation) => ({
  fault: '503, Retry-After of an hour',
  operation,
  arrange: on(operation, {
    kind: 'answer' as const,
    status: 503,
    headers: { 'Retry-After': '3600' },
  }),
  outcome:
    operation === 'download a CSV'
      ? { kind: 'busy' as const, says: /makes one at a time/, status: 503 }
      : { kind: 'appliance' as const, says: /asks to wait 3600 s/, status: 503 },
  requests: 1,
}));

const connectionRows: FaultRow[] = COMMON.flatMap((operation): FaultRow[] => [
  {
    fault: 'the connection is reset',
    operation,
    arrange: on(operation, { kind: 'reset' }),
    outcome: { kind: 'unreachable', says: /broke|cannot be reached/ },
    requests: tries(operation),
  },
  // A live capture on a quiet network looks like that, and is no fault.
  ...(operation === 'capture live'
    ? []
    : [
        {
          fault: 'no answer ever begins',
          operation,
          arrange: on(operation, { kind: 'stallBeforeHeaders' }),
          outcome: { kind: 'timeout', says: /did not begin to answer within/ } as Outcome,
          requests: 1,
          isLong: true,
        },
      ]),
]);

const redirectRows: FaultRow[] = COMMON.map((operation) => ({
  fault: 'a redirect to another origin',
  operation,
  arrange: on(operation, {
    kind: 'answer',
    status: 307,
    headers: { Location: 'https://elsewhere.example/API' },
  }),
  outcome: {
    kind: 'refused',
    says: /redirects to "https:\/\/elsewhere\.example\/API", which is not followed/,
    status: 307,
  },
  requests: 1,
}));

/** Within the appliance, where the address has no more to it than a path. */
const ownRedirectRows: FaultRow[] = (
  ['read the clock', 'read a statistic', 'read the tree'] as const
).flatMap((operation): FaultRow[] => {
  const { path } = OPERATIONS[operation];
  const redirect = { kind: 'answer' as const, status: 302, headers: { Location: path } };
  return [
    {
      fault: 'a redirect within the appliance',
      operation,
      arrange: on(operation, { ...redirect, times: 1 }),
      outcome: { ok: true },
      requests: 2,
    },
    {
      fault: 'a redirect in a circle',
      operation,
      arrange: on(operation, redirect),
      outcome: { kind: 'badAnswer', says: /redirects again and again/, status: 302 },
      requests: 4,
    },
  ];
});

const POSTS = COMMON.filter((name) => OPERATIONS[name].method === 'POST');
const TABLES = ['download a CSV', 'read server ports'] as const;

const HTML =
  '<!DOCTYPE html><html><head><title>Login</title></head><body>Please log in</body></html>';

/** Status 200, but not what was asked for. */
const wrongBodyRows: FaultRow[] = [
  ...(
    [
      ...(['read the clock', 'read a statistic', 'estimate a capture', 'read a list'] as const),
      ...(['read the tree', 'start a job', 'list the devices'] as const),
    ] as const
  ).flatMap((operation): FaultRow[] => [
    {
      fault: 'HTML with status 200',
      operation,
      arrange: on(operation, answer(HTML, 'text/html')),
      outcome: { kind: 'badAnswer', says: /not expected here.*Please log in/s },
      requests: 1,
    },
    {
      fault: 'an empty body with status 200',
      operation,
      arrange: on(operation, answer('', 'application/json')),
      outcome: { kind: 'badAnswer', says: /not expected here/ },
      requests: 1,
    },
    {
      fault: 'half of the JSON',
      operation,
      arrange: on(operation, answer('{"subResources": ["a', 'application/json')),
      outcome: { kind: 'incomplete', says: /truncated or damaged JSON/ },
      requests: 1,
    },
  ]),
  ...(['list the devices', 'read the tree'] as const).map((operation): FaultRow => ({
    fault: 'an error with status 200',
    operation,
    arrange: on(operation, answer('{"error":"not now"}', 'application/json')),
    outcome: { kind: 'refused', status: 200, says: /reports an error.*not now/s },
    requests: 1,
  })),
  ...POSTS.map((operation): FaultRow => ({
    fault: 'an error with status 200',
    operation,
    arrange: on(operation, answer('{"error":"locked"}', 'application/json')),
    outcome: { kind: 'refused', status: 200, says: /reports an error.*locked/s },
    requests: 1,
  })),
  // What does something may not count as done because a login page said so.
  ...POSTS.map((operation): FaultRow => ({
    fault: 'HTML with status 200',
    operation,
    arrange: on(operation, answer(HTML, 'text/html')),
    outcome: { kind: 'badAnswer', says: /web page answered, not the appliance.*Please log in/s },
    requests: 1,
  })),
  ...TABLES.flatMap((operation): FaultRow[] => [
    {
      fault: 'HTML with status 200',
      operation,
      arrange: on(operation, answer(HTML, 'text/html')),
      outcome: { kind: 'badAnswer', says: /is not the .*, but a web page.*Please log in/s },
      requests: 1,
    },
    {
      fault: 'JSON with status 200',
      operation,
      arrange: on(operation, answer('{"error":"not now"}', 'application/json')),
      outcome: { kind: 'badAnswer', says: /is not the .*, but JSON.*not now/s },
      requests: 1,
    },
    {
      fault: 'an empty body with status 200',
      operation,
      arrange: on(operation, answer('', 'text/csv')),
      outcome: { kind: 'incomplete', says: /is empty: not even its header came/ },
      requests: 1,
    },
    {
      fault: 'cut inside a row, close-delimited',
      operation,
      // Behind the header of the ports, and within that of the connections.
      arrange: on(operation, { kind: 'cut', afterBytes: 62, framing: 'close' }),
      outcome: { kind: 'incomplete', says: /is truncated within a row/ },
      requests: 1,
    },
  ]),
  {
    fault: 'HTML with status 200',
    operation: 'capture',
    arrange: on('capture', answer(HTML, 'text/html')),
    outcome: {
      kind: 'badAnswer',
      says: /not a capture file: it looks like an HTML page.*Please log in/s,
    },
    requests: 1,
  },
  {
    fault: 'JSON with status 200',
    operation: 'capture',
    arrange: on('capture', answer('{"error":"no ring buffer"}', 'application/json')),
    outcome: { kind: 'badAnswer', says: /not a capture file: it looks like JSON.*no ring buffer/s },
    requests: 1,
  },
  {
    fault: 'an empty body with status 200',
    operation: 'capture',
    arrange: on('capture', answer('', 'application/octet-stream')),
    outcome: {
      ok: true,
      check: (result) =>
        expect(result).toMatchObject({ summary: { packets: 0, fileName: null, sha256: null } }),
    },
    // The second asks the buffer for its oldest packet.
    requests: 2,
  },
  {
    fault: 'a wrong magic number',
    operation: 'capture',
    arrange: on('capture', { kind: 'overwrite', offset: 0, bytes: Buffer.from('NOPE') }),
    outcome: { kind: 'badAnswer', says: /not a capture file/ },
    requests: 1,
  },
];

/** Where the bodies are long enough to break on the way. */
const STREAMS = ['capture', 'download a CSV', 'read server ports', 'read a statistic'] as const;

const brokenBodyRows: FaultRow[] = [
  ...STREAMS.map((operation) => ({
    operation,
    // The ports of one address are few.
    afterBytes: operation === 'read server ports' ? 70 : 700,
  })).flatMap(({ operation, afterBytes }): FaultRow[] => [
    ...(['length', 'chunked'] as const).map((framing): FaultRow => ({
      fault: `the body is cut (${framing})`,
      operation,
      arrange: on(operation, { kind: 'cut', afterBytes, framing }),
      outcome: { kind: 'incomplete', says: /broke off|incomplete|before the end/ },
      requests: 1,
    })),
    {
      fault: 'the body stalls',
      operation,
      arrange: on(operation, { kind: 'stall', afterBytes }),
      outcome: {
        kind: 'timeout',
        says: new RegExp(`No data arrived for \\d+ s \\(${afterBytes} bytes`),
      },
      requests: 1,
      isLong: true,
    },
    {
      fault: 'Content-Length is too large',
      operation,
      arrange: on(operation, { kind: 'wrongLength', difference: 100 }),
      outcome: { kind: 'incomplete', says: /broke off|incomplete|before the end/ },
      requests: 1,
    },
    {
      fault: 'gzip, though identity was asked',
      operation,
      arrange: on(operation, { kind: 'gzip' }),
      outcome: { ok: true },
      requests: 1,
    },
    {
      fault: 'the body trickles',
      operation,
      arrange: on(operation, { kind: 'slow', bytesPerSecond: 150_000 }),
      outcome: { ok: true },
      requests: 1,
    },
  ]),
  {
    fault: 'cut inside a record, close-delimited',
    operation: 'capture',
    arrange: on('capture', { kind: 'cut', afterBytes: 700, framing: 'close' }),
    outcome: { kind: 'incomplete', says: /incomplete/ },
    requests: 1,
  },
  {
    fault: 'cut inside the file header',
    operation: 'capture',
    arrange: on('capture', { kind: 'cut', afterBytes: 10, framing: 'close' }),
    outcome: { kind: 'incomplete', says: /incomplete/ },
    requests: 1,
  },
  ...(['length', 'chunked'] as const).map((framing): FaultRow => ({
    fault: `cut at the border of a record (${framing})`,
    operation: 'capture',
    arrange: (simulator) => cutAtBorder(simulator, framing),
    outcome: { kind: 'incomplete', says: /broke off|incomplete|before the end/ },
    requests: 1,
  })),
  {
    // Nothing tells that from a capture which ends there; so it passes, and says what it lacks.
    fault: 'cut at the border of a record (close-delimited)',
    operation: 'capture',
    arrange: (simulator) => cutAtBorder(simulator, 'close'),
    outcome: {
      ok: true,
      check: (kept) =>
        expect((kept as Kept).summary.warnings).toEqual([
          expect.stringMatching(/neither a length nor chunks/),
        ]),
    },
    requests: 1,
  },
  {
    fault: 'Content-Length is too small',
    operation: 'capture',
    arrange: on('capture', { kind: 'wrongLength', difference: -100 }),
    outcome: { kind: 'incomplete', says: /incomplete/ },
    requests: 1,
  },
  {
    fault: 'Content-Length is too small',
    operation: 'read a statistic',
    arrange: on('read a statistic', { kind: 'wrongLength', difference: -100 }),
    outcome: { kind: 'incomplete', says: /truncated or damaged JSON/ },
    requests: 1,
  },
  {
    fault: 'garbage after the last record',
    operation: 'capture',
    arrange: on('capture', { kind: 'append', bytes: Buffer.from('garbage after the end') }),
    outcome: { kind: 'incomplete', says: /incomplete/ },
    requests: 1,
  },
  {
    fault: 'a record longer than any packet',
    operation: 'capture',
    arrange: on('capture', {
      kind: 'overwrite',
      offset: 24 + 8,
      bytes: Buffer.from([0xff, 0xff, 0xff, 0x7f]),
    }),
    outcome: { kind: 'incomplete', says: /incomplete/ },
    requests: 1,
  },
  {
    fault: 'the body is cut (gzip)',
    operation: 'capture',
    arrange: ({ faults }) => {
      faults.add({ path: OPERATIONS.capture.path, kind: 'gzip', cutAfterBytes: 2000 });
    },
    outcome: { kind: 'incomplete', says: /broke off|incomplete|before the end|decompress|gzip/i },
    requests: 1,
  },
];

async function cutAtBorder(
  simulator: Simulator,
  framing: 'length' | 'chunked' | 'close',
): Promise<void> {
  const { startUs, endUs } = pastWindow(simulator);
  const file = await simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs);
  let afterBytes = 24;
  for (let record = 0; record < 20; record++) afterBytes += 16 + file.readUInt32LE(afterBytes + 8);
  on('capture', { kind: 'cut', afterBytes, framing })(simulator);
}

/** Captures that look odd and are right. */
const formatRows: FaultRow[] = [
  switched('a capture in nanoseconds', 'capture', ({ switches }) => {
    switches.captureFormat = 'pcap-ns';
  }),
  switched('a pcapng', 'capture', ({ switches }) => {
    switches.captureFormat = 'pcapng';
  }),
  {
    fault: 'a body that is ended by closing',
    operation: 'capture',
    arrange: ({ switches }) => {
      switches.captureFraming = 'close';
    },
    outcome: {
      ok: true,
      check: (kept) =>
        expect((kept as Kept).summary.warnings).toEqual([
          expect.stringMatching(/neither a length/),
        ]),
    },
    requests: 1,
  },
  {
    fault: 'a body with a length',
    operation: 'capture',
    arrange: ({ switches }) => {
      switches.captureFraming = 'length';
    },
    outcome: { ok: true, check: (kept) => expect((kept as Kept).summary.warnings).toEqual([]) },
    requests: 1,
  },
];

const jobRows: FaultRow[] = [
  {
    // The simulator knows a job under the address of its first request alone.
    fault: 'a job on another device',
    operation: 'poll a job',
    arrange: () => undefined,
    outcome: {
      ok: true,
      check: (_, { requests }) => {
        for (const { url } of requests) expect(url).toContain('mm-id=branch-1');
      },
    },
    requests: { atMost: 4 },
  },

  switched('a direct answer', 'start a job', ({ switches }) => {
    switches.asyncDirect = true;
  }),
  switched('the first status is 202', 'start a job', ({ switches }) => {
    switches.asyncFirstStatus = 202;
  }),
  switched('the id is a text', 'start a job', ({ switches }) => {
    switches.asyncIdType = 'string';
  }),
  {
    fault: 'the job fails',
    operation: 'start a job',
    arrange: ({ switches }) => {
      switches.asyncErrorCode = 7;
    },
    outcome: { kind: 'job', says: /errorCode 7/ },
    requests: 1,
  },
  {
    fault: 'the job is lost',
    operation: 'start a job',
    arrange: ({ switches }) => {
      switches.asyncLostAfter = 1;
    },
    outcome: { kind: 'job', says: /no longer knows the job/, status: 404 },
    requests: 1,
  },
  {
    fault: '202 for ever',
    operation: 'poll a job',
    arrange: ({ switches }) => {
      switches.asyncPolls = Infinity;
    },
    outcome: { kind: 'timeout', says: /still working on the job after 120 s/ },
    isLong: true,
    requests: { atMost: 80 },
  },
];

const captureRefusals: FaultRow[] = [
  {
    fault: 'no ring buffer',
    operation: 'capture',
    arrange: ({ switches }) => {
      switches.ringBuffers = 0;
    },
    outcome: { kind: 'notFound', says: /no packet ring buffer/i, status: 404 },
    requests: 1,
  },
  {
    fault: 'a second person has to allow it (4-eyes)',
    operation: 'capture',
    arrange: ({ switches }) => {
      switches.fourEyes = true;
    },
    outcome: { kind: 'permission', says: /4-eyes/, status: 403 },
    requests: 1,
  },
];

const uploadRefusals: FaultRow[] = [
  {
    fault: 'another slot is given than was asked for',
    operation: 'announce an upload',
    arrange: ({ switches }) => void (switches.uploadSlot = 'other'),
    outcome: {
      ok: true,
      check: (result) => expect(result).toMatchObject({ slot: 2, mmId: ':2' }),
    },
    requests: 1,
  },
  {
    fault: 'parallel analysis is off',
    operation: 'announce an upload',
    arrange: ({ switches }) => {
      switches.analysisSlots = 0;
    },
    outcome: { kind: 'refused', says: /may replace the live data: nothing was uploaded/ },
    requests: 0,
  },
];

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
  ...formatRows,
  ...captureFileRows,
  ...liveRows,
  ...jobRows,
  ...listRows,
  ...captureRefusals,
  ...uploadRefusals,
];
