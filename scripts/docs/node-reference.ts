import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { definitions } from '../../nodes/definitions';
import { triggers } from '../../nodes/definitions/triggers';
import { table } from './field-table';
import { nodePage, pageName } from './node-page';
import { sharedPages } from './shared-pages';
import { triggerPage } from './trigger-page';

/**
 * Writes a page about each node into docs/nodes, the pages about what they share, and their index into
 * the README, from the definitions, so that neither can drift: `npm run docs`. With `--print` it only prints what the
 * files should hold, as a JSON object by path; a test compares that.
 */
const ROOT = join(__dirname, '../..');
const README = 'README.md';
const FOLDER = 'docs/nodes';
const BEGIN = '<!-- begin: node reference, written by npm run docs -->';
/** Below the index: what the pages of the nodes refer to. */
const COMMON =
  'For all nodes: [time ranges](docs/time-ranges.md), [devices and slots](docs/devices.md), [capture filters](docs/capture-filters.md), [errors](docs/errors.md), [triggers](docs/triggers.md), [fields in Node-RED](docs/node-red.md). For Pcap Summary: [rules and accuracy](docs/pcap-summary.md).';
const END = '<!-- end: node reference -->';

/** The README's text with the index made anew. */
async function withIndex(readme: string): Promise<string> {
  const [before, rest] = split(readme, BEGIN);
  const [, after] = split(rest, END);
  const started = triggers.map((trigger) => [
    `[${trigger.label}](${FOLDER}/${pageName(trigger)}.md)`,
    trigger.isExperimental ? 'Trigger, experimental' : 'Trigger',
    `${trigger.description}.`,
  ]);
  const rows = definitions.map((definition) => [
    `[${definition.label}](${FOLDER}/${pageName(definition)}.md)`,
    definition.group,
    `${definition.description}.`,
  ]);
  return asMarkdown(
    `${before}${BEGIN}\n\n${table(['Node', 'Resource', ''], [...started, ...rows])}\n\n${COMMON}\n\n${END}${after}`,
  );
}

function split(text: string, marker: string): [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`The README has lost its marker ${marker}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}

function asMarkdown(text: string): Promise<string> {
  return format(text, { parser: 'markdown', printWidth: 100, singleQuote: true });
}

/** Every file that is written, by its path within the tree. */
async function files(): Promise<Record<string, string>> {
  const texts: Record<string, string> = {
    [README]: await withIndex(readFileSync(join(ROOT, README), 'utf8')),
  };
  for (const definition of definitions) {
    const path = `${FOLDER}/${pageName(definition)}.md`;
    texts[path] = await asMarkdown(nodePage(definition));
  }
  for (const trigger of triggers) {
    texts[`${FOLDER}/${pageName(trigger)}.md`] = await asMarkdown(triggerPage(trigger));
  }
  for (const [path, text] of Object.entries(sharedPages())) texts[path] = await asMarkdown(text);
  return texts;
}

async function main(): Promise<void> {
  const texts = await files();
  if (process.argv.includes('--print')) {
    process.stdout.write(JSON.stringify(texts));
    return;
  }
  mkdirSync(join(ROOT, FOLDER), { recursive: true });
  // Pages of nodes that are no more.
  for (const name of readdirSync(join(ROOT, FOLDER))) {
    if (!(`${FOLDER}/${name}` in texts)) rmSync(join(ROOT, FOLDER, name));
  }
  for (const [path, text] of Object.entries(texts)) writeFileSync(join(ROOT, path), text);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
