import { STEADY_HOST, type Simulator } from '../../simulator';
import { pastWindow as windowOf } from '../contract/support/operations';
import { waitUntil } from '../contract/support/wait-until';
import { ask, recordsOf, upload, useAppliance } from './support';

/** What the simulator sends and takes as files, asked without the client. */
describe('the files of the simulated appliance', () => {
  let simulator: Simulator;
  useAppliance({ historySeconds: 120 }, (started) => (simulator = started));

  const pastWindow = (seconds = 30) => windowOf(simulator, seconds);

  describe('captures', () => {
    it('holds every packet of the window, and none at its end', async () => {
      const { startUs, endUs } = pastWindow(10);
      const file = await recordsOf(simulator, startUs, endUs);
      const whole = await simulator.fileOf('', startUs, endUs);
      expect(file.equals(whole)).toBe(true);
      const halves = await Promise.all([
        recordsOf(simulator, startUs, startUs + 5e6),
        recordsOf(simulator, startUs + 5e6, endUs),
      ]);
      expect(halves[0].length + halves[1].length - 24).toBe(whole.length);
    });

    it('sends slowly until the fault is switched off, then the rest at once', async () => {
      const { startUs, endUs } = pastWindow(10);
      const whole = await simulator.fileOf('', startUs, endUs);
      // All of it would take hours.
      simulator.faults.add({ kind: 'slow', bytesPerSecond: 10 });
      const file = recordsOf(simulator, startUs, endUs);
      await waitUntil(() => (simulator.requests[0]?.bytes ?? 0) > 0);
      expect(simulator.openCaptures()).toBe(1);
      simulator.faults.clear();
      expect((await file).equals(whole)).toBe(true);
    });

    it('cuts packets at the snap length and says how long they were', async () => {
      const { startUs, endUs } = pastWindow(10);
      const file = await recordsOf(simulator, startUs, endUs, { snapPacketLength: '64' });
      let longest = 0;
      let cut = 0;
      for (let offset = 24; offset < file.length; offset += 16 + file.readUInt32LE(offset + 8)) {
        longest = Math.max(longest, file.readUInt32LE(offset + 8));
        if (file.readUInt32LE(offset + 12) > file.readUInt32LE(offset + 8)) cut++;
      }
      expect(longest).toBe(64);
      expect(cut).toBeGreaterThan(0);
    });

    it.each([
      ['an expression that it does not understand', { expression: 'ip=10.1.2.3' }, /expression/],
      ['times in seconds', { startTime: '1700000000', endTime: '1700000060' }, /microseconds/],
      [
        'an end before the start',
        { startTime: '1700000060000000', endTime: '1700000000000000' },
        /before/,
      ],
    ])('refuses %s', async (_what, more, says) => {
      const { startUs, endUs } = pastWindow(10);
      await expect(recordsOf(simulator, startUs, endUs, more)).rejects.toThrow(says);
    });

    it('reads times in lower case too, unless it is strict', async () => {
      const { startUs, endUs } = pastWindow(2);
      const path = `/API/data/modules/capture?starttime=${startUs}&endtime=${endUs}&fromCaptureBuffer=true`;
      const lenient = (await ask(simulator, path)).body;
      expect(lenient.equals(await simulator.fileOf('', startUs, endUs))).toBe(true);
      simulator.switches.strictCaptureParamCase = true;
      // Without a time it begins now.
      expect((await ask(simulator, path)).body.length).toBe(24);
    });

    it('has nothing in the buffer of the time that it was suspended', async () => {
      const path = '/API/data/modules/capture/buffer/0';
      const set = (isSuspended: boolean) =>
        ask(simulator, {
          method: 'POST',
          path,
          body: JSON.stringify({ command: 'changeConfig', config: { isSuspended } }),
        });
      expect((await set(true)).status).toBe(200);
      expect(simulator.isBufferSuspended()).toBe(true);
      const from = simulator.nowUs() + 50_000;
      simulator.switches.clockSkewMs += 1500;
      const to = simulator.nowUs() - 50_000;
      await set(false);
      expect((await simulator.packetsIn('', from, to)).packets).toBeGreaterThan(0);
      expect((await recordsOf(simulator, from, to)).length).toBe(24);
    });

    it('ends a live capture with the first packet after its end', async () => {
      const endUs = simulator.nowUs() + 0.3e6;
      const { status, body } = await ask(
        simulator,
        `/API/data/modules/capture?endTime=${Math.round(endUs)}`,
      );
      expect(status).toBe(200);
      // On a busy machine none may come in so short a time.
      expect(body.length).toBeGreaterThanOrEqual(24);
      expect(simulator.nowUs()).toBeGreaterThanOrEqual(endUs);
      await waitUntil(() => simulator.openCaptures() === 0);
    });
  });

  describe('uploads', () => {
    it('analyses what was uploaded', async () => {
      const { startUs, endUs } = pastWindow(10);
      const expression = `ip==${STEADY_HOST}`;
      const file = await recordsOf(simulator, startUs, endUs, { expression });
      const { packets } = await simulator.packetsIn(expression, startUs, endUs);
      expect((await upload(simulator, 1, file)).map(({ status }) => status)).toEqual([
        200, 200, 200,
      ]);
      const { json } = await ask(simulator, `/API/stats/modules/ip/ips/${STEADY_HOST}?mm-id=:1`);
      expect(json.allTime[0] + json.allTime[2]).toBe(packets);
      const again = await recordsOf(simulator, startUs, endUs, { expression, 'mm-id': ':1' });
      expect(again.equals(file)).toBe(true);
    });

    it.each([
      [
        'a file that is not a capture',
        Buffer.from('this is not a capture at all'),
        {},
        [200, 200, 400],
      ],
      ['a size that is not the one announced', undefined, { fileSize: 10 }, [200, 200, 400]],
    ])('refuses %s', async (_what, given, options, expected) => {
      const { startUs, endUs } = pastWindow(2);
      const file = given ?? (await recordsOf(simulator, startUs, endUs));
      await upload(simulator, 2, await recordsOf(simulator, startUs, endUs));
      const answers = await upload(simulator, 2, file, options);
      expect(answers.map(({ status }) => status)).toEqual(expected);
    });

    it('gives another slot where the wanted one is taken and not to be replaced', async () => {
      const { startUs, endUs } = pastWindow(2);
      const file = await recordsOf(simulator, startUs, endUs);
      await upload(simulator, 2, file);
      const [announced] = await upload(simulator, 2, file, { force: false });
      expect(announced.status).toBe(200);
      expect(announced.json.replaySlotID).not.toBe(2);
    });

    it('has no slot where parallel analysis is off', async () => {
      simulator.switches.analysisSlots = 0;
      expect((await ask(simulator, '/API/stats/time?mm-id=:1')).status).toBe(404);
    });
  });
});
