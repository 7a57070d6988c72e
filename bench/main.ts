/**
 * Measures ours against what people would use instead, and writes docs/benchmarks.md.
 * Run on an idle machine: npm run bench [-- PART …] [--runs N] [--gigabytes N] [--no-page]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { n8n, nodeRed } from './hosts';
import { lists } from './lists';
import { measurePart } from './measure';
import { table, writeSection } from './report';
import { summary } from './summaries';
import { capture, upload } from './transfers';

const PARTS = { capture, upload, lists, summary, 'node-red': nodeRed, n8n };
type Name = keyof typeof PARTS;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '5' },
      gigabytes: { type: 'string', default: '1' },
      'no-page': { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.filter((name) => !(name in PARTS));
  if (unknown.length > 0) {
    throw new Error(`Unknown: ${unknown.join(', ')}. Known: ${Object.keys(PARTS).join(', ')}.`);
  }
  const [runs, gigabytes] = [Number(values.runs), Number(values.gigabytes)];
  if (!(runs >= 1) || !(gigabytes > 0)) throw new Error('--runs and --gigabytes are numbers.');
  const folder = mkdtempSync(join(tmpdir(), 'allegro-bench-'));
  try {
    for (const name of (positionals.length > 0 ? positionals : Object.keys(PARTS)) as Name[]) {
      const [load] = loadavg();
      const part = PARTS[name];
      const title = part.title.replace('SIZE', `${gigabytes.toFixed(1)} GB`);
      const rows = await measurePart(part, { runs, bytes: gigabytes * 1e9, folder });
      console.log(`\n${title}\n\n${table(rows)}`);
      const how = `npm run bench -- ${name} --runs ${runs} --gigabytes ${gigabytes}`;
      if (!values['no-page']) writeSection(title, part.notes, rows, how, load!);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
