import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A capture on the storage of the appliance, for a test to look at. */
export interface StoredCapture {
  /** Of the file. */
  readonly name: string;
  /** Of the appliance that stored it. */
  readonly deviceId: string;
  /** Whether everything that was asked for has been written. */
  readonly isComplete: boolean;
  /** Bytes that were handed to the disk so far. */
  readonly bytes: number;
  /** What has been written so far. */
  read(): Promise<Buffer>;
}

/** Where captures go with `captureToMedia`. Source: "Pcap extraction", the list of parameters. */
export class MediaStorage {
  /** The oldest first. */
  readonly captures: StoredCapture[] = [];
  private readonly closing = new AbortController();

  /** `folder` is asked for when the first capture comes. */
  constructor(private readonly folder: () => Promise<string>) {}

  get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  /** Begins to write a capture, and returns at once: one without an end is written until the close. */
  store(deviceId: string, suffix: string, body: AsyncIterable<Buffer>): StoredCapture {
    const name = `capture-${this.captures.length + 1}.${suffix}`;
    const path = this.folder().then((folder) => join(folder, name));
    let isComplete = false;
    let bytes = 0;
    async function* counted(): AsyncIterable<Buffer> {
      for await (const chunk of body) {
        bytes += chunk.length;
        yield chunk;
      }
    }
    const { signal } = this.closing;
    path
      .then((file) => pipeline(counted(), createWriteStream(file), { signal }))
      .then(
        () => (isComplete = true),
        // An incomplete capture stays one.
        () => undefined,
      );
    const stored: StoredCapture = {
      name,
      deviceId,
      get isComplete() {
        return isComplete;
      },
      get bytes() {
        return bytes;
      },
      read: async () => readFile(await path).catch(() => Buffer.alloc(0)),
    };
    this.captures.push(stored);
    return stored;
  }

  /** Ends what is still being written. */
  close(): void {
    this.closing.abort();
  }
}
