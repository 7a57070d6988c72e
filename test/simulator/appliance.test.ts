import { DEFAULT_SWITCHES, startSimulator, STEADY_HOST, type Simulator } from '../../simulator';
import { waitUntil } from '../contract/support/wait-until';
import { ADMIN, ask, recordsOf, upload } from './support';

const CAPTURE = '/API/data/modules/capture';

/** The simulator as the vendor's page says an appliance answers, asked without the client. */
describe('the simulated appliance', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator({ historySeconds: 120 });
  });
  afterAll(() => simulator.close());
  beforeEach(() => {
    Object.assign(simulator.switches, DEFAULT_SWITCHES);
    simulator.clearRequests();
  });

  const pastWindow = (seconds = 30) => {
    const endUs = Math.floor(simulator.nowUs() / 1e6) * 1e6 - 5e6;
    return { startUs: endUs - seconds * 1e6, endUs };
  };
  const secondsOf = ({ startUs, endUs }: { startUs: number; endUs: number }) =>
    `starttime=${startUs / 1e6}&endtime=${endUs / 1e6}`;

  describe('tree', () => {
    it('lists what is below a path, in the form of the page', async () => {
      const { status, json } = await ask(simulator, {
        method: 'OPTIONS',
        path: '/API/stats/modules/dpi',
      });
      expect(status).toBe(200);
      expect(json).toEqual({ subResources: ['dpi_paged'] });
    });

    it('stands for one address with its placeholder', async () => {
      const path = `/API/stats/modules/mac/macs`;
      expect((await ask(simulator, { method: 'OPTIONS', path })).json).toEqual({
        subResources: [':mac'],
      });
    });

    it('knows no other path', async () => {
      const { status } = await ask(simulator, { method: 'OPTIONS', path: '/API/stats/nothing' });
      expect(status).toBe(404);
    });
  });

  describe('logins', () => {
    const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;

    it.each([
      ['nobody', '', 401],
      ['a wrong password', basic('admin:wrong'), 401],
      ['an unknown token', 'Bearer nonsense', 401],
      ['the administrator', ADMIN, 200],
      ['a plain user', basic('viewer:viewer'), 200],
      ['a token', 'Bearer stats-token', 200],
    ])('answers %s to a statistic', async (_who, authorization, expected) => {
      expect((await ask(simulator, { path: '/API/stats/time', authorization })).status).toBe(
        expected,
      );
    });

    // What each login may do; a request for anything else is answered with 403.
    it.each([
      ['demo-token', 'admin:allegro', ['statistic', 'capture', 'rtp', 'suspend']],
      ['operator-token', 'operator:operator', ['statistic', 'rtp', 'suspend']],
      ['stats-token', 'viewer:viewer', ['statistic']],
      ['pcap-token', 'capture:capture', ['capture']],
      ['voip-token', 'voice:voice', ['rtp']],
    ])('lets %s and %s do what they may', async (token, login, allowed) => {
      const now = simulator.nowUs();
      const requests = {
        statistic: { path: '/API/stats/time' },
        capture: {
          path: `${CAPTURE}?fromCaptureBuffer=true&startTime=${now - 1e6}&endTime=${now}`,
        },
        rtp: { path: '/API/stats/modules/ip/globalConnections?mode=rtpStats' },
        suspend: {
          method: 'POST',
          path: `${CAPTURE}/buffer/0`,
          body: '{"command":"changeConfig","config":{"isSuspended":false}}',
        },
      };
      for (const authorization of [`Bearer ${token}`, basic(login)]) {
        const statuses = await Promise.all(
          Object.entries(requests).map(async ([name, request]) => {
            const { status } = await ask(simulator, { ...request, authorization });
            return [name, status];
          }),
        );
        expect(statuses).toEqual(
          Object.keys(requests).map((name) => [name, allowed.includes(name) ? 200 : 403]),
        );
      }
    });

    it('names the missing permission', async () => {
      const { json } = await ask(simulator, { path: CAPTURE, authorization: 'Bearer stats-token' });
      expect(json.error).toMatch(/pcap/);
    });

    it('lets whoever may ask for RTP statistics fetch the result', async () => {
      const authorization = 'Bearer voip-token';
      simulator.switches.asyncPolls = 0;
      const { json } = await ask(simulator, {
        path: '/API/stats/modules/ip/globalConnections?mode=rtpStats',
        authorization,
      });
      const path = `/API/async/${json.asyncID}?uuid=${json.asyncUUID}`;
      expect((await ask(simulator, { path, authorization })).status).toBe(200);
    });
  });

  describe('lists', () => {
    it('cuts a page at 100 rows, and has every row on one page', async () => {
      const first = (await ask(simulator, '/API/stats/modules/ip/ips_paged?count=9999&page=0'))
        .json;
      expect(first.displayedItems.length).toBeLessThanOrEqual(100);
      expect(first.itemsPerPage).toBe(100);
      simulator.switches.countCap = 10;
      const window = secondsOf(pastWindow());
      const seen: string[] = [];
      for (let page = 0; ; page++) {
        const { json } = await ask(
          simulator,
          `/API/stats/modules/ip/ips_paged?page=${page}&count=10&${window}`,
        );
        seen.push(...json.displayedItems.map(({ ip }: { ip: string }) => ip));
        if (page + 1 >= json.numberOfPages) {
          expect(seen).toHaveLength(json.numberOfItems);
          break;
        }
      }
      expect(new Set(seen).size).toBe(seen.length);
    });

    it('sorts by bytes, the highest first when reversed', async () => {
      const { json } = await ask(
        simulator,
        `/API/stats/modules/ip/ips_paged?sort=bytes&reverse=true&${secondsOf(pastWindow())}`,
      );
      const bytes = json.displayedItems.map(
        ({ interval }: { interval: number[] }) => interval[1] + interval[3],
      );
      expect(bytes[0]).toBeGreaterThan(0);
      expect(bytes).toEqual([...bytes].sort((a, b) => b - a));
    });

    it('counts a host as its packets say', async () => {
      const window = pastWindow();
      const { json } = await ask(
        simulator,
        `/API/stats/modules/ip/ips/${STEADY_HOST}?${secondsOf(window)}`,
      );
      const { packets } = await simulator.packetsIn(
        `ip==${STEADY_HOST}`,
        window.startUs,
        window.endUs,
      );
      const [rxPackets, , txPackets] = json.interval;
      expect(rxPackets + txPackets).toBe(packets);
      expect(packets).toBeGreaterThan(0);
    });
  });

  describe('asynchronous jobs', () => {
    const start = (more = '') =>
      ask(simulator, `/API/stats/modules/ip/globalConnections?mode=rtpStats${more}`);
    const poll = (job: { asyncID: number; asyncUUID: string }, more = '') =>
      ask(simulator, `/API/async/${job.asyncID}?uuid=${job.asyncUUID}${more}`);

    it('answers 202 until the result is there', async () => {
      const { json: job } = await start();
      const statuses: number[] = [];
      for (let turn = 0; turn < 10; turn++) {
        const { status, json } = await poll(job);
        statuses.push(status);
        if (status === 200) {
          expect(json.asyncResult.displayedItems.length).toBeGreaterThan(0);
          break;
        }
      }
      expect(statuses).toEqual([202, 202, 200]);
    });

    it('does not know the job under another mm-id', async () => {
      const { json: job } = await start('&mm-id=branch-1');
      expect((await poll(job)).status).toBe(404);
      expect((await poll(job, '&mm-id=branch-1')).status).toBe(202);
    });

    it('does not know it with another uuid', async () => {
      const { json: job } = await start();
      expect((await poll({ ...job, asyncUUID: 'x' })).status).toBe(404);
    });
  });

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

  it('asks a member of the multi-device setup by its id', async () => {
    const { json } = await ask(simulator, '/API/system/multidevice/devices');
    const other = json.find(({ id }: { id: string }) => id !== 'local');
    const { status } = await ask(simulator, `/API/stats/modules/ip/ips_paged?mm-id=${other.id}`);
    expect(status).toBe(200);
    expect((await ask(simulator, '/API/stats/time?mm-id=nobody')).status).toBe(404);
  });

  it('counts the packets of a virtual link group only', async () => {
    const total = async (query: string) => {
      const { json } = await ask(simulator, `/API/stats/modules/ip/ips_paged?count=100&${query}`);
      return json.displayedItems.reduce(
        (sum: number, { allTime }: { allTime: number[] }) => sum + allTime[0],
        0,
      );
    };
    const group = await total('group=1');
    expect(group).toBeGreaterThan(0);
    expect(group).toBeLessThan(await total('group=0'));
  });
});
