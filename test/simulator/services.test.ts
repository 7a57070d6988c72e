import { startSimulator, type Simulator, type TroubleKind } from '../../simulator';
import { ask } from './support';

const MODULES = '/API/stats/modules';
const KINDS: TroubleKind[] = [
  'retransmissions',
  'slow-network',
  'nxdomain',
  'rogue-dhcp',
  'slow-server',
];

describe('services and the quality of TCP', () => {
  let sick: Simulator;
  let healthy: Simulator;
  beforeAll(async () => {
    sick = await startSimulator({ historySeconds: 60, trouble: KINDS });
    healthy = await startSimulator({ historySeconds: 60 });
  });
  afterAll(() => Promise.all([sick.close(), healthy.close()]));

  const get = async (simulator: Simulator, path: string) => {
    const { status, json } = await ask(simulator, MODULES + path);
    expect(status).toBe(200);
    return json;
  };
  type Row = Record<string, number> & Record<'tcpSynResponseTimes', Record<string, number>>;
  const rows = async (simulator: Simulator, path: string) => {
    const { displayedItems } = (await get(simulator, path)) as { displayedItems: Row[] };
    return displayedItems;
  };
  /** Asked for after an answer, it has all that the answer can hold. */
  const truths = (kind: TroubleKind, startUs = 0, untilUs = sick.nowUs()) =>
    sick.troubles(startUs, untilUs).filter((one) => one.kind === kind);

  it('counts data that was sent again, for each end', async () => {
    const [worst] = await rows(sick, '/ip/ipsTCPData?sort=txratio&reverse=true&count=1');
    expect(truths('retransmissions').map(({ serverIp }) => serverIp)).toContain(worst.ip);
    expect(worst.txratio).toBeCloseTo((100 * worst.txretrans) / worst.txpayload);
    expect(worst.txretrans % 1200).toBe(0);
    const all = await rows(sick, '/ip/ipsTCPData?count=100');
    const sum = (key: string) => all.reduce((total, row) => total + row[key], 0);
    expect(sum('txretrans')).toBe(sum('rxretrans'));
    const clean = await rows(healthy, '/ip/ipsTCPData?count=100');
    expect(clean.every(({ txretrans, rxretrans }) => txretrans === 0 && rxretrans === 0)).toBe(
      true,
    );
  });

  it('says the same of one address', async () => {
    const path = '/ip/ipsTCPData?count=1&sort=txratio&reverse=true&starttime=0&endtime=';
    const end = Math.floor(sick.nowUs() / 1e6) - 5;
    const [worst] = await rows(sick, path + end);
    const one = (await get(sick, `/ip/ips/${worst.ip}/tcpStats?starttime=0&endtime=${end}`)) as Row;
    expect(one).toMatchObject({ txpayload: worst.txpayload, txretrans: worst.txretrans });
    expect((await ask(sick, `${MODULES}/ip/ips/192.0.2.99/tcpStats`)).status).toBe(404);
  });

  it('measures how long servers take to answer a SYN, and scores them', async () => {
    const [slowest] = await rows(sick, '/ip/ipsTCP?sort=max&reverse=true&count=1');
    const slow = truths('slow-network').map(({ figures }) => figures.roundTripMs);
    expect(slow).toContain(Math.round(slowest.tcpSynResponseTimes.max));
    const fast = await rows(healthy, '/ip/ipsTCP?sort=max&reverse=true&count=1');
    expect(fast[0].tcpSynResponseTimes.max).toBeLessThan(250);
    const past = `starttime=0&endtime=${Math.floor(sick.nowUs() / 1e6) - 5}`;
    const { tcpStats } = (await get(sick, `/ip?detail=full&${past}`)) as {
      tcpStats: Record<string, Record<'local' | 'global', Record<string, number>>>;
    };
    const { local, global } = tcpStats.scoreSynDetails;
    const servers = [local, global].flatMap((scores) => Object.values(scores));
    const { length } = await rows(sick, `/ip/ipsTCP?count=100&${past}`);
    expect(length).toBeGreaterThan(0);
    expect(servers.reduce((sum, count) => sum + count, 0)).toBe(length);
  });

  it('counts names that do not exist, and who asks for them', async () => {
    const nowUs = sick.nowUs();
    // What began earlier may have lost its beginning, what began later has not ended.
    const names = truths('nxdomain', nowUs - 58e6, nowUs - 1e6);
    const { globalResponseCodes } = (await get(sick, '/dns?detail=full')) as {
      globalResponseCodes: Record<string, number>;
    };
    const least = names.reduce((sum, { figures }) => sum + figures.names, 0);
    expect(globalResponseCodes.nxDomain).toBeGreaterThanOrEqual(least);
    const [most] = await rows(sick, '/dns/ips_paged?sort=requests&reverse=true&count=1');
    expect(most.ip).toBe(names[0].clientIp);
    const clean = (await get(healthy, '/dns')) as typeof globalResponseCodes;
    expect(clean).toMatchObject({ globalResponseCodes: { nxDomain: 0 } });
    const [server] = await rows(sick, '/dns/servers_paged');
    // Seen: the first counter is the number of responses.
    expect((server.allTime as unknown as number[])[0]).toBeGreaterThanOrEqual(least);
  });

  it('lists the DHCP servers that make offers', async () => {
    const servers = await rows(sick, '/dhcp/servers');
    expect(servers.map(({ ip }) => ip)).toContain(truths('rogue-dhcp')[0].serverIp);
    expect(servers).toHaveLength(2);
    expect(await rows(healthy, '/dhcp/servers')).toEqual([]);
    const { messageTypes } = (await get(sick, '/dhcp?detail=full')) as { messageTypes: unknown[] };
    expect(messageTypes).toContainEqual({ name: 'offer', count: expect.any(Number) });
    expect((await rows(sick, '/dhcp/ips_paged'))[0]).toMatchObject({ ip: expect.any(String) });
  });

  it('measures TLS handshakes', async () => {
    const { globalHelloResponseTimes, scoreDetails } = (await get(healthy, '/ssl')) as {
      globalHelloResponseTimes: Record<string, number>;
      scoreDetails: Record<string, Record<string, number>>;
    };
    expect(globalHelloResponseTimes.requests).toBeGreaterThan(5);
    expect(globalHelloResponseTimes.avg).toBeGreaterThan(0);
    expect(scoreDetails.globalServers.helloGreenScores).toBeGreaterThan(0);
    const [server] = await rows(healthy, '/ssl/ips_paged');
    expect(server).toMatchObject({ sslHelloResponseTimes: { score: expect.any(Number) } });
  });

  it('counts what was asked for alone, and nothing where nobody listens', async () => {
    const { messageTypes } = (await get(sick, '/dhcp?starttime=0&endtime=1')) as {
      messageTypes: Array<{ count: number }>;
    };
    expect(messageTypes.every(({ count }) => count === 0)).toBe(true);
    expect(await rows(sick, '/dns/servers_paged?starttime=0&endtime=1')).toEqual([]);
    expect(await get(sick, '/quality')).toEqual({});
  });
});
