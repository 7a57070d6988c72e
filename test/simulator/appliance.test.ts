import { STEADY_HOST, type Simulator } from '../../simulator';
import { pastWindow as windowOf } from '../contract/support/operations';
import { ADMIN, ask, useAppliance } from './support';

const CAPTURE = '/API/data/modules/capture';

/** The simulator as the vendor's page says an appliance answers, asked without the client. */
describe('the simulated appliance', () => {
  let simulator: Simulator;
  useAppliance({ historySeconds: 120 }, (started) => (simulator = started));

  const pastWindow = (seconds = 30) => windowOf(simulator, seconds);
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
