import type { ByteStream } from '../../../client/http/transport';
import { PcapSummarizer } from '../../../client/pcap';
import { fullJson, simplifiedJson, SUMMARY_DEFAULTS } from '../analysis/pcap-summary-json';

/** Summarizes a capture while it streams to where it is stored: nothing is read twice or held. */
export class CaptureSummarizer {
  private readonly summarizer = new PcapSummarizer(false);

  constructor(private readonly form: 'simplified' | 'full') {}

  /** Passes the same bytes on. */
  async *watch(stream: ByteStream): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      this.summarizer.write(chunk);
      yield chunk;
    }
  }

  /**
   * What Pcap Summary tells of the stored file, by its defaults. To be called once, when all has
   * passed.
   *
   * @param fileName null where no byte came, so that there is no file
   */
  json(fileName: string | null, sha256: string | null): Record<string, unknown> {
    const { file, traffic } = this.summarizer.end(SUMMARY_DEFAULTS.conversationLimit);
    const whole = fileName === null ? { ...file, complete: true, fault: undefined } : file;
    const content = { file: whole, sha256, traffic };
    const name = fileName ?? 'Capture';
    if (this.form === 'full') return fullJson(name, content);
    return simplifiedJson(name, content, SUMMARY_DEFAULTS.maxCharacters);
  }
}
