import type { Fault } from '../../simulator';

export const CAPTURE_PATH = '/API/data/modules/capture';

/** Meets captures only: the ring buffer is changed by POST under the same path. */
const CAPTURE = { method: 'GET', path: CAPTURE_PATH } as const;

export const cutCapture: Fault = {
  kind: 'cut',
  afterBytes: 20_000,
  framing: 'chunked',
  ...CAPTURE,
};

/** No packets, and not even the header of a file: an appliance may answer so. */
export const emptyCapture: Fault = {
  kind: 'answer',
  status: 200,
  headers: { 'Content-Type': 'application/vnd.tcpdump.pcap' },
  body: '',
  ...CAPTURE,
};

const PAGE = '<html><body><h1>Maintenance</h1> Come back later.</body></html>';

/** What may come in place of a whole capture. */
export const captureFaults = {
  cut: cutCapture,
  cutWithLength: { ...cutCapture, framing: 'length' },
  cutWithoutMark: { ...cutCapture, framing: 'close' },
  stall: { kind: 'stall', afterBytes: 20_000, ...CAPTURE },
  page: {
    kind: 'answer',
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: PAGE,
    ...CAPTURE,
  },
  garbled: { kind: 'overwrite', offset: 24 + 8, bytes: Buffer.alloc(8, 0xff), ...CAPTURE },
  failed: { kind: 'answer', status: 500, ...CAPTURE },
  refused: { kind: 'answer', status: 403, ...CAPTURE },
} satisfies Record<string, Fault>;
