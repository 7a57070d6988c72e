import { writeFileSync } from 'node:fs';
import { startSimulator, TROUBLES, type TroubleKind } from '../../simulator';
import { CaptureWriter } from '../../simulator/packets/capture-writer';
import { LINK_ETHERNET } from '../../simulator/packets/packet';
import { GeneratedSource } from '../../simulator/traffic/generated-source';
import { describeWithTools, run, temporaryFolder } from '../packets/tools';
import { ask } from './support';

const KINDS = Object.keys(TROUBLES) as TroubleKind[];
const START = 1_700_000_000;
const SECONDS = 120;

/** Trouble in the middle, so that each conversation is complete. */
const source = new GeneratedSource(
  11,
  START * 1e6,
  () => (START + SECONDS) * 1e6,
  undefined,
  (second) => (second >= START + 20 && second < START + SECONDS - 40 ? KINDS : []),
);
const truths = source.troubles(0, Infinity);

/** The sum of a figure over all conversations of a kind. */
function sum(kind: TroubleKind, figure: string): number {
  return truths
    .filter((truth) => truth.kind === kind)
    .reduce((total, { figures }) => total + figures[figure]!, 0);
}

it('has the truth of every kind of trouble', () => {
  expect([...new Set(truths.map(({ kind }) => kind))].sort()).toEqual([...KINDS].sort());
});

it('has no trouble in a first second that is not whole, whose packets are left out', async () => {
  const endUs = (START + 1) * 1e6;
  const begun = new GeneratedSource(
    11,
    START * 1e6 + 1,
    () => endUs,
    undefined,
    () => KINDS,
  );
  expect(begun.troubles(0, Infinity)).toEqual([]);
  for await (const packets of begun.batches(0, Infinity)) expect(packets).toEqual([]);
});

it('makes every web server slow as often as the others', () => {
  const slow = truths.filter(({ kind }) => kind === 'slow-server').map(({ serverIp }) => serverIp);
  const counts = [...new Set(slow)].map((ip) => slow.filter((one) => one === ip).length);
  expect(counts).toHaveLength(4);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
});

describeWithTools('trouble as tshark sees it', () => {
  const folder = temporaryFolder();
  const file = folder.path('trouble.pcap');

  beforeAll(async () => {
    const writer = new CaptureWriter('pcap', LINK_ETHERNET);
    const pieces = [writer.head()];
    for await (const batch of source.batches(0, Infinity)) {
      pieces.push(...batch.map((packet) => writer.record(packet)));
    }
    writeFileSync(file, Buffer.concat(pieces));
  });
  afterAll(() => folder.remove());

  it('is what the truth says', async () => {
    const names = {
      retransmission: 'tcp.analysis.retransmission',
      reset: 'tcp.flags.reset',
      rcode: 'dns.flags.rcode',
      dhcpServer: 'dhcp.option.dhcp_server_id',
      httpTime: 'http.time',
      roundTrip: 'tcp.analysis.initial_rtt',
      isRequest: 'http.request',
      flags: 'tcp.flags',
      port: 'tcp.dstport',
      time: 'frame.time_epoch',
      malformed: '_ws.malformed',
      tcpChecksum: 'tcp.checksum.status',
      udpChecksum: 'udp.checksum.status',
    };
    const checks = ['tcp', 'udp'].flatMap((layer) => ['-o', `${layer}.check_checksum:TRUE`]);
    const fields = Object.values(names).flatMap((name) => ['-e', name]);
    const output = await run('tshark', ['-r', file, ...checks, '-T', 'fields', ...fields]);
    const rows = output
      .trimEnd()
      .split('\n')
      .map((line) => {
        const values = line.split('\t');
        return Object.fromEntries(
          Object.keys(names).map((name, index) => [name, values[index] ?? '']),
        ) as Record<keyof typeof names, string>;
      });
    const count = (isMeant: (row: (typeof rows)[0]) => boolean) => rows.filter(isMeant).length;
    const conversations = (kind: TroubleKind) => truths.filter((one) => one.kind === kind).length;

    expect(rows.length).toBeGreaterThan(10_000);
    // 0 is a wrong checksum, 1 a right one.
    expect(
      count((row) => row.malformed !== '' || row.tcpChecksum === '0' || row.udpChecksum === '0'),
    ).toBe(0);
    expect(count(({ tcpChecksum }) => tcpChecksum === '1')).toBeGreaterThan(1000);
    expect(count(({ retransmission }) => retransmission !== '')).toBe(
      sum('retransmissions', 'retransmissions') + sum('loss', 'lost'),
    );
    expect(count(({ reset }) => /^(1|True)$/.test(reset))).toBe(
      sum('resets', 'resets') + sum('refused', 'refused') + sum('scan', 'refused'),
    );
    expect(count(({ rcode }) => rcode === '3')).toBe(sum('nxdomain', 'names'));
    expect(new Set(rows.map(({ dhcpServer }) => dhcpServer).filter(Boolean)).size).toBe(2);
    expect(count(({ httpTime }) => Number(httpTime) > 1.5)).toBe(conversations('slow-server'));
    expect(count(({ isRequest, roundTrip }) => isRequest !== '' && Number(roundTrip) > 0.25)).toBe(
      conversations('slow-network'),
    );
    const [first, second] = rows
      .filter(({ flags, port }) => Number(flags) === 2 && port === '8443')
      .map(({ time }) => Number(time));
    expect(second! - first!).toBeCloseTo(10, 3);
  });
});

it('is in the statistics of a simulator that has it from now on', async () => {
  const simulator = await startSimulator({ historySeconds: 30 });
  try {
    const fromUs = simulator.nowUs();
    expect(simulator.troubles(0, fromUs)).toEqual([]);
    simulator.setTrouble(['bad-voice']);
    simulator.switches.clockSkewMs += 40_000;
    const [truth] = simulator.troubles(fromUs, simulator.nowUs() - 17e6);
    const { startUs, clientIp, serverIp, figures } = truth!;
    simulator.switches.asyncDirect = true;
    const { json } = await ask(simulator, '/API/stats/modules/ip/globalConnections?mode=rtpStats');
    interface Call {
      clientIp: string;
      serverIp: string;
      connectionStart: number;
      rtpStats: Array<{ lostPackets: number }>;
    }
    const found = (json.displayedItems as Call[]).filter(
      (one) =>
        one.clientIp === clientIp &&
        one.serverIp === serverIp &&
        Math.abs(one.connectionStart - startUs / 1000) < 1000,
    );
    const lost = found.flatMap(({ rtpStats }) => rtpStats.map(({ lostPackets }) => lostPackets));
    expect(lost.reduce((a, b) => a + b, 0)).toBe(figures.lost);
    expect(figures.lost).toBeGreaterThan(10);
  } finally {
    await simulator.close();
  }
});
