import { verifiedStream, type VerifiedStream } from '../files/verified-stream';
import type { ByteStream } from '../http/transport';
import { PcapLimiter } from './limiter';
import { RecordScanner, type Segment } from './record-scanner';
import type { PcapLimits, PcapSummary } from './summary';
import { PcapWalker } from './walker';
import { say } from '../values/sentence';

/** One of several files that a capture becomes. */
export interface CapturePart extends VerifiedStream<PartFacts> {
  /** 1 for the first. Its stream is consumed to its end before the next part is asked for. */
  number: number;
}

interface PartFacts {
  file: PcapSummary;
  /** Lower-case hexadecimal. */
  sha256: string;
}

/**
 * Splits a capture into files that are valid each: the file header, or the section header and the
 * interfaces (pcapng), stand at the beginning of every one, and packets are never cut. A new file
 * begins with the packet that would exceed a limit; blocks of pcapng that hold no packet stay with
 * the packet before them. Streams, and holds a few chunks.
 *
 * @param source a capture that ends with an error if it is incomplete
 * @throws what the source throws, out of the part's stream that is being read
 */
export async function* splitCapture(
  source: ByteStream,
  limits: PcapLimits,
): AsyncGenerator<CapturePart> {
  const segments = new Segments(source);
  try {
    for (let number = 1; await segments.fill(); number++) {
      const part = new Part(segments, limits, number);
      yield { number, ...part.verified() };
      // Nobody may go on to the next file before this one is stored.
      if (!part.hasEnded) return;
    }
  } finally {
    await segments.close();
  }
}

class Part {
  /** Its stream was read to the end. */
  hasEnded = false;
  private isFull = false;
  private readonly walker = new PcapWalker();
  private packets = 0;
  private bytes = 0;

  constructor(
    private readonly segments: Segments,
    private readonly limits: PcapLimits,
    private readonly number: number,
  ) {}

  verified(): VerifiedStream<PartFacts> {
    return verifiedStream({
      source: this.chunks(),
      pass: (chunk) => {
        this.walker.write(chunk);
        this.bytes += chunk.length;
        return [chunk];
      },
      finish: ({ sha256 }) => {
        this.hasEnded = true;
        return { file: this.walker.end(), sha256 };
      },
      name: say`file`,
      requestInfo: {},
    });
  }

  private async *chunks(): AsyncGenerator<Uint8Array> {
    if (this.number > 1) yield* this.segments.preamble;
    while (!this.isFull && (await this.segments.fill())) yield* this.takeRuns();
  }

  /** What of the segments at hand belongs to this part, neighbours in one piece. */
  private takeRuns(): Uint8Array[] {
    const runs: Uint8Array[] = [];
    let run: Segment | undefined;
    let pending = 0;
    const flush = () => {
      if (run) runs.push(run.bytes.subarray(run.start, run.end));
      run = undefined;
    };
    for (let next = this.segments.peek(); next; next = this.segments.peek()) {
      const length = next.end - next.start;
      if (next.kind === 'packet' && this.isFullFor(this.bytes + pending + length)) {
        this.isFull = true;
        break;
      }
      this.segments.take();
      if (next.kind === 'packet') this.packets++;
      pending += length;
      if (run && run.bytes === next.bytes && run.end === next.start) {
        run = { ...run, end: next.end };
      } else {
        flush();
        run = next;
      }
    }
    flush();
    return runs;
  }

  /** Whether a further packet, with which the file would have so many bytes, has to stay out. */
  private isFullFor(bytes: number): boolean {
    const { maxPackets = Infinity, maxBytes = Infinity } = this.limits;
    return this.packets > 0 && (this.packets >= maxPackets || bytes > maxBytes);
  }
}

/** The records of a stream, one after the other. */
class Segments {
  private readonly chunks: AsyncIterator<Uint8Array>;
  /** Passes whole records only, whatever pieces come. */
  private readonly limiter = new PcapLimiter();
  private readonly scanner = new RecordScanner();
  private queue: Segment[] = [];
  private at = 0;
  /** What a file has to begin with that begins with the next record. Copies. */
  preamble: Uint8Array[] = [];

  constructor(source: ByteStream) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  peek(): Segment | undefined {
    return this.queue[this.at];
  }

  take(): void {
    const { kind, bytes, start, end } = this.queue[this.at++];
    if (kind !== 'begin' && kind !== 'interface') return;
    const copy = new Uint8Array(bytes.subarray(start, end));
    if (kind === 'begin') this.preamble = [copy];
    else this.preamble.push(copy);
  }

  /** Reads on until there is a record, or the end. */
  async fill(): Promise<boolean> {
    while (this.at >= this.queue.length) {
      const { done, value } = await this.chunks.next();
      if (done) return false;
      const pieces = this.limiter.write(value);
      if (pieces.length === 0) continue;
      const whole = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
      this.queue = this.scanner.scan(whole);
      this.at = 0;
    }
    return true;
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }
}
