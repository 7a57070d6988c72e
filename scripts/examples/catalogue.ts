import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What the numbered examples are about, in the order of their numbers; the index is made of it. */
export interface Entry {
  /** Name of the file in both folders, without its ending. */
  name: string;
  what: string;
  /** What goes in, and what comes out. */
  inputs: string;
  outputs: string;
}

export const CATALOGUE: Entry[] = [
  {
    name: '01-alert-to-pcap',
    what: 'An alert brings the packets around it along, if they are not too many',
    inputs: 'Suricata EVE, Zabbix, PRTG, or any JSON over HTTP',
    outputs: 'Slack, mail with the pcap',
  },
  {
    name: '02-evidence-pack',
    what: 'A new incident of the appliance: freeze, capture, store with hashes, open a ticket',
    inputs: 'Incidents Trigger (experimental)',
    outputs: 'S3 (n8n) or HTTP PUT (Node-RED), mail, Slack',
  },
  {
    name: '03-preserve-the-buffer',
    what: 'The ring buffer stands still for some minutes, with a reminder, and records again by itself',
    inputs: 'Form',
    outputs: 'Slack',
  },
  {
    name: '04-which-device',
    what: 'Which device saw an address? Captures on each that did',
    inputs: 'JSON over HTTP',
    outputs: 'Slack, pcaps',
  },
  {
    name: '05-live-capture',
    what: 'A live capture for whoever needs one, within limits',
    inputs: 'Form',
    outputs: 'pcap in the browser',
  },
  {
    name: '06-upload-and-analyse',
    what: 'A pcap goes in, a report comes back: hosts, protocols, conversations',
    inputs: 'Form (n8n), folder (Node-RED)',
    outputs: 'Mail',
  },
  {
    name: '07-worst-call',
    what: 'The RTP connection with the most loss, and all of its packets',
    inputs: 'Every hour',
    outputs: 'Mail with the pcap',
  },
  {
    name: '08-daily-digest',
    what: 'Top talkers beside those of the day before, as chart, table and CSV',
    inputs: 'Every morning',
    outputs: 'Mail',
  },
  {
    name: '09-threshold-watch',
    what: 'Over a limit three times in a row: one alert an hour and address, with its packets',
    inputs: 'Threshold Trigger',
    outputs: 'Slack, mail with the pcap',
  },
  {
    name: '10-port-inventory',
    what: 'Server ports that are new or gone since last week',
    inputs: 'Every week',
    outputs: 'Slack, mail with CSV',
  },
  {
    name: '11-buffer-health',
    what: 'Does the buffer record, how far back does it reach, is the appliance well?',
    inputs: 'Every hour',
    outputs: 'Slack, only if something is wrong',
  },
  {
    name: '12-ai-triage',
    what: 'A language model has a first look at an alert, with read-only tools and limits',
    inputs: 'Suricata EVE, or any JSON over HTTP',
    outputs: 'Slack',
  },
];

const ROOT = resolve(__dirname, '../..');

/** The other examples of a host, with what they say of themselves. */
function firstSteps(host: 'n8n' | 'node-red'): Array<{ name: string; what: string }> {
  const folder = join(ROOT, 'examples', host);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, ''))
    .filter((name) => !CATALOGUE.some((entry) => entry.name === name))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, `${name}.json`), 'utf8');
      return { name, what: host === 'n8n' ? ofWorkflow(text) : ofFlow(text) };
    });
}

/** The first sentence below the heading of the note. */
function ofWorkflow(text: string): string {
  const { nodes } = JSON.parse(text) as { nodes: Array<{ parameters: { content?: string } }> };
  const note = nodes.map(({ parameters }) => parameters.content).find(Boolean) ?? '';
  return firstSentence(note.split('\n')[1] ?? '');
}

/** The first sentence of the tab's description. */
function ofFlow(text: string): string {
  const nodes = JSON.parse(text) as Array<{ type: string; info?: string }>;
  return firstSentence(nodes.find(({ type }) => type === 'tab')?.info ?? '');
}

function firstSentence(text: string): string {
  return text.split(/(?<=\.) (?=[A-Z`])|: `/)[0]!.replace(/[.:]$/, '');
}

const link = (host: string, name: string) =>
  `[${host === 'n8n' ? 'n8n' : 'Node-RED'}](${host}/${name}.json)`;

/** Taken by `npm run screenshots:n8n`. */
const picture = (name: string) => `[picture](../docs/screenshots/n8n-example-${name}.png)`;

/** examples/README.md */
export function indexPage(): string {
  return [
    '# Examples',
    '',
    'Each of the twelve is there for both hosts. In n8n, import a file into an empty workflow; in Node-RED, choose _Import → Examples → @allegro-multimeter/node-red_. A note in each says what to fill in before the first run, and what the login at the appliance has to be allowed. Each has a branch that tells a person what failed.',
    '',
    '| No. | What it does | Begins with | Ends in | |',
    '| --- | --- | --- | --- | --- |',
    ...CATALOGUE.map(
      ({ name, what, inputs, outputs }) =>
        `| ${name.slice(0, 2)} | ${what} | ${inputs} | ${outputs} | ${link('n8n', name)} (${picture(name)}), ${link('node-red', name)} |`,
    ),
    '',
    'They use the nodes that come with n8n or Node-RED, and ours. In Node-RED, mail needs the package node-red-node-email as well; from Node-RED 4.1 on, the editor offers to install it when such a flow is imported.',
    '',
    'All of them run in our tests as they are here: in a real n8n and a real Node-RED, against the simulated appliance, with a mail server, a chat, an object store and a language model on the loopback that check what they receive. They are generated: change `scripts/examples/` and run `npm run examples`.',
    '',
    '## First steps',
    '',
    'Smaller ones, without anything around them:',
    '',
    '| Host | Example | |',
    '| --- | --- | --- |',
    ...(['n8n', 'node-red'] as const).flatMap((host) =>
      firstSteps(host).map(
        ({ name, what }) =>
          `| ${host === 'n8n' ? 'n8n' : 'Node-RED'} | [${name}](${host}/${name}.json) | ${what} |`,
      ),
    ),
    '',
  ].join('\n');
}
