import { createHash } from 'crypto';
import { cancelledError } from '../../http/body';
import type { ByteStream } from '../../http/transport';
import type { PcapSummary } from '../summary';
import { TrafficCounter, type Traffic } from './traffic';
import { PcapWalker } from '../walker';

export interface PcapContent {
  file: PcapSummary;
  /**
   * Lower-case hexadecimal, of all bytes, also those behind a fault. Null where the file was stored
   * in parts, or has no byte.
   */
  sha256: string | null;
  traffic: Traffic;
}

/**
 * Finds out what is in a capture file while it streams by, in bounded memory: counts, times, faults,
 * conversations and protocols. Content never makes it throw.
 */
export class PcapSummarizer {
  private readonly counter: TrafficCounter;
  private readonly walker: PcapWalker;

  /** @param byPorts whether ports tell conversations of the same addresses apart */
  constructor(byPorts: boolean) {
    this.counter = new TrafficCounter(byPorts);
    this.walker = new PcapWalker({}, this.counter);
  }

  get packets(): number {
    return this.walker.packets;
  }

  /** Takes in the next bytes, however the file is split. The chunk is not kept or changed. */
  write(chunk: Uint8Array): void {
    this.walker.write(chunk);
  }

  /** @param conversations how many to give at most */
  end(conversations: number): Omit<PcapContent, 'sha256'> {
    return { file: this.walker.end(), traffic: this.counter.result(conversations) };
  }
}

/**
 * Reads a capture file in one pass; see {@link PcapSummarizer}. What the stream throws passes through.
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
  const summarizer = new PcapSummarizer(options.byPorts);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of stream) {
    if (options.signal.aborted) throw cancelledError({}, options.signal.reason);
    hash.update(chunk);
    summarizer.write(chunk);
    bytes += chunk.length;
    options.onProgress(bytes, summarizer.packets);
  }
  return { ...summarizer.end(options.conversations), sha256: hash.digest('hex') };
}
