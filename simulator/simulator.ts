import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Device } from './appliance/device';
import { Incidents } from './appliance/incidents';
import { isInGroup } from './appliance/link-groups';
import { MediaStorage, type StoredCapture } from './appliance/media-storage';
import { fingerprintOf, makeCertificate } from './certificate';
import { matcherOf } from './filter/matcher';
import { Faults } from './http/faults';
import { Jobs } from './http/jobs';
import type { RequestRecord } from './http/request/request-log';
import { captureRoutes } from './http/routes/capture';
import { connectionRoutes } from './http/routes/connections';
import { incidentRoutes } from './http/routes/incidents';
import { serviceRoutes } from './http/routes/services';
import { statisticsRoutes } from './http/routes/statistics';
import { systemRoutes } from './http/routes/system';
import { uploadRoutes } from './http/routes/upload';
import { ApplianceServer, type ConnectionCounts } from './http/server';
import type { SimulatorOptions } from './options';
import { DEFAULT_SWITCHES, type Switches } from './switches';
import { PERSONALITIES } from './personalities';
import { CaptureWriter } from './packets/capture-writer';
import { decode } from './packets/decode';
import { LINK_ETHERNET, type PacketSource } from './packets/packet';
import { FileSource } from './traffic/file-source';
import { startExport, type ExportOptions, type StatisticsExport } from './statistics-export';
import { GeneratedSource } from './traffic/generated-source';
import { InjectedSource, type Burst } from './traffic/injected-source';
import { QuietTimes, TroubleTimes } from './traffic/times';
import type { TroubleKind, TroubleTruth } from './traffic/trouble';

/** What is in a window, counted packet by packet without going over HTTP. */
interface PacketCount {
  packets: number;
  /** Bytes on the wire. */
  bytes: number;
  firstUs?: number;
  lastUs?: number;
}

/** A running appliance, as a program sees it. */
export interface Simulator {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Empty over plain HTTP. */
  readonly certificatePem: string;
  /** SHA-256 of the certificate, in pairs of hex digits with colons. */
  readonly fingerprint: string;
  readonly faults: Faults;
  /** May be changed at any time. */
  readonly switches: Switches;
  /** Every request so far, the oldest first. */
  readonly requests: RequestRecord[];
  readonly connections: ConnectionCounts;
  clearRequests(): void;
  /** Captures that are being sent right now. */
  openCaptures(): number;
  /** Microseconds since 1970 by the appliance's clock. */
  nowUs(): number;
  /** What a capture of the local device's live traffic should hold. */
  packetsIn(expression: string, startUs: number, endUs: number): Promise<PacketCount>;
  /** The same as a pcap file, for tests that need one without asking over HTTP. */
  fileOf(expression: string, startUs: number, endUs: number): Promise<Buffer>;
  isBufferSuspended(number?: number): boolean;
  /** While it is quiet, there is no new traffic. */
  setQuiet(isQuiet: boolean): void;
  /** From the next second on, the traffic of the local device has trouble of these kinds. */
  setTrouble(kinds: TroubleKind[]): void;
  /** What is wrong with the conversations that begin in a window: the truth for an analysis. */
  troubles(startUs: number, endUs: number): TroubleTruth[];
  /** Puts packets on the line of the local device, beside what is there. */
  inject(burst: Burst): { packets: number; bytes: number };
  /** What the rules of the local device have reported. */
  readonly incidents: Incidents;
  /** What captures with `captureToMedia` have put on the storage, of all devices. */
  readonly storedCaptures: readonly StoredCapture[];
  /** "Statistics export via POST": sends again and again, until it is stopped or the simulator closes. */
  exportStatistics(options: ExportOptions): StatisticsExport;
  close(): Promise<void>;
}

const DEFAULT_SEED = 20180711;
const DEFAULT_HISTORY_SECONDS = 3600;

/**
 * Starts an appliance on this machine. When the promise resolves, the port is open. The past is
 * counted when the first statistic is asked for.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const switches: Switches = {
    ...DEFAULT_SWITCHES,
    ...PERSONALITIES[options.personality ?? 'page'],
    ...options.switches,
  };
  const nowUs = () => Math.floor((Date.now() + switches.clockSkewMs) * 1000);
  const quiet = new QuietTimes(nowUs);
  const startedUs = nowUs() - (options.historySeconds ?? DEFAULT_HISTORY_SECONDS) * 1e6;
  const trouble = new TroubleTimes(options.trouble ?? [], nowUs);
  const source = (seed: number, troubleIn?: TroubleTimes['in']) =>
    new GeneratedSource(seed, startedUs, nowUs, (timeUs) => quiet.includes(timeUs), troubleIn);
  const seed = options.seed ?? DEFAULT_SEED;
  const generated = source(seed, trouble.in);
  const traffic = options.pcap ? await FileSource.open(options.pcap, nowUs()) : generated;
  const local = new InjectedSource(traffic, nowUs, (timeUs) => quiet.includes(timeUs));
  const incidents = new Incidents(nowUs);
  const exports: StatisticsExport[] = [];
  const device = (id: string, host: string, isActive: boolean, traffic: PacketSource) =>
    new Device(id, host, isActive, traffic, nowUs, switches);
  const devices = [
    device('local', 'allegro-mm-1a2b', true, local),
    device('branch-1', 'allegro-mm-2b3c', true, source(seed + 1)),
    device('branch-2', 'allegro-mm-3c4d', false, source(seed + 2)),
  ];

  const folder = new TemporaryFolder();
  const storage = new MediaStorage(() => folder.path());
  const faults = new Faults();
  const certificate = options.http ? undefined : (options.certificate ?? (await makeCertificate()));
  const server = new ApplianceServer({
    routes: [
      ...systemRoutes(devices, startedUs),
      ...connectionRoutes(new Jobs(switches)),
      ...statisticsRoutes,
      ...serviceRoutes,
      ...incidentRoutes(incidents),
      ...captureRoutes(storage),
      ...uploadRoutes(() => folder.path()),
    ],
    devices,
    faults,
    switches,
    certificate,
  });
  const host = options.host ?? '127.0.0.1';
  const port = await server.listen(options.port ?? 0, host);
  const url = `${certificate ? 'https' : 'http'}://${host}:${port}`;
  return {
    url,
    port,
    certificatePem: certificate?.cert ?? '',
    fingerprint: certificate ? fingerprintOf(certificate.cert) : '',
    faults,
    switches,
    get requests() {
      return server.log.records;
    },
    connections: server.connections,
    clearRequests: () => server.log.clear(),
    openCaptures: () =>
      server.log.records.filter(({ isOpen, path }) => isOpen && path === CAPTURE_PATH).length,
    nowUs,
    packetsIn: (expression, startUs, endUs) =>
      countPackets(devices[0].live.source, expression, startUs, endUs),
    fileOf: (expression, startUs, endUs) =>
      writePackets(devices[0].live.source, expression, startUs, endUs),
    isBufferSuspended: (number = 0) => devices[0].buffer(number)?.isSuspended ?? false,
    setQuiet: (isQuiet) => quiet.set(isQuiet),
    setTrouble: (kinds) => trouble.set(kinds),
    troubles: (startUs, endUs) => (options.pcap ? [] : generated.troubles(startUs, endUs)),
    inject: (burst) => local.inject(burst),
    incidents,
    storedCaptures: storage.captures,
    exportStatistics(exported) {
      const started = startExport(url, exported);
      exports.push(started);
      return started;
    },
    async close() {
      for (const started of exports) started.stop();
      storage.close();
      await server.close();
      await folder.remove();
    },
  };
}

const CAPTURE_PATH = '/API/data/modules/capture';

async function countPackets(
  source: PacketSource,
  expression: string,
  startUs: number,
  endUs: number,
): Promise<PacketCount> {
  const matches = matcherOf(expression, { isInGroup });
  const count: PacketCount = { packets: 0, bytes: 0 };
  for await (const packets of source.batches(startUs, endUs)) {
    for (const packet of packets) {
      if (!matches(decode(packet).headers)) continue;
      count.packets++;
      count.bytes += packet.length;
      count.firstUs ??= packet.timeUs;
      count.lastUs = packet.timeUs;
    }
  }
  return count;
}

async function writePackets(
  source: PacketSource,
  expression: string,
  startUs: number,
  endUs: number,
): Promise<Buffer> {
  const matches = matcherOf(expression, { isInGroup });
  const writer = new CaptureWriter('pcap', LINK_ETHERNET);
  const pieces = [writer.head()];
  for await (const packets of source.batches(startUs, endUs)) {
    pieces.push(
      ...packets
        .filter((packet) => matches(decode(packet).headers))
        .map((packet) => writer.record(packet)),
    );
  }
  return Buffer.concat(pieces);
}

/** For uploaded files; made when the first one comes. */
class TemporaryFolder {
  private made: Promise<string> | undefined;

  path(): Promise<string> {
    this.made ??= mkdtemp(join(tmpdir(), 'allegro-simulator-'));
    return this.made;
  }

  async remove(): Promise<void> {
    if (this.made) await rm(await this.made, { recursive: true, force: true });
  }
}
