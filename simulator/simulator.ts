import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Device } from './appliance/device';
import { Incidents } from './appliance/incidents';
import { MediaStorage, type StoredCapture } from './appliance/media-storage';
import { fingerprintOf, makeCertificate } from './certificate';
import { countMatching, fileOfMatching, type PacketCount } from './filter/matching';
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
import { startExport, type ExportOptions, type StatisticsExport } from './statistics-export';
import type { Burst } from './traffic/injected-source';
import { openLiveTraffic, type LiveTraffic } from './traffic/live-traffic';
import type { TroubleKind, TroubleTruth } from './traffic/trouble';

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

const CAPTURE_PATH = '/API/data/modules/capture';

/**
 * Starts an appliance on this machine. When the promise resolves, the port is open. The past is
 * counted when the first statistic is asked for.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const switches = switchesOf(options);
  const nowUs = () => Math.floor((Date.now() + switches.clockSkewMs) * 1000);
  const traffic = await openLiveTraffic(options, nowUs);
  const devices = makeDevices(traffic, nowUs, switches);
  const [local] = devices;
  const incidents = new Incidents(nowUs);
  const exports: StatisticsExport[] = [];
  const folder = new TemporaryFolder();
  const storage = new MediaStorage(() => folder.path());
  const faults = new Faults();
  const certificate = options.http ? undefined : (options.certificate ?? (await makeCertificate()));
  const routes = [
    ...systemRoutes(devices, traffic.startedUs),
    ...connectionRoutes(new Jobs(switches)),
    ...statisticsRoutes,
    ...serviceRoutes,
    ...incidentRoutes(incidents),
    ...captureRoutes(storage),
    ...uploadRoutes(() => folder.path()),
  ];
  const server = new ApplianceServer({ routes, devices, faults, switches, certificate });
  const host = options.host ?? '127.0.0.1';
  const port = await server.listen(options.port ?? 0, host);
  const url = `${certificate ? 'https' : 'http'}://${host}:${port}`;
  return {
    ...{ url, port, faults, switches, nowUs, incidents },
    certificatePem: certificate?.cert ?? '',
    fingerprint: certificate ? fingerprintOf(certificate.cert) : '',
    get requests() {
      return server.log.records;
    },
    connections: server.connections,
    clearRequests: () => server.log.clear(),
    openCaptures: () =>
      server.log.records.filter(({ isOpen, path }) => isOpen && path === CAPTURE_PATH).length,
    packetsIn: (...window) => countMatching(local.live.source, ...window),
    fileOf: (...window) => fileOfMatching(local.live.source, ...window),
    isBufferSuspended: (number = 0) => local.buffer(number)?.isSuspended ?? false,
    setQuiet: (isQuiet) => traffic.quiet.set(isQuiet),
    setTrouble: (kinds) => traffic.trouble.set(kinds),
    troubles: traffic.troubles,
    inject: (burst) => traffic.local.inject(burst),
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

function switchesOf({ personality = 'page', switches }: SimulatorOptions): Switches {
  return { ...DEFAULT_SWITCHES, ...PERSONALITIES[personality], ...switches };
}

/** The local device first. */
function makeDevices(
  { local, branches }: LiveTraffic,
  nowUs: () => number,
  switches: Switches,
): Device[] {
  return [
    new Device('local', 'allegro-mm-1a2b', true, local, nowUs, switches),
    new Device('branch-1', 'allegro-mm-2b3c', true, branches[0], nowUs, switches),
    new Device('branch-2', 'allegro-mm-3c4d', false, branches[1], nowUs, switches),
  ];
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
