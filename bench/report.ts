import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** One comparison, in words and figures. */
export interface Row {
  what: string;
  ours: string;
  alternative: string;
  /** How ours compares; above 1 is in our favour. Missing where there is nothing to compare with. */
  ratio?: number;
  goal: string;
  /** Missing where there is no goal. */
  isMet?: boolean;
}

export interface Section {
  title: string;
  /** How it was measured. */
  notes: string[];
  /** Where the time or the memory goes; said only where a goal was missed. */
  whyMissed?: string;
  rows: Row[];
  /** What is counted rather than timed, so that one run says it. */
  isCount?: boolean;
}

const PAGE = join(__dirname, '../docs/benchmarks.md');

export const megabytes = (value: number) => `${value.toFixed(0)} MB`;
export const rate = (bytes: number, seconds: number) =>
  `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;
export const duration = (value: number) =>
  value < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`;

export function table({ rows }: Section): string {
  const lines = rows.map(({ what, ours, alternative, ratio, goal, isMet }) => {
    const met = isMet === undefined ? '' : isMet ? 'met' : 'missed';
    return `| ${[what, ours, alternative, ratio?.toFixed(2) ?? '', goal, met].join(' | ')} |`;
  });
  return [
    '| what | ours | alternative | ratio | goal | |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

/** Writes the sections into the page; those that did not run this time stay as they are. */
export function writePage(sections: Section[], runs: number): void {
  let page = read();
  for (const section of sections) {
    const timed = section.isCount ? [] : [`Medians of ${runs} runs after a warm-up.`];
    const isMissed = section.rows.some((row) => row.isMet === false);
    const why = isMissed && section.whyMissed ? [section.whyMissed] : [];
    const notes = [...section.notes, ...why, ...timed];
    const text = [`## ${section.title}`, '', ...notes.flatMap((note) => [note, ''])];
    const whole = `${[...text, table(section)].join('\n')}\n`;
    const there = new RegExp(`## ${escape(section.title)}\\n[\\s\\S]*?(?=\\n## |$)`);
    page = there.test(page) ? page.replace(there, () => whole) : `${page.trimEnd()}\n\n${whole}`;
  }
  writeFileSync(PAGE, page.replace(/^Measured.*$/m, machine()));
}

function read(): string {
  try {
    return readFileSync(PAGE, 'utf8');
  } catch {
    return `# Benchmarks

Written by \`npm run bench\`. Only the ratios mean something: each row compares ours with what people
would use instead, in the same run, turn by turn, over HTTPS on the loopback. Ratios above 1 are in
our favour. 1 MB is 1,000,000 bytes.

Measured
`;
  }
}

function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Measured on ${cpus().length} cores and ${memory} GB of memory, which the server, ours and the alternatives share.`;
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
