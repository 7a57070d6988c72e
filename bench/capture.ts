import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Child, startAppliance } from './child';
import { curl, run } from './curl';
import { compare, idleMemoryOf, memoryOf, wait } from './measure';
import type { BenchOptions } from './options';
import { megabytes, rate, type Section } from './report';

const GOAL_SHARE = 0.9;
const GOAL_MEMORY = 64;
type Times = Record<'client' | 'toFile' | 'hashed' | 'toNull', number> &
  Partial<Record<'checked' | 'node', number>>;

const LARGE_BYTES = 2e9;
const CAPTURE = '/API/data/modules/capture?fromCaptureBuffer=true';

/** A large capture: the client alone, with the walk and SHA-256, against curl. */
export async function benchCapture({ runs, bytes, folder }: BenchOptions): Promise<Section> {
  const appliance = await startAppliance({
    historySeconds: 60,
    switches: { bulkBytes: bytes, bulkPacketBytes: 800 },
  });
  const client = Child.start('client-child.ts');
  // Of its own, so that what it does is not in the client's memory.
  const parts = Child.start('client-child.ts');
  const [ours, theirs] = [join(folder, 'client.pcap'), join(folder, 'curl.pcap')];
  const { url, certificate } = appliance;
  try {
    await client.ask({ kind: 'list', url, certificate });
    await wait(3000);
    const idle = idleMemoryOf(client.pid);
    const explaining = {
      checked: () => parts.ask({ kind: 'check', url, certificate }),
      node: () => parts.ask({ kind: 'read', url, certificate }),
    };
    const ways: Record<string, () => Promise<unknown>> = {
      // One size is enough to tell where the time goes.
      ...(bytes < LARGE_BYTES ? explaining : {}),
      client: () => client.ask({ kind: 'capture', path: ours, url, certificate }),
      toFile: () => curl(appliance, folder, CAPTURE, ['--output', theirs]),
      hashed: async () => {
        await curl(appliance, folder, CAPTURE, ['--output', theirs]);
        await run('sha256sum', [theirs]);
      },
      toNull: () => curl(appliance, folder, CAPTURE, ['--output', '/dev/null']),
    };
    // A file that is written over would make ext4 write it out at once, at the cost of who is next.
    const removeFiles = () => {
      for (const path of [ours, theirs]) rmSync(path, { force: true });
    };
    const times = (await compare(runs, ways, removeFiles)) as Times;
    const above = memoryOf(client.pid).peak - idle;
    const ratio = times.toFile / times.client;
    const label = `${(bytes / 1e9).toFixed(1)} GB`;
    return {
      title: `Capture of ${label}: the client alone`,
      notes: [
        'The client walks every packet and computes the SHA-256 while it writes; curl only writes.',
      ],
      whyMissed:
        'Where the time goes, by a profile of the client and by runs without its parts: of 2.4 s for a gigabyte, https of Node.js takes 1.1 s (the whole of curl 0.8 s), SHA-256 0.5 s, handing 8,000 writes to the threads that do them 0.5 s (on two cores each of them takes the core of whoever wakes it), the copy into their buffers 0.06 s, the walk 0.04 s, all other JavaScript of ours 0.15 s. curl needs no second thread and computes no hash; who wants one reads the file again, which is the second row. A hash in a thread of its own would need a third core. Beyond some 2 GB Linux writes the file to the disk meanwhile, and handing over the writes takes twice as long.',
      rows: [
        {
          what: `${label} to a file, against curl`,
          ours: rate(bytes, times.client),
          alternative: rate(bytes, times.toFile),
          ratio,
          goal: `≥ ${GOAL_SHARE}`,
          isMet: ratio >= GOAL_SHARE,
        },
        {
          what: `${label} to a file, against curl and then sha256sum`,
          ours: rate(bytes, times.client),
          alternative: rate(bytes, times.hashed),
          ratio: times.hashed / times.client,
          goal: '',
        },
        {
          what: `${label} to a file, against curl to /dev/null`,
          ours: rate(bytes, times.client),
          alternative: rate(bytes, times.toNull),
          ratio: times.toNull / times.client,
          goal: '',
        },
        ...[
          ['walked and hashed, no file, against curl to a file', times.checked] as const,
          ['bare https module of Node.js, no file, against curl to a file', times.node] as const,
        ].flatMap(([what, taken]) =>
          taken === undefined
            ? []
            : {
                what: `${label}, ${what}`,
                ours: rate(bytes, taken),
                alternative: rate(bytes, times.toFile),
                ratio: times.toFile / taken,
                goal: '',
              },
        ),
        {
          what: 'memory above idle',
          ours: megabytes(above),
          alternative: '',
          goal: `< ${GOAL_MEMORY} MB`,
          isMet: above < GOAL_MEMORY,
        },
      ],
    };
  } finally {
    client.stop();
    parts.stop();
    appliance.child.stop();
  }
}
