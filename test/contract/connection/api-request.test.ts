import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { PcapWalker } from '../../../client/pcap';
import { apiRequest } from '../../../nodes/definitions/api/api-request';
import type { Progress } from '../../../nodes/definitions/model/run-context';
import { getStats } from '../../../nodes/definitions/statistics/get-stats';
import type { FaultKind } from '../../../simulator';
import { useSimulator } from '../support/bench';
import { runDefinition } from '../support/run-definition';
import { TOKEN } from '../support/transports';
import { waitUntil } from '../support/wait-until';
import { errorOf } from '../../support/error-of';

const CONNECTIONS = 'API/stats/modules/ip/globalConnections';
const BUFFER = 'API/data/modules/capture/buffer/0';

describe('any request to the API', () => {
  const bench = useSimulator(60);

  async function run(raw: Record<string, unknown>, onProgress?: (progress: Progress) => void) {
    const [{ json, file }] = await runDefinition(bench.client, apiRequest, raw, { onProgress });
    return { json, bytes: file?.bytes, name: file?.name };
  }
  const failure = (raw: Record<string, unknown>) => errorOf(run(raw));
  const answer = (fault: FaultKind) => bench.simulator.faults.add({ path: '/API/info', ...fault });

  it.each([
    'API/info/system',
    '/API/info/system',
    'info/system',
    () => `${bench.simulator.url}/API/info/system?detail=full`,
  ])('reads JSON from %s', async (path) => {
    const { json } = await run({ path: typeof path === 'string' ? path : path() });
    expect(json).toMatchObject({ hostname: 'allegro-mm-1a2b' });
  });

  it('lists what is below a path, and makes an object of an array', async () => {
    expect((await run({ requestMethod: 'OPTIONS', path: 'API/stats' })).json).toHaveProperty(
      'subResources',
    );
    const { json } = await run({ path: 'API/system/multidevice/devices' });
    expect(json.items).toContainEqual(expect.objectContaining({ id: 'local' }));
  });

  it('waits for a job, or hands on its announcement', async () => {
    expect((await run({ path: CONNECTIONS })).json).toHaveProperty('displayedItems');
    expect((await run({ path: CONNECTIONS, waitForJob: false })).json).toHaveProperty('asyncUUID');
  });

  it('makes files of a CSV and of a capture', async () => {
    const csv = await run({ path: 'API/stats/modules/ip/ips_paged?csv=true' });
    expect(csv.name).toBe('ip_ips_paged.csv');
    expect(csv.bytes!.toString()).toMatch(/^"?ip"?,/);
    const now = Math.floor(bench.simulator.nowUs() / 1e6) * 1e6;
    const rows = { startTime: now - 5e6, endTime: now - 2e6, fromCaptureBuffer: true };
    const capture = await run({
      path: 'API/data/modules/capture',
      queryParameters: Object.entries(rows).map(([name, value]) => ({
        name,
        value: String(value),
      })),
    });
    expect(capture.name).toBe('modules_capture.pcap');
    expect(capture.bytes!.readUInt32LE(0)).toBe(0xa1b2c3d4);
    const sha256 = createHash('sha256').update(capture.bytes!).digest('hex');
    expect(capture.json).toMatchObject({ bytes: capture.bytes!.length, sha256 });
  });

  describe("the page's capture without an end", () => {
    const path = '/API/data/modules/capture?snapPacketLength=65535';
    it.each([
      ['size', { maxMegabytes: 0.01 }, 'bytes', /^The size limit ended the file/],
      ['time', { totalSeconds: 1 }, 'duration', /^The time limit ended the file/],
    ])('is a complete file up to the limit of %s', async (_, limit, endedBy, warning) => {
      const { json, bytes } = await run({ path, ...limit });
      const walker = new PcapWalker();
      walker.write(bytes!);
      const { packets, complete } = walker.end();
      expect(complete).toBe(true);
      expect(packets).toBeGreaterThan(0);
      const warnings = [expect.stringMatching(warning)];
      const sha256 = createHash('sha256').update(bytes!).digest('hex');
      expect(json).toMatchObject({ endedBy, complete, packets, sha256, warnings });
      await waitUntil(() => bench.simulator.openCaptures() === 0);
    });

    it('that breaks off by itself fails', async () => {
      bench.simulator.faults.add({ kind: 'cut', afterBytes: 60, framing: 'close' });
      expect(await failure({ path })).toMatchObject({ kind: 'incomplete' });
    });

    it('says that it waits while four others run', async () => {
      const steps = Array.from({ length: 5 }, () => [] as string[]);
      const work = steps.map((own, index) => {
        const limit = index < 4 ? { totalSeconds: 1 } : { maxMegabytes: 0.001 };
        return run({ path, ...limit }, ({ step }) => own.push(step));
      });
      await Promise.all(work);
      const waited = steps.map((own) => own.includes('waiting for the appliance'));
      expect(waited).toEqual([false, false, false, false, true]);
    });
  });

  it('discards a file that is not a capture at the limit of time', async () => {
    bench.simulator.faults.add({ kind: 'stall', afterBytes: 40 });
    const raw = { path: 'API/stats/modules/ip/ips_paged?csv=true', totalSeconds: 1 };
    const what = 'The response was not complete after 1 s.';
    expect(await failure(raw)).toMatchObject({ kind: 'timeout', what });
  });

  it('has a limit for JSON and text that can be lowered and raised', async () => {
    const path = 'API/info/system';
    answer({ kind: 'answer', status: 200, body: JSON.stringify('x'.repeat(33e6)) });
    expect(await failure({ path })).toMatchObject({ kind: 'tooLarge' });
    const { json } = await run({ path, maxJsonMegabytes: 40 });
    expect((json.text as string).length).toBe(33e6 + 2);
    const list = { path: 'API/stats/modules/ip/ips_paged?count=100', maxJsonMegabytes: 0.001 };
    expect(await failure(list)).toMatchObject({ kind: 'tooLarge' });
    const stats = runDefinition(bench.client, getStats, { ...list, timeMode: 'none' });
    await expect(stats).rejects.toMatchObject({ kind: 'tooLarge' });
    // The result of a job, too.
    expect(await failure({ ...list, path: CONNECTIONS })).toMatchObject({ kind: 'tooLarge' });
  });

  describe('a small gzip with a list of 250 MB that nobody asked for', () => {
    const path = '/API/info/system';
    const packed = gzipSync(Buffer.concat([Buffer.from('['), Buffer.alloc(250e6, '{},')]));
    const { DecompressionStream: Original } = globalThis;
    let unpackedBytes = 0;

    beforeEach(() => {
      unpackedBytes = 0;
      const counted = () =>
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            unpackedBytes += chunk.length;
            controller.enqueue(chunk);
          },
        });
      globalThis.DecompressionStream = class extends Original {
        override get readable() {
          return super.readable.pipeThrough(counted());
        }
      };
    });
    afterEach(() => {
      globalThis.DecompressionStream = Original;
    });

    it.each<[string, () => Promise<unknown>]>([
      ['JSON of any request', () => run({ path })],
      ['text of any request', () => run({ path, readAs: 'text' })],
      ['a file of any request', () => run({ path, readAs: 'file', maxMegabytes: 32 })],
    ])('is too large, and is unpacked no further: %s', async (_, read) => {
      const headers = { 'Content-Encoding': 'gzip', 'Content-Type': 'application/json' };
      answer({ kind: 'answer', status: 200, headers, body: packed });
      await expect(read()).rejects.toMatchObject({ kind: 'tooLarge', canRetry: false });
      expect(unpackedBytes).toBeGreaterThan(30e6);
      expect(unpackedBytes).toBeLessThan(40e6);
    });
  });

  it('fails when a file breaks off', async () => {
    bench.simulator.faults.add({ kind: 'cut', afterBytes: 20, framing: 'chunked' });
    const raw = { path: 'API/stats/modules/ip/ips_paged?csv=true' };
    expect(await failure(raw)).toMatchObject({ kind: 'incomplete' });
  });

  it('reads text as text, and anything as what it is told to be', async () => {
    answer({
      kind: 'answer',
      status: 200,
      headers: { 'Content-Type': 'text/plain' },
      body: 'fine',
    });
    expect((await run({ path: 'API/info/system' })).json).toEqual({ text: 'fine' });
    expect(await failure({ path: 'API/info/system', readAs: 'json' })).toMatchObject({
      kind: 'badAnswer',
    });
    expect((await run({ path: 'API/info/system', readAs: 'file' })).bytes!.toString()).toBe('fine');
  });

  it('is an error for a status that is none of success, unless the full response is wanted', async () => {
    expect(await failure({ path: 'API/nothing' })).toMatchObject({ kind: 'notFound', status: 404 });
    const { json } = await run({ path: 'API/nothing', fullResponse: true });
    expect(json).toMatchObject({ status: 404, body: { error: expect.any(String) } });
    expect(json.headers).toHaveProperty('content-type', 'application/json');
  });

  it('passes no secret on', async () => {
    const headers = {
      'Set-Cookie': 'sid=1',
      Authorization: 'Bearer x',
      'X-Auth-Token': 'y',
      A: 'b',
    };
    answer({ kind: 'answer', status: 200, headers, body: '{}' });
    const { json } = await run({ path: 'API/info/system', fullResponse: true });
    expect(json.headers).toHaveProperty('a', 'b');
    expect(Object.keys(json.headers as object).join()).not.toMatch(/cookie|auth|token/i);
    expect(JSON.stringify(json)).not.toContain(TOKEN);
  });

  it('changes what is in the list', async () => {
    const raw = {
      requestMethod: 'POST',
      path: BUFFER,
      allowedPaths: [{ allowedPath: 'API/data/modules/capture/buffer/*' }],
      body: { command: 'changeConfig', config: { isSuspended: true } },
    };
    expect((await run(raw)).json).toEqual({ isSuspended: true });
    const text = JSON.stringify({ command: 'changeConfig', config: { isSuspended: false } });
    await run({ ...raw, body: text });
    expect(bench.simulator.isBufferSuspended()).toBe(false);
    expect(bench.met('/API/data')[0].headers['content-type']).toBe('application/json');
  });

  it('changes another device where the list names it', async () => {
    const body = { command: 'changeConfig', config: { isSuspended: false } };
    for (const query of ['?mm-id=branch-1', '?mm-id=*']) {
      const allowedPaths = [{ allowedPath: BUFFER + query }];
      const raw = { requestMethod: 'POST', path: BUFFER, device: 'branch-1', allowedPaths, body };
      expect((await run(raw)).json).toEqual({ isSuspended: false });
    }
  });

  describe('refuses before any request', () => {
    const list = (...paths: string[]) => paths.map((allowedPath) => ({ allowedPath }));
    const post = { requestMethod: 'POST', path: BUFFER };
    it.each<[string, Record<string, unknown>, string]>([
      ['a POST without a list', post, 'allowedPaths'],
      ['another path', { ...post, allowedPaths: list('API/data/modules/capture') }, 'allowedPaths'],
      ['what is below', { ...post, allowedPaths: list('API/data/*') }, 'allowedPaths'],
      [
        'another method',
        { ...post, allowedPaths: [{ allowedMethod: 'PUT', allowedPath: BUFFER }] },
        'allowedPaths',
      ],
      [
        'another device than the list names',
        { ...post, device: 'branch-1', allowedPaths: list(BUFFER, `${BUFFER}?mm-id=local`) },
        'allowedPaths',
      ],
      ['another link group', { ...post, linkGroup: 1, allowedPaths: list(BUFFER) }, 'allowedPaths'],
      [
        'a query that the list does not name',
        { ...post, path: `${BUFFER}?force=1`, allowedPaths: list(BUFFER, `${BUFFER}?force=0`) },
        'allowedPaths',
      ],
      ['a reset', { path: 'API/stats/reset' }, 'path'],
      ['a reset, asked what is below', { requestMethod: 'OPTIONS', path: 'stats//RESET/' }, 'path'],
      ['a reset, encoded', { path: 'API/stats/%72eset' }, 'path'],
      ['a reset behind dots', { path: 'API/stats/modules/%2e%2e/reset' }, 'path'],
      ['a reset behind an encoded slash', { path: 'API/stats%2freset' }, 'path'],
      [
        'a reset by a wildcard',
        { requestMethod: 'POST', path: 'API/stats/reset', allowedPaths: list('API/**') },
        'allowedPaths',
      ],
      ['another server', { path: 'https://evil.example/API/info/system' }, 'path'],
      ['another server without a scheme', { path: '//evil.example/API/info' }, 'path'],
      ['a value that is not filled in', { path: 'API/stats/modules/ip/ips/:ip' }, 'path'],
      ['a body that is not JSON', { ...post, allowedPaths: list(BUFFER), body: '{a: 1}' }, 'body'],
    ])('%s', async (_what, raw, field) => {
      expect(await failure(raw)).toMatchObject({ kind: 'input', field });
      expect(bench.simulator.requests).toEqual([]);
    });
  });

  it('sends a reset that is named in full', async () => {
    const raw = {
      requestMethod: 'POST',
      path: 'API/stats/reset',
      allowedPaths: [{ allowedPath: 'API/stats/reset' }],
    };
    expect(await failure(raw)).toMatchObject({ status: 501 });
  });
});
