import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  CAPTURE,
  curl,
  shell,
  startBulkAppliance,
  startClient,
  startServer,
  UPLOAD,
} from './child';
import type { BenchOptions, Comparison, Part } from './measure';

const MAX_MEMORY = 64;

/** A large capture: the client alone, against what a person would type to get the same. */
export const capture: Part = {
  title: 'Capture of SIZE: client and file writer of Node-RED',
  notes: [
    'Ours walks every packet, counts them, and computes the SHA-256 while it writes the file. Node.js decrypts, and hashes, on one thread: the rows of `https.get` are what anything in Node.js is limited to.',
  ],
  comparisons: [compareCaptures],
};

async function compareCaptures(options: BenchOptions): Promise<Comparison> {
  const { bytes, folder, atEnd } = options;
  const appliance = await startBulkAppliance(options);
  const [mine, theirs] = [join(folder, 'client.pcap'), join(folder, 'curl.pcap')];
  const [client, noFile, bare] = [startClient(atEnd), startClient(atEnd), startClient(atEnd)];
  const { url, certificate } = appliance;
  const to = { url, certificate };
  const fetched = curl(appliance, folder, CAPTURE);
  await client.ask({ kind: 'list', ...to });
  return {
    amount: { count: bytes / 1e6, unit: 'MB' },
    before() {
      // ext4 would write an overwritten file to the disk at once, at the cost of who is next.
      for (const path of [mine, theirs]) rmSync(path, { force: true });
    },
    ours: () => client.ask({ kind: 'capture', path: mine, ...to }),
    others: [
      {
        what: '`curl \\| tee file \\| sha256sum`: file and hash, packets not checked',
        goal: 2,
        run: () => shell(`${fetched} | tee ${theirs} | sha256sum`),
      },
      {
        what: '`curl -o file && capinfos -c -H file`: file, packets, hashes',
        goal: 2,
        run: () => shell(`${fetched} --output ${theirs} && capinfos -c -H ${theirs}`),
      },
      {
        what: '`curl -o file`: nothing checked',
        goal: 0.8,
        run: () => shell(`${fetched} --output ${theirs}`),
      },
      {
        what: 'ours without a file: what the file writer costs',
        run: () => noFile.ask({ kind: 'capture', ...to }),
      },
      {
        what: 'bare `https.get` of Node.js, bytes dropped',
        run: () => bare.ask({ kind: 'bareDownload', isHashed: false, ...to }),
      },
      {
        what: 'bare `https.get` of Node.js, bytes hashed and dropped',
        run: () => bare.ask({ kind: 'bareDownload', isHashed: true, ...to }),
      },
    ],
    memory: { pid: client.pid, max: MAX_MEMORY },
  };
}

/** A large upload: the client, which walks the file on its way, against curl. */
export const upload: Part = {
  title: 'Upload of SIZE: client',
  notes: [
    'Into a server that drops the bytes. Ours makes all three calls and walks every packet; of the others only the last call is timed.',
  ],
  comparisons: [compareUploads],
};

async function compareUploads(options: BenchOptions): Promise<Comparison> {
  const { folder, atEnd } = options;
  const path = join(folder, 'upload.pcap');
  const source = await startBulkAppliance(options);
  await shell(`${curl(source, folder, CAPTURE)} --output ${path}`);
  source.child.stop();
  atEnd(() => rmSync(path));
  const sink = await startServer({ kind: 'sink' }, atEnd);
  const to = { path, url: sink.url, certificate: sink.certificate };
  const [client, bare] = [startClient(atEnd), startClient(atEnd)];
  const form = `--form name=file --form filename=upload.pcap --form file=@${path}`;
  const posted = curl(sink, folder, UPLOAD, form);
  await client.ask({ kind: 'list', ...to }).catch(() => undefined);
  return {
    amount: { count: statSync(path).size / 1e6, unit: 'MB' },
    ours: () => client.ask({ kind: 'upload', ...to }),
    others: [
      { what: '`curl -F`', goal: 0.9, run: () => shell(posted) },
      {
        what: 'bare `https.request` of Node.js, the file piped',
        run: () => bare.ask({ kind: 'bareUpload', ...to }),
      },
    ],
    memory: { pid: client.pid, max: MAX_MEMORY },
  };
}
