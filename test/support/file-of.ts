import type { InputFile } from '../../nodes/definitions/model/run-result';

/** Bytes as a file that a person hands in, read in pieces as a disk or a store gives them. */
export function fileOf(content: Buffer | string, name = 'evidence.pcap', piece = 16_384) {
  const bytes = Buffer.from(content);
  return {
    name,
    size: bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    },
  } satisfies InputFile;
}
