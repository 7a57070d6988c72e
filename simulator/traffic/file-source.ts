import { createReadStream } from 'node:fs';
import { readCapture } from '../packets/capture-reader';
import type { Packet, PacketSource } from '../packets/packet';

/**
 * The packets of a capture file, read from the disk each time they are asked for. `shiftUs` moves
 * them in time, so that a file of last year can be the traffic of the last minutes.
 */
export class FileSource implements PacketSource {
  private constructor(
    private readonly path: string,
    readonly firstUs: number | undefined,
    readonly lastUs: number | undefined,
    private readonly shiftUs: number,
  ) {}

  /**
   * @throws CaptureFileError when the file is not a capture, or is truncated
   */
  static async open(path: string, placeLastAtUs?: number): Promise<FileSource> {
    let first = Infinity;
    let last = -Infinity;
    for await (const packets of readCapture(createReadStream(path))) {
      for (const { timeUs } of packets) {
        first = Math.min(first, timeUs);
        last = Math.max(last, timeUs);
      }
    }
    if (last === -Infinity) return new FileSource(path, undefined, undefined, 0);
    const shift = placeLastAtUs === undefined ? 0 : placeLastAtUs - last;
    return new FileSource(path, first + shift, last + shift, shift);
  }

  async *batches(startUs: number, endUs: number): AsyncIterable<Packet[]> {
    for await (const packets of readCapture(
      createReadStream(this.path, { highWaterMark: 262144 }),
    )) {
      yield packets
        .map((packet) => ({ ...packet, timeUs: packet.timeUs + this.shiftUs }))
        .filter(({ timeUs }) => timeUs >= startUs && timeUs < endUs);
    }
  }
}
