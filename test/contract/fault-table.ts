import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STAGES } from './cancellation';
import { CONNECTION_ROWS } from './connection-matrix';
import type { FaultRow } from './fault-row';
import { OPERATION_NAMES } from './operations';
import type { ObservedFile } from './summary-rows';
import { SOURCE_ROWS } from './upload-sources';

const PAGE = join(__dirname, '../../docs/fault-matrix.md');

/** What came out of a row, for people. */
export interface Observed {
  row: FaultRow;
  /** Kind and first sentence of the error, or how it went on. */
  outcome: string;
}

const INTRODUCTION = `# What happens when something goes wrong

Every fault that the simulated appliance can have, with every operation that can meet it. The tests
run each row over real HTTPS, through axios (Node-RED) and through n8n's own request helper, and
check what comes out, how long it took, how often the request was sent, that neither the message nor
anything behind it holds a secret, that nothing was kept that only looks whole, and that no
connection, answer or timer is left.

The rows of captures, of live ones too, run inside a real Node-RED and a real n8n as well. What runs
in tests of its own stands at the end: certificates, names and ports
(\`test/contract/connection-matrix.ts\`), cancelling (\`test/contract/cancellation.ts\`) and sources of
uploads (\`test/contract/upload-sources.ts\`). Disks that are full, folders that cannot be written to and
names of files are those of Node-RED (\`test/hosts/node-red/disk.test.ts\`,
\`test/node-red/runtime/files/files.test.ts\`).

This page is written by the tests: \`UPDATE_DOCS=1 npx jest test/contract/fault-matrix\`.
`;

/**
 * Compares the page with the rows that ran, or writes it where UPDATE_DOCS says so. Only what does
 * not depend on timing is compared.
 */
export function checkFaultTable(observed: Observed[], files: ObservedFile[]): void {
  if (process.env.UPDATE_DOCS === '1') {
    writeFileSync(PAGE, page(observed, files));
    execFileSync('npx', ['prettier', '--write', PAGE]);
  }
  const there = rowsOf(readFileSync(PAGE, 'utf8'));
  expect(there).toEqual(rowsOf(page(observed, files)));
}

function page(observed: Observed[], files: ObservedFile[]): string {
  const tables = OPERATION_NAMES.map((operation) => {
    const rows = observed.filter(({ row }) => row.operation === operation);
    const lines = rows.map(({ row, outcome }) => {
      const { requests } = row;
      const sent = typeof requests === 'number' ? `${requests}` : `at most ${requests.atMost}`;
      return `| ${cell(row.fault)} | ${sent} | ${cell(outcome)} |`;
    });
    return `## To ${operation}\n\n| fault | requests | outcome |\n| --- | --- | --- |\n${lines.join('\n')}\n`;
  });
  const lines = files.map(({ what, outcome }) => `| ${cell(what)} | 0 | ${cell(outcome)} |`);
  tables.push(
    `## To summarize a pcap file\n\nNo appliance takes part.\n\n| file | requests | outcome |\n| --- | --- | --- |\n${lines.join('\n')}\n`,
  );
  tables.push(connections(), cancelled(), sources());
  const faults = new Set([
    ...observed.map(({ row }) => row.fault),
    ...files.map((one) => one.what),
  ]);
  const rows = observed.length + files.length;
  return [INTRODUCTION, `${faults.size} faults, ${rows} rows.\n`, ...tables].join('\n');
}

function connections(): string {
  const lines = CONNECTION_ROWS.map(({ appliance, entered, outcome }) => {
    const ends = outcome === 'works' ? outcome : outcome.kind;
    return `| ${appliance} | ${entered} | ${ends} |`;
  });
  return `## To connect\n\n| appliance | entered as certificate | outcome |\n| --- | --- | --- |\n${lines.join('\n')}\n`;
}

function cancelled(): string {
  const lines = STAGES.map(({ name, operations }) => `| ${name} | ${operations.join(', ')} |`);
  return `## To cancel\n\nWithin a second, with nothing kept and nothing sent afterwards.\n\n| when | operations |\n| --- | --- |\n${lines.join('\n')}\n`;
}

function sources(): string {
  const lines = SOURCE_ROWS.map(({ what, kind }) => `| ${what} | ${kind} |`);
  return `## To upload a file that does not keep what it promised\n\n| the file | outcome |\n| --- | --- |\n${lines.join('\n')}\n`;
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** Fault, requests and the kind of the outcome. */
function rowsOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s-]+\|/.test(line))
    .map((line) => {
      const [, first, second, outcome = ''] = line.split('|').map((cell) => cell.trim());
      return [first, second, outcome.split(':')[0]].join(' | ');
    });
}
