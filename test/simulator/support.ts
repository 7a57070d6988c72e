import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { DEFAULT_SWITCHES, startSimulator, type Simulator } from '../../simulator';
import type { SimulatorOptions } from '../../simulator/options';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Undefined where the body is not JSON. */
  json: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

interface Ask {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** The value of Authorization; an empty one is not sent. */
  authorization?: string;
}

export const ADMIN = `Basic ${Buffer.from('admin:allegro').toString('base64')}`;

/** Starts an appliance for the tests of a file; each begins with its usual switches, and no requests. */
export function useAppliance(options: SimulatorOptions, use: (started: Simulator) => void): void {
  let simulator: Simulator;
  beforeAll(async () => use((simulator = await startSimulator(options))));
  afterAll(() => simulator.close());
  beforeEach(() => {
    Object.assign(simulator.switches, DEFAULT_SWITCHES);
    simulator.clearRequests();
  });
}

/** One request over HTTPS, without any code of the product. Rejects when the body breaks off. */
export function ask(simulator: Simulator, given: Ask | string): Promise<Answer> {
  const {
    method = 'GET',
    path,
    headers,
    body,
    authorization = ADMIN,
  }: Ask = typeof given === 'string' ? { path: given } : given;
  return new Promise((resolve, reject) => {
    const call = request(
      new URL(path, simulator.url),
      {
        method,
        ca: simulator.certificatePem,
        agent: new Agent(),
        headers: { ...(authorization ? { authorization } : {}), ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const whole = Buffer.concat(chunks);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: whole,
            json: parse(whole),
          });
        });
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/** A capture of the ring buffer as a file; times in microseconds. */
export async function recordsOf(
  simulator: Simulator,
  startUs: number,
  endUs: number,
  more: Record<string, string> = {},
): Promise<Buffer> {
  const query = Object.entries({
    startTime: String(startUs),
    endTime: String(endUs),
    fromCaptureBuffer: 'true',
    ...more,
  }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const { status, body } = await ask(simulator, `/API/data/modules/capture?${query.join('&')}`);
  if (status !== 200) throw new Error(`Status ${status}: ${body.toString()}`);
  return body;
}

/** The three steps of an upload, with a multipart body made by hand. */
export async function upload(
  simulator: Simulator,
  slot: number,
  file: Buffer,
  { fileSize = file.length, force = true, keep = true } = {},
): Promise<Answer[]> {
  const announce = await ask(simulator, {
    method: 'POST',
    path: '/API/system/replay/upload',
    body: JSON.stringify({
      fileName: 'abc.pcap',
      fileSize,
      replaySlotID: slot,
      forceSlotID: force,
      useReplayBuffer: keep,
    }),
  });
  if (announce.status !== 200) return [announce];
  const start = await ask(simulator, {
    method: 'POST',
    path: `/API/data/pcap?mm-id=:${slot}`,
    body: '{"command":"start"}',
  });
  if (start.status !== 200) return [announce, start];
  const boundary = 'xxxBOUNDARYxxx';
  const field = (name: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const head = `${field('name', 'file')}${field('filename', 'abc.pcap')}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="abc.pcap"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  const send = await ask(simulator, {
    method: 'POST',
    path: `/API/system/analyze-pcap?replaySlotID=${slot}`,
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  });
  return [announce, start, send];
}
