import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Child, startBulkAppliance, startServer } from './child';
import { compare, idleMemoryOf, memoryOf, type BenchOptions } from './measure';
import { CAPTURE, UPLOAD, curl, shell } from './programs';
import { memoryRow, rateRow, type Section } from './report';

const MAX_MEMORY = 64;

/** A large capture: the client alone, against what a person would type to get the same. */
export async function benchCapture({ runs, bytes, folder }: BenchOptions): Promise<Section> {
  const appliance = await startBulkAppliance(bytes);
  const [client, noFile, bare] = [1, 2, 3].map(() => Child.start('client-child.ts')) as [
    Child,
    Child,
    Child,
  ];
  const [mine, theirs] = [join(folder, 'client.pcap'), join(folder, 'curl.pcap')];
  const { url, certificate } = appliance;
  const fetched = curl(appliance, folder, CAPTURE);
  try {
    await client.ask({ kind: 'list', url, certificate });
    await pause(3000);
    const idle = idleMemoryOf(client.pid);
    const ways = {
      ours: () => client.ask({ kind: 'capture', path: mine, url, certificate }),
      noFile: () => noFile.ask({ kind: 'capture', url, certificate }),
      bare: () => bare.ask({ kind: 'bareDownload', isHashed: false, url, certificate }),
      bareHash: () => bare.ask({ kind: 'bareDownload', isHashed: true, url, certificate }),
      tee: () => shell(`${fetched} | tee ${theirs} | sha256sum`),
      capinfos: () => shell(`${fetched} --output ${theirs} && capinfos -c -H ${theirs}`),
      curl: () => shell(`${fetched} --output ${theirs}`),
    };
    const times = await compare(runs, ways, () => {
      // ext4 would write an overwritten file to the disk at once, at the cost of who is next.
      for (const path of [mine, theirs]) rmSync(path, { force: true });
    });
    const above = memoryOf(client.pid).peak - idle;
    const against = (what: string, name: keyof typeof ways, goal?: number) =>
      rateRow(what, bytes, times.ours, times[name], goal);
    return {
      title: `Capture of ${(bytes / 1e9).toFixed(1)} GB: client and file writer of Node-RED`,
      notes: [
        'Ours walks every packet, counts them, and computes the SHA-256 while it writes the file. Node.js decrypts, and hashes, on one thread: the rows of `https.get` are what anything in Node.js is limited to.',
      ],
      rows: [
        against('`curl \\| tee file \\| sha256sum`: file and hash, packets not checked', 'tee', 2),
        against('`curl -o file && capinfos -c -H file`: file, packets, hashes', 'capinfos', 2),
        against('`curl -o file`: nothing checked', 'curl', 0.8),
        against('ours without a file: what the file writer costs', 'noFile'),
        against('bare `https.get` of Node.js, bytes dropped', 'bare'),
        against('bare `https.get` of Node.js, bytes hashed and dropped', 'bareHash'),
        memoryRow(above, MAX_MEMORY),
      ],
    };
  } finally {
    for (const child of [client, noFile, bare, appliance.child]) child.stop();
  }
}

/** A large upload: the client, which walks the file on its way, against curl. */
export async function benchUpload({ runs, bytes, folder }: BenchOptions): Promise<Section> {
  const source = await startBulkAppliance(bytes);
  const path = join(folder, 'upload.pcap');
  await shell(`${curl(source, folder, CAPTURE)} --output ${path}`);
  source.child.stop();
  const { size } = statSync(path);
  const sink = await startServer({ kind: 'sink' });
  const { url, certificate } = sink;
  const [client, bare] = [Child.start('client-child.ts'), Child.start('client-child.ts')];
  const form = `--form name=file --form filename=upload.pcap --form file=@${path}`;
  const posted = curl(sink, folder, UPLOAD, form);
  try {
    await client.ask({ kind: 'list', url, certificate }).catch(() => undefined);
    await pause(3000);
    const idle = idleMemoryOf(client.pid);
    const times = await compare(runs, {
      ours: () => client.ask({ kind: 'upload', path, url, certificate }),
      bare: () => bare.ask({ kind: 'bareUpload', path, url, certificate }),
      curl: () => shell(posted),
    });
    return {
      title: `Upload of ${(size / 1e9).toFixed(1)} GB: client`,
      notes: [
        'Into a server that drops the bytes. Ours makes all three calls and walks every packet; of curl only the last call is timed.',
      ],
      rows: [
        rateRow('`curl -F`', size, times.ours, times.curl, 0.9),
        rateRow('bare `https.request` of Node.js, the file piped', size, times.ours, times.bare),
        memoryRow(memoryOf(client.pid).peak - idle, MAX_MEMORY),
      ],
    };
  } finally {
    for (const child of [client, bare, sink.child]) child.stop();
    rmSync(path, { force: true });
  }
}
