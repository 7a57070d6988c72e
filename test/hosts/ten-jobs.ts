import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TroubleKind } from '../../simulator';
import type { SlackMessage } from '../neighbours/chat';

const PAGE = join(__dirname, '../../docs/guides/ten-jobs.md');

/** What is wrong in the traffic of the examples, so that their messages have something to say. */
export const EXAMPLE_TROUBLE: TroubleKind[] = ['slow-server', 'beacon', 'bad-voice'];

/** What a person reads of a chat message, without the line that names the run. */
export function chatText({ text, blocks }: SlackMessage): string {
  const sections = blocks.filter(({ type }) => type === 'section');
  return [text, '', ...sections.map((section) => section.text?.text)].join('\n');
}

/** What a person reads of a mail in HTML: a row of a table is a line. */
export function htmlText(html: string): string {
  return html
    .replace(/\s+/g, ' ')
    .replace(/<\/t[dh]> ?(?=<t[dh])/g, ' | ')
    .replace(/(<br>|<\/(p|h\d|tr|table)>) ?/g, '\n')
    .replace(/<[^>]+>/g, '')
    .replace(/&#(x?[\da-f]+);/gi, (_, code) => String.fromCharCode(Number(`0${code}`)))
    .replace(/\n{2,}/g, '\n\n');
}

/**
 * Compares a message with the one that docs/guides/ten-jobs.md shows for a job; times, figures and
 * names are others in each run. UPDATE_DOCS=1 writes the message into the page instead.
 */
export function expectOnPage(job: string, message: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const start = `<!-- message: ${job} -->\n\n\`\`\`text\n`;
  const from = page.indexOf(start) + start.length;
  const to = page.indexOf('\n```', from);
  if (from < start.length) throw new Error(`${PAGE} has no place for "${job}".`);
  const said = message.replace(/\r\n/g, '\n').trim();
  if (process.env.UPDATE_DOCS) {
    writeFileSync(PAGE, page.slice(0, from) + said + page.slice(to));
    return;
  }
  expect(formOf(page.slice(from, to))).toBe(formOf(said));
}

/** In this order: what is replaced is not looked at again. */
const FORMS: Array<[RegExp, string]> = [
  // Whether a single conversation stands out is a matter of chance.
  [/^Worst: .*\n?/gm, ''],
  // What the traffic of an ordinary host is found to be, too.
  [/^(Neither network|Network|Server|Client|Cannot tell)\b.*$/gm, '<verdict>'],
  [/\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b/g, '<mac>'],
  [/\b[0-9a-f]{64}\b/g, '<sha256>'],
  [/\b(https?|s3):\/\/\S+/g, '<url>'],
  [/[\w.-]+\.(pcap|pcapng|csv)\b/g, '<file>'],
  [/(\d{4}-\d\d-\d\d[T ])?\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z)?/g, '<time>'],
  [/\b\d+\.\d+\.\d+\.\d+\b/g, '<ip>'],
  [/\b[\w-]+\.example(\.\w+)?\b/g, '<name>'],
  // The comma behind a number belongs to a list, which has another length in each run.
  [/\d+(,\d{3})*(\.\d+)?/g, '#'],
  [/# [kMG]?B\b/g, '# <bytes>'],
  [/# [kMG]?bit\/s/g, '# <rate>'],
  [/# (ms|s|min|h|days?)\b/g, '# <time>'],
  [/\b[A-Za-z]+ # %/g, '<protocol> # %'],
  // How many rows a table has.
  [/^([^|\n]+ \| [^\n]*\n)+/gm, '<table>\n'],
  [/#(, #)+/g, '#'],
  [/ +/g, ' '],
];

/** A message without what differs between two runs. */
function formOf(message: string): string {
  return FORMS.reduce((text, [what, mark]) => text.replace(what, mark), message).trim();
}
