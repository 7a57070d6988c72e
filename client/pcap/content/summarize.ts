import { createHash } from 'crypto';
import { cancelledError } from '../../http/body';
import type { ByteStream } from '../../http/transport';
import type { PcapSummary } from '../summary';
import { TrafficCounter, type Traffic } from './traffic';
import { PcapWalker } from '../walker';

export interface PcapContent {
  file: PcapSummary;
  /** Lower-case hexadecimal, of all bytes, also those behind a fault. */
  sha256: string;
  traffic: Traffic;
}

/**
 * Reads a capture file in one pass, in bounded memory: counts, times, faults, hash, conversations
 * and protocols. Content never makes it throw; what the stream throws passes through.
 *
 * @throws AllegroError `cancelled`
 */
export async function summarizePcap(
  stream: ByteStream,
  options: {
    byPorts: boolean;
    /** How many conversations to give at most. */
    conversations: number;
    signal: AbortSignal;
    onProgress(bytes: number, packets: number): void;
  },
): Promise<PcapContent> {
  const counter = new TrafficCounter(options.byPorts);
  const walker = new PcapWalker({}, counter);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of stream) {
    if (options.signal.aborted) throw cancelledError({}, options.signal.reason);
    hash.update(chunk);
    walker.write(chunk);
    bytes += chunk.length;
    options.onProgress(bytes, walker.packets);
  }
  return {
    file: walker.end(),
    sha256: hash.digest('hex'),
    traffic: counter.result(options.conversations),
  };
}
