import type { Capture } from '../../../client/capture/capture';
import type { CaptureSummary } from '../../../client/capture/capture-summary';
import { splitCapture, type PcapLimits } from '../../../client/pcap';
import type { Sidecar, ResultFile, ResultParts } from '../model/run-result';
import { partName } from '../model/result';
import type { Evidence, EvidenceFile } from './evidence';

/** What each of several files tells of itself. */
interface PartFacts extends Record<string, unknown> {
  /** 1 for the first. */
  part: number;
  fileName: string;
  packets: number;
  bytes: number;
  sha256: string;
  truncatedPackets: number;
  linkTypes: string[];
  coveredWindow: CaptureSummary['coveredWindow'];
}

/** Where files end, or nothing for one file. */
export function readSplitLimits({
  splitPackets,
  splitMegabytes,
}: {
  splitPackets: number;
  splitMegabytes: number;
}): PcapLimits | undefined {
  // 0 stands for no limit.
  const maxPackets = splitPackets || undefined;
  const maxBytes = Math.floor(splitMegabytes * 1e6) || undefined;
  return maxPackets || maxBytes ? { maxPackets, maxBytes } : undefined;
}

/** What is known of all files together is a summary with their list and the record. */
export type CaptureParts = Omit<ResultParts, 'finish'> & {
  finish(): Promise<CaptureSummary & { files: PartFacts[]; evidence: Evidence }>;
};

/** A capture as several files. What it tells of itself is about all of them together. */
export function captureParts(
  { stream, fileName, mediaType, finished }: Capture,
  limits: PcapLimits,
  evidenceFor: (summary: CaptureSummary, files: EvidenceFile[]) => Evidence,
  sidecar: Sidecar | undefined,
): CaptureParts {
  const facts: PartFacts[] = [];

  async function* files(): AsyncGenerator<ResultFile> {
    for await (const { number, ...part } of splitCapture(stream, limits)) {
      const name = partName(fileName, number);
      const proven = part.finished.then(({ file, sha256 }) => {
        const { firstPacket, lastPacket } = file;
        const found: PartFacts = {
          part: number,
          fileName: name,
          packets: file.packets,
          bytes: file.bytes,
          sha256,
          truncatedPackets: file.truncatedPackets,
          linkTypes: file.linkTypeNames,
          coveredWindow:
            firstPacket && lastPacket ? { from: firstPacket.iso, to: lastPacket.iso } : null,
        };
        facts.push(found);
        return found;
      });
      proven.catch(() => undefined);
      yield { name, mediaType, stream: part.stream, finished: proven };
    }
  }

  return {
    name: fileName,
    files: files(),
    async finish() {
      // Headers are repeated in each file, so the sum is what is on disk.
      const bytes = facts.reduce((sum, file) => sum + file.bytes, 0);
      const summary = { ...(await finished), fileName: null, sha256: null, bytes };
      const named = facts.map(({ fileName: name, packets, bytes: size, sha256 }) => ({
        name,
        packets,
        bytes: size,
        sha256,
      }));
      return { ...summary, files: facts, evidence: evidenceFor(summary, named) };
    },
    sidecar,
  };
}
