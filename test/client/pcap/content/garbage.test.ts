import type { HeapProfiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import { PcapWalker } from '../../../../client/pcap';
import { TrafficCounter } from '../../../../client/pcap/content/traffic';
import { ethernet, ipv4, pcapAt, TCP, tcp } from '../../../support/frame-fixtures';
import { dnsMessage, rtpPacket } from '../../../support/payload-fixtures';
import { datagram } from '../dissect/analyse';

/** Measured: 270 bytes a packet. With a text for each address and a list for each packet, 2,100. */
const LIMIT = 700;
const FILE_HEADER = 24;
const ROUNDS = 60;

/** Voice, DNS and TCP in equal parts, of connections that come again. */
const frames = Array.from({ length: 1500 }, (_, index) => {
  const [client, server] = [`10.1.0.${index % 200}`, '10.2.0.1'];
  if (index % 3 === 0) {
    const voice = rtpPacket(index, { timestamp: 0, length: 32 });
    return datagram(index, client, server, [20_000, 30_000], voice);
  }
  if (index % 3 === 1) {
    return datagram(index, client, server, [4000, 53], dnsMessage(index, `n${index % 90}.test`));
  }
  const ends = { source: client, destination: server };
  return { ms: index, frame: ethernet(0x0800, ipv4(TCP, tcp(2000 + (index % 300), 443), ends)) };
});

/** Bytes that were allocated on V8's heap, those too that are garbage by now; from samples. */
async function allocatedBy(work: () => void): Promise<number> {
  const session = new Session();
  session.connect();
  try {
    await session.post('HeapProfiler.startSampling', {
      samplingInterval: 8192,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
    work();
    const { profile } = await session.post('HeapProfiler.stopSampling');
    return sizeOf(profile.head);
  } finally {
    session.disconnect();
  }
}

const sizeOf = ({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number =>
  children.reduce((sum, child) => sum + sizeOf(child), selfSize);

it('makes little garbage for each packet', async () => {
  const file = pcapAt(frames);
  const counter = new TrafficCounter(false);
  const walker = new PcapWalker({}, counter);
  walker.write(file);
  const packets = file.subarray(FILE_HEADER);
  const bytes = await allocatedBy(() => {
    for (let round = 0; round < ROUNDS; round++) walker.write(packets);
  });
  expect(walker.packets).toBe(frames.length * (ROUNDS + 1));
  expect(bytes).toBeGreaterThan(0);
  expect(bytes / (frames.length * ROUNDS)).toBeLessThan(LIMIT);
});
