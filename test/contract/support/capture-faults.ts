import type { Fault } from '../../../simulator';

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
