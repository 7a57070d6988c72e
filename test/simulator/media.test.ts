import { request } from 'node:https';
import type { Simulator } from '../../simulator';
import { waitUntil } from '../contract/support/wait-until';
import { ADMIN, ask, useAppliance } from './support';

const CAPTURE = '/API/data/modules/capture';

let simulator: Simulator;
useAppliance({ historySeconds: 60 }, (started) => (simulator = started));

describe('captures to the storage of the appliance', () => {
  const path = (startUs: number, endUs: number | '') =>
    `${CAPTURE}?captureToMedia=true&fromCaptureBuffer=true&startTime=${startUs}&endTime=${endUs}`;
  const last = () => simulator.storedCaptures.at(-1)!;

  it('hold the packets that a download would', async () => {
    const endUs = Math.floor(simulator.nowUs() / 1e6) * 1e6 - 1e6;
    const { status, json } = await ask(simulator, path(endUs - 10e6, endUs));
    expect(status).toBe(200);
    await waitUntil(() => last().isComplete);
    expect(last()).toMatchObject({ name: json.fileName, deviceId: 'local' });
    const expected = await simulator.fileOf('', endUs - 10e6, endUs);
    expect((await last().read()).equals(expected)).toBe(true);
  });

  it('go on after the answer, without an end if none is given', async () => {
    const { status } = await ask(simulator, `${CAPTURE}?captureToMedia=true`);
    expect(status).toBe(200);
    await waitUntil(() => last().bytes > 24);
    expect(last().isComplete).toBe(false);
  });

  it.each([
    ['json', /"fileName"/],
    ['text', /^Capture .* was started/],
    ['empty', /^$/],
  ] as const)('are answered with %s', async (mediaAnswer, expected) => {
    simulator.switches.mediaAnswer = mediaAnswer;
    const endUs = simulator.nowUs() - 1e6;
    const { body } = await ask(simulator, path(endUs - 1e6, endUs));
    expect(body.toString()).toMatch(expected);
  });

  it('are refused without a storage, and without the permission', async () => {
    simulator.switches.hasStorage = false;
    const before = simulator.storedCaptures.length;
    const target = path(simulator.nowUs() - 2e6, simulator.nowUs() - 1e6);
    expect((await ask(simulator, target)).status).toBe(400);
    const authorization = 'Bearer operator-token';
    expect((await ask(simulator, { path: target, authorization })).status).toBe(403);
    expect(simulator.storedCaptures).toHaveLength(before);
  });
});

describe('the ring buffer', () => {
  /** The time of the first packet of a capture that is ended after it. */
  function oldestUs(startTime: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const query = `fromCaptureBuffer=true&startTime=${startTime}&endTime=now`;
      const call = request(
        new URL(`${CAPTURE}?${query.replace('now', String(simulator.nowUs()))}`, simulator.url),
        { ca: simulator.certificatePem, agent: false, headers: { authorization: ADMIN } },
        (response) => {
          let bytes = Buffer.alloc(0);
          response.on('data', (chunk: Buffer) => {
            bytes = Buffer.concat([bytes, chunk]);
            if (bytes.length < 40) return;
            response.destroy();
            resolve(bytes.readUInt32LE(24) * 1e6 + bytes.readUInt32LE(28));
          });
          response.on('end', () => reject(new Error('There was no packet.')));
        },
      );
      call.on('error', reject);
      call.end();
    });
  }

  it('is read from its beginning, and no further than to the first packet', async () => {
    const first = await oldestUs(0);
    expect(simulator.nowUs() - first).toBeGreaterThan(55e6);
    await waitUntil(() => simulator.openCaptures() === 0);
  });

  it('begins where a test says', async () => {
    const oldest = Math.floor(simulator.nowUs()) - 20e6;
    simulator.switches.oldestPacketUs = oldest;
    const first = await oldestUs(1);
    expect(first).toBeGreaterThanOrEqual(oldest);
    expect(first).toBeLessThan(oldest + 3e6);
  });
});
