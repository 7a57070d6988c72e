/**
 * Measures ours against what people would use instead, and writes docs/benchmarks.md.
 * Run: npm run bench [-- PART …] [--runs N] [--gigabytes N]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchCapture } from './capture';
import { benchHandshakes } from './handshakes';
import { benchN8n } from './n8n';
import { benchNodeRed } from './node-red';
import type { BenchOptions } from './options';
import { benchPackages } from './packages';
import { table, writePage, type Section } from './report';
import { benchConnections, benchPages, benchPorts } from './requests';
import { benchUpload } from './upload';
import { benchWalker } from './walker';

const PARTS: Record<string, (options: BenchOptions) => Promise<Section>> = {
  walker: benchWalker,
  capture: benchCapture,
  upload: benchUpload,
  pages: benchPages,
  ports: benchPorts,
  connections: benchConnections,
  handshakes: benchHandshakes,
  packages: benchPackages,
  'node-red': benchNodeRed,
  n8n: benchN8n,
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '5' },
      gigabytes: { type: 'string', default: '1' },
    },
  });
  const unknown = positionals.filter((name) => !(name in PARTS));
  if (unknown.length > 0) {
    throw new Error(`Unknown: ${unknown.join(', ')}. There is: ${Object.keys(PARTS).join(', ')}.`);
  }
  const [runs, gigabytes] = [Number(values.runs), Number(values.gigabytes)];
  if (!(runs >= 1) || !(gigabytes > 0)) throw new Error('--runs and --gigabytes are numbers.');
  const folder = mkdtempSync(join(tmpdir(), 'allegro-bench-'));
  try {
    for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
      const section = await PARTS[name]!({ runs, bytes: gigabytes * 1e9, folder });
      console.log(`\n${section.title}\n\n${table(section)}`);
      writePage([section], runs);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
