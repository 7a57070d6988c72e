import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Row } from './measure';

const PAGE = join(__dirname, '../docs/benchmarks.md');
const INTRODUCTION = `# Benchmarks

Written by \`npm run bench\`. Only ratios mean something: each row compares ours with what people would
use instead, in the same run, turn by turn, over HTTPS on the loopback. A ratio is the median of all
turns with its range; above 1 is in our favour. 1 MB is 1,000,000 bytes.
`;

export function table(rows: Row[]): string {
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

/**
 * Writes a section into the page; the others stay as they are.
 *
 * @param load of the machine when it began: says what else it did
 */
export function writeSection(
  title: string,
  notes: string[],
  rows: Row[],
  how: string,
  load: number,
) {
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : INTRODUCTION;
  const [, ...parts] = page.split(/^(?=## )/m);
  const text = [`## ${title}`, ...notes, table(rows), conditions(how, load)].join('\n\n') + '\n\n';
  const at = parts.findIndex((part) => part.startsWith(`## ${title}\n`));
  if (at < 0) parts.push(text);
  else parts[at] = text;
  writeFileSync(PAGE, `${INTRODUCTION}\n${parts.join('')}`);
  execFileSync('npx', ['prettier', '--write', PAGE], { stdio: 'ignore' });
}

function conditions(how: string, load: number): string {
  const curl = execFileSync('curl', ['--version'], { encoding: 'utf8' }).slice(0, 12).trim();
  const model = cpus()[0]!.model.split(' (')[0]!.trim();
  const machine = `${cpus().length} cores (${model}), ${Math.round(totalmem() / 2 ** 30)} GB`;
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${machine}, Node.js ${process.version}, ${curl}, load average at the start ${load.toFixed(1)}. Repeat: \`${how}\`.`;
}
