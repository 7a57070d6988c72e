import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STAGES } from '../connection/cancellation';
import { CAPTURE_FILES } from './capture-files';
import { CONNECTION_ROWS } from '../connection/connection-matrix';
import { RAW_ANSWERS } from '../connection/raw-answers';
import { kindOf } from './fault-row';
import { FAULT_ROWS } from './fault-rows';
import { OPERATION_NAMES } from '../support/operations';
import { SOURCE_ROWS } from '../upload/upload-sources';

const PAGE = join(__dirname, '../../../docs/fault-matrix.md');

/** One fault with one operation, and the kind of its outcome. */
interface Case {
  group: string;
  fault: string;
  outcome: string;
}

/** Groups of faults that are put on a request, by the fault's name; the first match counts. */
const GROUPS: Array<[group: string, fault: RegExp]> = [
  ['HTTP error status, 400 to 504', /^\d{3}( as an HTML page)?$/],
  ['429 or 503 with Retry-After', /Retry-After/],
  ['Connection reset, or no response', /connection is reset|no answer ever begins/],
  ['Redirect', /redirect/],
  ['Response of more than it should be: 250 MB in a small gzip, endless pages', /250 MB|endless/],
  ['Body cut, stalled, slow, or of the wrong length', /cut|half of|stall|trickle|Content-Length/],
  ['Response of another kind than requested', /HTML|JSON|ZIP|text|noise|empty body|error with/],
  ['Unusual, damaged or unknown pcap format', /pcap|packet|record|magic|zeros|gzip|nanoseconds/],
];

function cases(): Case[] {
  const groupOf = (fault: string) =>
    GROUPS.find(([, pattern]) => pattern.test(fault))?.[0] ??
    'Odd but valid responses, background jobs, moving lists';
  return [
    ...FAULT_ROWS.map(({ fault, outcome }) => ({
      group: groupOf(fault),
      fault,
      outcome: kindOf(outcome),
    })),
    ...CONNECTION_ROWS.map(({ appliance, entered, outcome }) => ({
      group:
        appliance in RAW_ANSWERS
          ? 'Unusual or malformed HTTP, another protocol, a proxy that asks for a login'
          : 'Certificate, host name, port',
      fault: `${appliance}, ${entered}`,
      outcome: kindOf(outcome),
    })),
    ...STAGES.flatMap(({ name, operations }) =>
      operations.map(() => ({ group: 'Cancelled by a person', fault: name, outcome: 'cancelled' })),
    ),
    ...SOURCE_ROWS.map(({ what, kind }) => ({
      group: 'File for an upload that fails or changes while it is read',
      fault: what,
      outcome: kind,
    })),
    ...CAPTURE_FILES.map(({ what, is }) => ({
      group: 'File for _Pcap Summary_',
      fault: what,
      outcome: is.whole ? 'works' : 'fault' in is ? 'reported in the result' : 'input',
    })),
  ];
}

/** Compares the page with the rows of the tests, or writes it where UPDATE_DOCS says so. */
export function checkFaultPage(): void {
  if (process.env.UPDATE_DOCS === '1') {
    writeFileSync(PAGE, page());
    execFileSync('npx', ['prettier', '--write', PAGE]);
  }
  expect(linesOf(readFileSync(PAGE, 'utf8'))).toEqual(linesOf(page()));
}

function page(): string {
  const all = cases();
  const groups = [...new Set(all.map(({ group }) => group))];
  const rows = groups.map((group) => {
    const here = all.filter((one) => one.group === group);
    const faults = new Set(here.map(({ fault }) => fault)).size;
    return `| ${group} | ${faults} | ${here.length} | ${countedOutcomes(here)} |`;
  });
  return `# What happens when something goes wrong

The tests put faults on the simulated appliance, on its network, and on files, and combine them with
the ${OPERATION_NAMES.length} operations that can meet them: ${all.length} cases. Each runs over real HTTPS through both
hosts' HTTP clients: axios (Node-RED) and n8n's own request helper. Every case checks

- what you get: the result, or an error of the right [kind](errors.md) that says what to do next,
- how often the request was sent: reads up to four times, what changes something once,
- that neither the message nor anything behind it holds a secret,
- that no incomplete file was kept under its final name,
- that no connection, response or timer is left open.

| Kind of fault | Faults | Cases | What you get |
| --- | --- | --- | --- |
${rows.join('\n')}

"works" means: the complete, correct result, after a retry where one was needed. A capture is compared
packet by packet with what the simulator holds.

The cases of captures also run inside a real Node-RED and a real n8n. Full disks, folders without write
permission and file names are tested in Node-RED (\`test/hosts/node-red/host/disk.host-test.ts\`,
\`test/node-red/runtime/files/files.test.ts\`).

To see each case with its outcome: \`npx jest --verbose test/contract/faults\`. The same command
with \`UPDATE_DOCS=1\` in front writes this page.
`;
}

function countedOutcomes(here: Case[]): string {
  const counts = new Map<string, number>();
  for (const { outcome } of here) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, count]) => `${/ |works/.test(outcome) ? outcome : `\`${outcome}\``} ${count}`)
    .join(', ');
}

/** Without the spaces by which Prettier makes columns even. */
const linesOf = (text: string) =>
  text.split('\n').map((line) => line.replace(/ +/g, ' ').replace(/-{3,}/g, '---'));
