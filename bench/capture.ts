import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Child, startAppliance } from './child';
import { curl } from './curl';
import { compare, idleMemoryOf, memoryOf, wait } from './measure';
import type { BenchOptions } from './options';
import { megabytes, rate, type Section } from './report';

const GOAL_SHARE = 0.9;
const GOAL_MEMORY = 64;
const CAPTURE = '/API/data/modules/capture?fromCaptureBuffer=true';

/** A large capture: the client alone, with the walk and SHA-256, against curl. */
export async function benchCapture({ runs, bytes, folder }: BenchOptions): Promise<Section> {
  const appliance = await startAppliance({
    historySeconds: 60,
    switches: { bulkBytes: bytes, bulkPacketBytes: 800 },
  });
  const client = Child.start('client-child.ts');
  const [ours, theirs] = [join(folder, 'client.pcap'), join(folder, 'curl.pcap')];
  const { url, certificate } = appliance;
  try {
    await client.ask({ kind: 'list', url, certificate });
    await wait(3000);
    const idle = idleMemoryOf(client.pid);
    const times = await compare(runs, {
      client: () => client.ask({ kind: 'capture', path: ours, url, certificate }),
      toFile: () => curl(appliance, folder, CAPTURE, ['--output', theirs]),
      toNull: () => curl(appliance, folder, CAPTURE, ['--output', '/dev/null']),
    });
    const above = memoryOf(client.pid).peak - idle;
    const size = statSync(ours).size;
    const ratio = times.toFile / times.client;
    const label = `${(size / 1e9).toFixed(1)} GB`;
    return {
      title: `Capture of ${label}: the client alone`,
      notes: [
        'The client walks every packet and computes the SHA-256 while it writes; curl only writes.',
      ],
      rows: [
        {
          what: `${label} to a file, against curl`,
          ours: rate(size, times.client),
          alternative: rate(size, times.toFile),
          ratio,
          goal: `≥ ${GOAL_SHARE}`,
          isMet: ratio >= GOAL_SHARE,
        },
        {
          what: `${label} to a file, against curl to /dev/null`,
          ours: rate(size, times.client),
          alternative: rate(size, times.toNull),
          ratio: times.toNull / times.client,
          goal: '',
        },
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
    appliance.child.stop();
    for (const path of [ours, theirs]) rmSync(path, { force: true });
  }
}
