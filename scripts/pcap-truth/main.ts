/**
 * Compares every figure of Pcap Summary with tshark, on generated files and on those of any folder,
 * and writes how far they agree into docs/pcap-summary.md. Needs tshark and editcap.
 *
 * Run: npm run pcap-truth -- [--files 200] [--folder captures] [--dry-run]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { format } from 'prettier';
import { RULES } from '../../client/pcap/dissect/finding';
import { filesOf, writeFiles } from './files';
import { ourFigures } from './ours';
import { tsharkFigures } from './tshark';

const PAGE = join(__dirname, '../../docs/pcap-summary.md');

interface Agreement {
  figure: string;
  files: number;
  equal: number;
  ours: number;
  theirs: number;
  difference: number;
}

/** Times agree to the microsecond that a sum of rounded numbers can be off. */
const isEqual = (one: number, other: number) =>
  Math.abs(one - other) <= 1e-3 + 1e-6 * Math.max(one, other);

const GROUPS: Record<string, string> = {
  name: 'DNS names, each with its count',
  server: 'TLS server names, each with its count',
  host: 'HTTP hosts, each with its count',
  ja4: "JA4 fingerprints, from tshark's columns",
  certificate: 'Certificates, by the day they expire',
  layer: 'Packets with a layer (IP, VLAN, MPLS, PPPoE, GRE, VXLAN, GENEVE)',
};

/** `server www.example.com` counts under the title of its group. */
function titleOf(figure: string): string {
  return GROUPS[figure.split(' ')[0]] ?? figure;
}

async function compare(paths: string[], isVerbose: boolean): Promise<Agreement[]> {
  const rows = new Map<string, Agreement>();
  for (const path of paths) {
    const [ours, theirs] = [await ourFigures(path), await tsharkFigures(path)];
    const differing = new Set<string>();
    const titles = new Set<string>();
    for (const figure of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
      const [one, other] = [ours[figure] ?? 0, theirs[figure] ?? 0];
      const title = titleOf(figure);
      const none = { figure: title, files: 0, equal: 0, ours: 0, theirs: 0, difference: 0 };
      const row = rows.get(title) ?? none;
      rows.set(title, row);
      row.ours += one;
      row.theirs += other;
      row.difference += isEqual(one, other) ? 0 : Math.abs(one - other);
      titles.add(title);
      if (isEqual(one, other)) continue;
      differing.add(title);
      if (isVerbose) console.log(`${basename(path)}: ${figure}: ${one}, tshark ${other}`);
    }
    for (const title of titles) {
      const row = rows.get(title)!;
      row.files++;
      if (!differing.has(title)) row.equal++;
    }
  }
  return [...rows.values()];
}

function tableOf(rows: Agreement[]): string {
  const number = (value: number) => Math.round(value).toLocaleString('en');
  const lines = rows.map(({ figure, files, equal, ours, theirs, difference }) => {
    const largest = Math.max(ours, theirs);
    const percent = largest === 0 ? '–' : `${(100 * (1 - difference / largest)).toFixed(2)} %`;
    return `| ${figure} | ${number(ours)} | ${number(theirs)} | ${percent} | ${equal} of ${files} |`;
  });
  return [
    '| Figure | Pcap Summary | tshark | Agreement | Files equal |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

function rulesTable(): string {
  const lines = Object.entries(RULES).map(([rule, text]) => `| \`${rule}\` | ${text} |`);
  return ['| Rule | Threshold |', '| --- | --- |', ...lines].join('\n');
}

const withPart = (page: string, name: string, text: string) =>
  page.replace(
    new RegExp(`(<!-- begin: ${name}[^>]*-->)[^]*?(<!-- end: ${name} -->)`),
    (_, begin: string, end: string) => `${begin}\n\n${text}\n\n${end}`,
  );

async function main(): Promise<void> {
  const program = new Command()
    .option('--files <number>', 'how many files to generate', '200')
    .option('--folder <path>', 'further files to compare')
    .option('--dry-run', 'leave the docs alone', false)
    .option('--verbose', 'print each difference', false)
    .parse();
  const options = program.opts<{
    files: string;
    folder?: string;
    dryRun: boolean;
    verbose: boolean;
  }>();
  const folder = mkdtempSync(join(tmpdir(), 'pcap-truth-'));
  try {
    await writeFiles(folder, Number(options.files));
    const paths = [...filesOf(folder), ...(options.folder ? filesOf(options.folder) : [])];
    const table = tableOf(await compare(paths, options.verbose));
    console.log(table);
    if (options.dryRun) return;
    let page = readFileSync(PAGE, 'utf8');
    page = withPart(page, 'agreement', `${paths.length} files.\n\n${table}`);
    page = withPart(page, 'rules', rulesTable());
    writeFileSync(PAGE, await format(page, { parser: 'markdown' }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
