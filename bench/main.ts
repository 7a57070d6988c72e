/**
 * Measures ours against what people would use instead, and writes docs/benchmarks.md.
 * Run on an idle machine: npm run bench [-- PART …] [--runs N] [--gigabytes N] [--no-page]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchN8n, benchNodeRed } from './hosts';
import { benchLists } from './lists';
import { loadNow, table, writeSection } from './report';
import { benchSummaries } from './summaries';
import { benchCapture, benchUpload } from './transfers';

const PARTS = {
  capture: benchCapture,
  upload: benchUpload,
  lists: benchLists,
  summary: benchSummaries,
  'node-red': benchNodeRed,
  n8n: benchN8n,
};
type Part = keyof typeof PARTS;

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
    for (const part of (positionals.length > 0 ? positionals : Object.keys(PARTS)) as Part[]) {
      const load = loadNow();
      const section = await PARTS[part]({ runs, bytes: gigabytes * 1e9, folder });
      console.log(`\n${section.title}\n\n${table(section)}`);
      const how = `npm run bench -- ${part} --runs ${runs} --gigabytes ${gigabytes}`;
      if (!values['no-page']) writeSection(section, how, load);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
