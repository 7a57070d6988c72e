import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Child, startAppliance } from './child';
import { curl } from './curl';
import { compare, idleMemoryOf, memoryOf, wait } from './measure';
import type { BenchOptions } from './options';
import { megabytes, rate, type Section } from './report';

/** A large upload: the client, which walks the file on its way, against the three calls of curl. */
export async function benchUpload({ runs, bytes, folder }: BenchOptions): Promise<Section> {
  const source = await startAppliance({
    historySeconds: 10,
    switches: { bulkBytes: bytes, bulkPacketBytes: 800 },
  });
  const path = join(folder, 'upload.pcap');
  await curl(source, folder, '/API/data/modules/capture?fromCaptureBuffer=true', [
    ...['--output', path],
  ]);
  source.child.stop();
  const size = statSync(path).size;
  const sink = Child.start('sink-child.ts');
  const appliance = {
    child: sink,
    ...(await sink.ask<{ url: string; certificate: string }>({ kind: 'start' })),
  };
  const { url, certificate } = appliance;
  const client = Child.start('client-child.ts');
  try {
    await client.ask({ kind: 'list', url, certificate }).catch(() => undefined);
    await wait(3000);
    const idle = idleMemoryOf(client.pid);
    const times = await compare(runs, {
      client: () => client.ask({ kind: 'upload', path, url, certificate }),
      curl: () =>
        curl(appliance, folder, '/API/system/analyze-pcap?replaySlotID=1', [
          ...['--form', 'name=file', '--form', 'filename=upload.pcap'],
          ...['--form', `file=@${path}`],
        ]),
    });
    const above = memoryOf(client.pid).peak - idle;
    const ratio = times.curl / times.client;
    return {
      title: `Upload of ${(size / 1e9).toFixed(1)} GB`,
      notes: [
        'Into a server that takes the bytes and drops them. The client makes all three calls and walks every packet; of curl only the last call is timed.',
      ],
      rows: [
        {
          what: 'client against curl -F',
          ours: rate(size, times.client),
          alternative: rate(size, times.curl),
          ratio,
          goal: '≥ 0.9',
          isMet: ratio >= 0.9,
        },
        {
          what: 'memory above idle',
          ours: megabytes(above),
          alternative: '',
          goal: '< 64 MB',
          isMet: above < 64,
        },
      ],
    };
  } finally {
    client.stop();
    sink.stop();
    rmSync(path, { force: true });
  }
}
