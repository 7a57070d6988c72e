import { createHash } from 'node:crypto';
import type { Capture } from '../../../client/capture/capture';
import type { CaptureSummary } from '../../../client/capture/capture-summary';

/** A file that was kept. */
export interface Kept {
  bytes: Buffer;
  sha256: string;
  summary: CaptureSummary;
}

/** A host's store, in small: only what ended well is in it. */
export class Store {
  readonly files: Kept[] = [];

  async keep(capture: Capture): Promise<Kept> {
    const chunks: Uint8Array[] = [];
    if (!capture.isEmpty) for await (const chunk of capture.stream) chunks.push(chunk.slice());
    const summary = await capture.finished;
    const bytes = Buffer.concat(chunks);
    const kept = { bytes, sha256: createHash('sha256').update(bytes).digest('hex'), summary };
    this.files.push(kept);
    return kept;
  }
}
