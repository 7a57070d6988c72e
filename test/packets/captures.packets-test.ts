import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { AllegroClient } from '../../client';
import type { CaptureRequest } from '../../client/capture/capture-request';
import { systemContext } from '../../node-red/runtime/config-node/system-context';
import { DEFAULT_SWITCHES, startSimulator, STEADY_HOST, type Simulator } from '../../simulator';
import { axiosTransport } from '../contract/support/transports';
import { captureRequest, pastWindow } from '../contract/support/operations';
import { Store, type Kept } from '../contract/support/store';
import { captureLoopback, itWithLoopback } from './loopback';
import { asCapinfos, capinfos, describeWithTools, framesOf, run, temporaryFolder } from './tools';

/** What we say of a capture must be what independent tools say of the file. */
describeWithTools('captures, checked by tshark and capinfos', () => {
  const folder = temporaryFolder();
  let simulator: Simulator;
  let connection: ReturnType<typeof axiosTransport>;
  let client: AllegroClient;

  beforeAll(async () => {
    simulator = await startSimulator({ historySeconds: 300 });
    connection = axiosTransport(simulator);
    const { transport } = connection;
    client = new AllegroClient({ transport, context: systemContext });
  });
  afterAll(async () => {
    connection.destroy();
    await simulator.close();
    folder.remove();
  });
  beforeEach(() => Object.assign(simulator.switches, DEFAULT_SWITCHES));

  async function capture(
    name: string,
    more: Partial<CaptureRequest>,
  ): Promise<Kept & { path: string }> {
    const request = captureRequest(simulator, { expression: '', ...more });
    const kept = await new Store().keep(
      await client.capture(request, { signal: AbortSignal.timeout(600_000) }),
    );
    const path = folder.path(name);
    writeFileSync(path, kept.bytes);
    return { ...kept, path };
  }

  /** All that a capture's result says, against capinfos. */
  async function expectFacts({ summary, path }: Kept & { path: string }): Promise<void> {
    const { packetBytes: _, ...facts } = await capinfos(path);
    expect({
      packets: summary.packets,
      bytes: summary.bytes,
      sha256: summary.sha256,
      first: summary.coveredWindow ? asCapinfos(summary.coveredWindow.from) : '',
      last: summary.coveredWindow ? asCapinfos(summary.coveredWindow.to) : '',
    }).toEqual(facts);
  }

  it.each([
    ['a pcap', 'pcap', {}],
    ['a pcap in nanoseconds', 'pcap-ns', {}],
    ['a pcapng', 'pcapng', {}],
    ['packets cut at the snap length', 'pcap', { snapLength: 64 }],
    ['a packet limit', 'pcap', { limits: { maxPackets: 100 } }],
    ['a byte limit', 'pcap', { limits: { maxBytes: 50_000 } }],
    ['a packet limit in a pcapng', 'pcapng', { limits: { maxPackets: 7 } }],
    ['no packets', 'pcap', { expression: 'ip==192.0.2.99' }],
  ] as const)('says the same of %s', async (name, captureFormat, more) => {
    simulator.switches.captureFormat = captureFormat;
    const kept = await capture(`${name}.${captureFormat}`, more as Partial<CaptureRequest>);
    await expectFacts(kept);
    expect(kept.summary.packets > 0).toBe(name !== 'no packets');
    expect(createHash('sha256').update(kept.bytes).digest('hex')).toBe(kept.summary.sha256);
  });

  itWithLoopback('says the same of real traffic that dumpcap wrote down', async () => {
    const path = folder.path('dumped.pcap');
    await captureLoopback(path, 120, ['-P']);
    const real = await startSimulator({ pcap: path });
    const { transport, destroy } = axiosTransport(real);
    try {
      const endUs = real.nowUs();
      const window = { startUs: endUs - 60e6, endUs, clockOffsetSeconds: 0 };
      const request = captureRequest(real, { expression: '', window } as Partial<CaptureRequest>);
      const realClient = new AllegroClient({ transport, context: systemContext });
      const kept = await new Store().keep(
        await realClient.capture(request, { signal: AbortSignal.timeout(600_000) }),
      );
      writeFileSync(folder.path('fetched.pcap'), kept.bytes);
      await expectFacts({ ...kept, path: folder.path('fetched.pcap') });
      expect(kept.summary.packets).toBe(120);
      // The same packets as dumpcap saw, though at another time.
      const lengths = async (file: string) =>
        (await framesOf(file)).map((frame) => frame.split('\t').slice(1).join());
      expect(await lengths(folder.path('fetched.pcap'))).toEqual(await lengths(path));
    } finally {
      destroy();
      await real.close();
    }
  });

  it('keeps the limits to the packet and the byte', async () => {
    const byPackets = await capture('by-packets.pcap', { limits: { maxPackets: 100 } });
    expect(await framesOf(byPackets.path)).toHaveLength(100);
    const byBytes = await capture('by-bytes.pcap', { limits: { maxBytes: 50_000 } });
    expect(byBytes.bytes.length).toBeLessThanOrEqual(50_000);
    // The next packet would not have fitted.
    expect(byBytes.bytes.length).toBeGreaterThan(50_000 - 16 - 1518);
  });

  it('cuts packets at the snap length and leaves shorter ones whole', async () => {
    const { path } = await capture('snapped.pcap', { snapLength: 64 });
    for (const frame of await framesOf(path)) {
      const [, length, captured] = frame.split('\t').map(Number);
      expect(captured).toBe(Math.min(length, 64));
    }
  });

  it('has no packet outside of the window', async () => {
    const whole = await capture('window.pcap', {});
    const times = (await framesOf(whole.path)).map((frame) => Number(frame.split('\t')[0]));
    const { from, to } = whole.summary.requestedWindow!;
    expect(Math.min(...times)).toBeGreaterThanOrEqual(Date.parse(from) / 1000);
    expect(Math.max(...times)).toBeLessThan(Date.parse(to) / 1000);
  });

  it.each([
    [`ip==${STEADY_HOST}`, `ip.addr==${STEADY_HOST}`],
    ['ip==10.1.2.0/24', 'ip.addr==10.1.2.0/24'],
    ['ip==2001:db8:1::23', 'ipv6.addr==2001:db8:1::23'],
    ['l4Protocol==UDP', 'udp'],
    ['port==53', 'udp.port==53 || tcp.port==53'],
    ['vlan==100', 'vlan.id==100'],
    ['mac==02:00:0a:01:02:03', 'eth.addr==02:00:0a:01:02:03'],
    [`l4Protocol==TCP and !(ip==${STEADY_HOST})`, `tcp && !(ip.addr==${STEADY_HOST})`],
    ['portrange==1-100,443', '(tcp.port in {1..100,443}) || (udp.port in {1..100,443})'],
  ])('filters by %s as the display filter %s does', async (expression, displayFilter) => {
    // Long enough for something of everything.
    const window = { ...pastWindow(simulator, 250), clockOffsetSeconds: 0 };
    const everything = await capture('everything.pcap', { window } as Partial<CaptureRequest>);
    const filtered = await capture('filtered.pcap', {
      window,
      expression,
    } as Partial<CaptureRequest>);
    const expected = await framesOf(everything.path, displayFilter);
    expect(expected.length).toBeGreaterThan(0);
    expect(await framesOf(filtered.path)).toEqual(expected);
  });

  it('generates frames without a fault or a wrong checksum', async () => {
    const { path, summary } = await capture('generated.pcap', {});
    const wrong = await run('tshark', [
      ...['-r', path, '-T', 'fields', '-e', 'frame.number', '-e', '_ws.col.Info'],
      ...['-o', 'ip.check_checksum:TRUE', '-o', 'tcp.check_checksum:TRUE'],
      ...['-o', 'udp.check_checksum:TRUE', '-Y'],
      '_ws.malformed || ip.checksum.status==0 || tcp.checksum.status==0 || udp.checksum.status==0',
    ]);
    expect(wrong).toBe('');
    expect(summary.packets).toBeGreaterThan(500);
  });

  it('counts the bytes of a host as tshark does', async () => {
    const window = { ...pastWindow(simulator), clockOffsetSeconds: 0 };
    const { path } = await capture('talker.pcap', { window } as Partial<CaptureRequest>);
    const rows = (await run('tshark', ['-r', path, '-q', '-z', 'endpoints,ip'])).split('\n');
    const row = rows
      .find((line) => line.startsWith(`${STEADY_HOST} `))!
      .trim()
      .split(/\s+/);
    const counters = (await client.get(
      `/API/stats/modules/ip/ips/${STEADY_HOST}`,
      { starttime: window.startUs / 1e6, endtime: window.endUs / 1e6 },
      { signal: AbortSignal.timeout(600_000) },
    )) as { interval: number[] };
    const [rxPackets, , txPackets] = counters.interval;
    // Address, packets, bytes, tx packets, tx bytes, rx packets, rx bytes.
    expect([rxPackets + txPackets, txPackets, rxPackets]).toEqual([
      Number(row[1]),
      Number(row[3]),
      Number(row[5]),
    ]);
  });
});
