import type { AllegroClient } from '../../../client';
import type { CaptureRequest } from '../../../client/capture/capture-request';
import type { UploadRequest } from '../../../client/upload/upload';
import { estimateCapture } from '../../../nodes/definitions/capture/estimate-capture';
import { STEADY_HOST, type Simulator } from '../../../simulator';
import { runDefinition } from './run-definition';
import type { Store } from './store';
import { fileOf } from '../../support/file-of';

/** What an operation needs and leaves behind. */
export interface Bench {
  simulator: Simulator;
  client: AllegroClient;
  store: Store;
  signal: AbortSignal;
}

/** Something that the product does with an appliance, and the request of it that a fault meets. */
export interface Operation {
  /** The path that the fault is put on. */
  path: string;
  method: 'GET' | 'POST' | 'OPTIONS';
  run(bench: Bench): Promise<unknown>;
}

const WINDOW_SECONDS = 20;

/** A window that is over, so that the same capture gives the same bytes each time. */
export function pastWindow(simulator: Simulator, seconds = WINDOW_SECONDS) {
  const endUs = Math.floor(simulator.nowUs() / 1e6) * 1e6 - 5e6;
  return { startUs: endUs - seconds * 1e6, endUs };
}

/** Windows that the next captures take, where what is arranged depends on their bytes. */
const fixedWindows = new WeakMap<Simulator, ReturnType<typeof pastWindow>>();

/** Makes captures take one window until it is released, however much time passes. */
export function fixWindow(simulator: Simulator): ReturnType<typeof pastWindow> {
  const window = fixedWindows.get(simulator) ?? pastWindow(simulator);
  fixedWindows.set(simulator, window);
  return window;
}

export function releaseWindow(simulator: Simulator): void {
  fixedWindows.delete(simulator);
}

export function captureRequest(
  simulator: Simulator,
  more: Partial<CaptureRequest> = {},
): CaptureRequest {
  return {
    source: 'ringBuffer',
    window: {
      ...(fixedWindows.get(simulator) ?? pastWindow(simulator)),
      clockOffsetSeconds: 0,
    },
    expression: `ip==${STEADY_HOST}`,
    limits: {},
    snapLength: 65535,
    ringBuffer: 0,
    fileNamePrefix: '',
    onProgress: () => undefined,
    ...more,
  } as CaptureRequest;
}

export function uploadRequest(file: Buffer, more: Partial<UploadRequest> = {}): UploadRequest {
  return {
    file: fileOf(file),
    slot: 1,
    replaceSlot: true,
    keepPackets: true,
    allowReplacingLiveData: false,
    onProgress: () => undefined,
    ...more,
  };
}

async function runUpload({ simulator, client, signal }: Bench): Promise<unknown> {
  const { startUs, endUs } = pastWindow(simulator);
  // The file comes from the packets themselves, not over HTTP, where the fault would meet it.
  const file = await simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs);
  return client.upload(uploadRequest(file), { signal });
}

/** Long enough for what goes wrong at the start, with a clock that runs 30 times as fast. */
const LIVE_SECONDS = 45;
/** Over before what goes wrong at the start has been tried four times. */
const BRIEF_SECONDS = 2;

const captureLive =
  (durationSeconds: number) =>
  async ({ simulator, client, store, signal }: Bench) => {
    const live = { source: 'live', durationSeconds } as Partial<CaptureRequest>;
    return store.keep(await client.capture(captureRequest(simulator, live), { signal }));
  };

async function runEstimate({ simulator, client, signal }: Bench): Promise<unknown> {
  const { startUs, endUs } = pastWindow(simulator);
  const window = { timeMode: 'between', since: startUs, until: endUs };
  const raw = { ...window, host: STEADY_HOST };
  return (await runDefinition(client, estimateCapture, raw, { signal }))[0].json;
}

/** Another device than the one that answers when none is named. */
const BRANCH = { mmId: 'branch-1' };
const CONNECTIONS = '/API/stats/modules/ip/globalConnections';

export const OPERATIONS = {
  'read the clock': {
    path: '/API/stats/time',
    method: 'GET',
    run: ({ client, signal }) => client.time({ signal }),
  },
  'read a statistic': {
    path: `/API/stats/modules/ip/ips/${STEADY_HOST}`,
    method: 'GET',
    run: ({ client, signal }) =>
      client.get(`/API/stats/modules/ip/ips/${STEADY_HOST}`, {}, { signal }),
  },
  'estimate a capture': {
    path: `/API/stats/modules/ip/ips/${STEADY_HOST}`,
    method: 'GET',
    run: runEstimate,
  },
  'read a list': {
    path: '/API/stats/modules/ip/ips_paged',
    method: 'GET',
    run: ({ client, signal }) =>
      client.rows(
        {
          path: '/API/stats/modules/ip/ips_paged',
          query: { sort: 'bytes', reverse: true },
          limit: 5,
        },
        { signal },
      ),
  },
  'read the tree': {
    path: '/API/stats',
    method: 'OPTIONS',
    run: ({ client, signal }) => client.subResources('/API/stats', { signal }),
  },
  'start a job': {
    path: CONNECTIONS,
    method: 'GET',
    run: ({ client, signal }) => client.get(CONNECTIONS, { mode: 'rtpStats' }, { signal }),
  },
  'poll a job': {
    path: '/API/async/',
    method: 'GET',
    run: ({ client, signal }) =>
      client.get(CONNECTIONS, { mode: 'rtpStats' }, { signal, address: BRANCH }),
  },
  'download a CSV': {
    path: `${CONNECTIONS}/csv`,
    method: 'GET',
    run: async ({ client, signal }) => {
      const options = { signal, onBytes: () => undefined };
      const { stream, finished } = await client.connectionsCsv({}, options);
      const chunks: Uint8Array[] = [];
      for await (const chunk of stream) chunks.push(chunk.slice());
      return { text: Buffer.concat(chunks).toString(), ...(await finished) };
    },
  },
  'read server ports': {
    path: `/API/stats/modules/ip/ips/${STEADY_HOST}/peers_ports`,
    method: 'GET',
    run: ({ client, signal }) => client.serverPorts(STEADY_HOST, {}, { signal }),
  },
  'list the devices': {
    path: '/API/system/multidevice/devices',
    method: 'GET',
    run: ({ client, signal }) => client.devices({ signal }),
  },
  capture: {
    path: '/API/data/modules/capture',
    method: 'GET',
    run: async ({ simulator, client, store, signal }) =>
      store.keep(await client.capture(captureRequest(simulator), { signal })),
  },
  'capture live': {
    path: '/API/data/modules/capture',
    method: 'GET',
    run: captureLive(LIVE_SECONDS),
  },
  'capture live for a moment': {
    path: '/API/data/modules/capture',
    method: 'GET',
    run: captureLive(BRIEF_SECONDS),
  },
  'announce an upload': { path: '/API/system/replay/upload', method: 'POST', run: runUpload },
  'start an analysis': { path: '/API/data/pcap', method: 'POST', run: runUpload },
  'send a file': { path: '/API/system/analyze-pcap', method: 'POST', run: runUpload },
  'suspend the ring buffer': {
    path: '/API/data/modules/capture/buffer/',
    method: 'POST',
    run: ({ client, signal }) => client.setRingBufferSuspended(0, true, { signal }),
  },
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;
export const OPERATION_NAMES = Object.keys(OPERATIONS) as OperationName[];
