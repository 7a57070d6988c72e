import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { ratioOf, spread, type Spread } from './measure';

/** One comparison, in words and figures. */
export interface Row {
  what: string;
  ours: string;
  alternative?: string;
  /** How ours compares; above 1 is in our favour. */
  ratio?: Spread;
  goal?: string;
  isMet?: boolean;
}

export interface Section {
  title: string;
  /** How it was measured. */
  notes: string[];
  rows: Row[];
}

const PAGE = join(__dirname, '../docs/benchmarks.md');
const INTRODUCTION = `# Benchmarks

Written by \`npm run bench\`. Only ratios mean something: each row compares ours with what people would
use instead, in the same run, turn by turn, over HTTPS on the loopback. A ratio is the median of all
turns with its range; above 1 is in our favour. 1 MB is 1,000,000 bytes.
`;

/** How fast ours moves bytes, against another way; a goal is the least ratio. */
export function rateRow(
  what: string,
  bytes: number,
  ours: number[],
  theirs: number[],
  goal?: number,
): Row {
  return amountRow(what, { amount: bytes / 1e6, unit: 'MB' }, ours, theirs, goal);
}

/** How fast ours works through so much of something, likewise. */
export function amountRow(
  what: string,
  { amount, unit }: { amount: number; unit: string },
  ours: number[],
  theirs: number[],
  goal?: number,
): Row {
  const rate = (times: number[]) => {
    const each = amount / spread(times).median;
    return `${each >= 10_000 ? Math.round(each).toLocaleString('en') : each.toFixed(0)} ${unit}/s`;
  };
  return ratioRow(
    { what, ours: rate(ours), alternative: rate(theirs) },
    ratioOf(ours, theirs),
    goal,
  );
}

/** The same for whole tasks. */
export function durationRow(what: string, ours: number[], theirs: number[], goal: number): Row {
  const duration = (times: number[]) => `${spread(times).median.toFixed(2)} s`;
  const row = { what, ours: duration(ours), alternative: duration(theirs) };
  return ratioRow(row, ratioOf(ours, theirs), goal);
}

function ratioRow(row: Row, ratio: Spread, goal?: number): Row {
  const checked = goal === undefined ? {} : { goal: `≥ ${goal}`, isMet: ratio.median >= goal };
  return { ...row, ratio, ...checked };
}

/** What a process needed beyond what it needs idle. */
export function memoryRow(above: number, max: number, alternative?: number): Row {
  const megabytes = (value: number) => `${value.toFixed(0)} MB`;
  return {
    what: 'memory above idle',
    ours: megabytes(above),
    alternative: alternative === undefined ? '' : megabytes(alternative),
    goal: `< ${max} MB`,
    isMet: above < max,
  };
}

export function table({ rows }: Section): string {
  const lines = rows.map(({ what, ours, alternative = '', ratio, goal = '', isMet }) => {
    const compared = ratio
      ? `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})`
      : '';
    const met = isMet === undefined ? '' : isMet ? ', met' : ', missed';
    return `| ${[what, ours, alternative, compared, goal + met].join(' | ')} |`;
  });
  const head = '| what | ours | alternative | ratio | goal |\n| --- | --- | --- | --- | --- |';
  return [head, ...lines].join('\n');
}

/** Writes a section into the page; the others stay as they are. */
export function writeSection(section: Section, how: string, load: number): void {
  const { title, notes } = section;
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : INTRODUCTION;
  const [, ...parts] = page.split(/^(?=## )/m);
  const text =
    [`## ${title}`, ...notes, table(section), conditions(how, load)].join('\n\n') + '\n\n';
  const at = parts.findIndex((part) => part.startsWith(`## ${title}\n`));
  if (at < 0) parts.push(text);
  else parts[at] = text;
  writeFileSync(PAGE, `${INTRODUCTION}\n${parts.join('')}`);
  execFileSync('npx', ['prettier', '--write', PAGE], { stdio: 'ignore' });
}

/** When and where it ran. The load says what else the machine did. */
function conditions(how: string, load: number): string {
  const first = (command: string, parameters: string[]) =>
    execFileSync(command, parameters, { encoding: 'utf8' }).split('\n')[0]!.split(/ \(/)[0]!;
  const machine = `${cpus().length} cores (${cpus()[0]!.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB`;
  const versions = [`Node.js ${process.version}`, first('curl', ['--version']).slice(0, 12)];
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${machine}, ${versions.join(', ')}, load average at the start ${load.toFixed(1)}. Repeat: \`${how}\`.`;
}

export const loadNow = () => loadavg()[0]!;
