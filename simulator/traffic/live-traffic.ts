import type { SimulatorOptions } from '../options';
import type { PacketSource } from '../packets/packet';
import { FileSource } from './file-source';
import { GeneratedSource } from './generated-source';
import { InjectedSource } from './injected-source';
import { QuietTimes, TroubleTimes } from './times';
import type { TroubleTruth } from './trouble';

const DEFAULT_SEED = 20180711;
const DEFAULT_HISTORY_SECONDS = 3600;

/** What is on the lines of the appliances, and how a program changes it. */
export interface LiveTraffic {
  startedUs: number;
  /** Of the local device. */
  local: InjectedSource;
  /** Of the other devices, which know no trouble. */
  branches: PacketSource[];
  quiet: QuietTimes;
  trouble: TroubleTimes;
  /** Of the local device; none where its traffic is a file's. */
  troubles(startUs: number, endUs: number): TroubleTruth[];
}

export async function openLiveTraffic(
  options: SimulatorOptions,
  nowUs: () => number,
): Promise<LiveTraffic> {
  const { pcap, seed = DEFAULT_SEED, historySeconds = DEFAULT_HISTORY_SECONDS } = options;
  const startedUs = nowUs() - historySeconds * 1e6;
  const quiet = new QuietTimes(nowUs);
  const trouble = new TroubleTimes(options.trouble ?? [], nowUs);
  const isQuiet = (timeUs: number) => quiet.includes(timeUs);
  const generated = new GeneratedSource(seed, startedUs, nowUs, isQuiet, trouble.in);
  const base = pcap ? await FileSource.open(pcap, nowUs()) : generated;
  return {
    ...{ startedUs, quiet, trouble },
    local: new InjectedSource(base, nowUs, isQuiet),
    branches: [1, 2].map((number) => new GeneratedSource(seed + number, startedUs, nowUs, isQuiet)),
    troubles: (startUs, endUs) => (pcap ? [] : generated.troubles(startUs, endUs)),
  };
}
