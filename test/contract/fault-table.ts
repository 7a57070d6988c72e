import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultRow } from './fault-row';
import { OPERATION_NAMES } from './operations';

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
check what comes out, how often the request was sent, that the message holds no secret, that nothing
was kept that only looks whole, and that the connection was let go.

This page is written by the tests: \`UPDATE_DOCS=1 npx jest test/contract/fault-matrix\`.
`;

/**
 * Compares the page with the rows that ran, or writes it where UPDATE_DOCS says so. Only what does
 * not depend on timing is compared.
 */
export function checkFaultTable(observed: Observed[]): void {
  if (process.env.UPDATE_DOCS === '1') {
    writeFileSync(PAGE, page(observed));
    execFileSync('npx', ['prettier', '--write', PAGE]);
  }
  const there = rowsOf(readFileSync(PAGE, 'utf8'));
  expect(there).toEqual(rowsOf(page(observed)));
}

function page(observed: Observed[]): string {
  const tables = OPERATION_NAMES.map((operation) => {
    const rows = observed.filter(({ row }) => row.operation === operation);
    const lines = rows.map(({ row, outcome }) => {
      const { requests } = row;
      const sent = typeof requests === 'number' ? `${requests}` : `at most ${requests.atMost}`;
      return `| ${row.fault} | ${sent} | ${outcome.replaceAll('|', '\\|').replaceAll('<', '&lt;')} |`;
    });
    return `## To ${operation}\n\n| fault | requests | outcome |\n| --- | --- | --- |\n${lines.join('\n')}\n`;
  });
  return [INTRODUCTION, `${observed.length} rows.\n`, ...tables].join('\n');
}

/** Fault, requests and the kind of the outcome. */
function rowsOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s-]+\|/.test(line))
    .map((line) => {
      const [, fault, requests, outcome] = line.split('|').map((cell) => cell.trim());
      return [fault, requests, outcome.split(':')[0]].join(' | ');
    });
}
