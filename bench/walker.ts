import { createHash } from 'node:crypto';
import { PcapWalker } from '../client/pcap';
import { bulkCapture } from '../simulator/http/bulk-capture';
import { compare } from './measure';
import type { BenchOptions } from './options';
import { rate, type Section } from './report';

const BYTES = 1e9;
const CHUNK = 64 * 1024;
const GOAL = 1e9;

/** The walk over packets without any network, and what it adds to the hash. */
export async function benchWalker({ runs }: BenchOptions): Promise<Section> {
  const rows: Section['rows'] = [];
  for (const [what, packetBytes] of [
    ['packets of 800 bytes', 800],
    ['packets of 60 bytes', 60],
  ] as const) {
    const chunks = await readChunks(packetBytes);
    const repeat = Math.ceil(BYTES / sum(chunks));
    const each = (work: (chunk: Buffer) => void) => async () => {
      for (let turn = 0; turn < repeat; turn++) for (const chunk of chunks) work(chunk);
    };
    const bytes = sum(chunks) * repeat;
    const times = await compare(runs, {
      walk: async () => {
        for (let turn = 0; turn < repeat; turn++) {
          const walker = new PcapWalker();
          for (const chunk of chunks) walker.write(chunk);
          if (!walker.end().complete) throw new Error('The walk went wrong.');
        }
      },
      hash: async () => {
        const hash = createHash('sha256');
        await each((chunk) => hash.update(chunk))();
        hash.digest();
      },
    });
    rows.push(
      {
        what: `walk alone, ${what}`,
        ours: rate(bytes, times.walk),
        alternative: '',
        goal: '≥ 1000 MB/s',
        isMet: bytes / times.walk >= GOAL,
      },
      {
        what: `what the walk adds to the hash, ${what}`,
        ours: `${((times.walk / times.hash) * 100).toFixed(0)} %`,
        alternative: rate(bytes, times.hash),
        goal: '',
      },
    );
  }
  return {
    title: 'Walk over packets',
    notes: [`Pieces of ${CHUNK / 1024} KiB, as they come from a socket, without a network.`],
    rows,
  };
}

async function readChunks(packetBytes: number): Promise<Buffer[]> {
  const blocks: Buffer[] = [];
  for await (const block of bulkCapture(50e6, packetBytes, 1.7e15)) blocks.push(Buffer.from(block));
  const file = Buffer.concat(blocks);
  const chunks: Buffer[] = [];
  for (let at = 0; at < file.length; at += CHUNK) chunks.push(file.subarray(at, at + CHUNK));
  return chunks;
}

const sum = (chunks: Buffer[]) => chunks.reduce((total, { length }) => total + length, 0);
