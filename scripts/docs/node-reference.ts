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
 * Writes a page about each node into docs/nodes with an index of them, their names into the README, and
 * the pages about what they share, from the definitions, so that none can drift: `npm run docs`. With
 * `--print` it only prints what the files should hold, as a JSON object by path; a test compares that.
 */
const ROOT = join(__dirname, '../..');
const README = 'README.md';
const FOLDER = 'docs/nodes';
const BEGIN = '<!-- begin: node reference, written by npm run docs -->';
const INDEX = `${FOLDER}/README.md`;
const GENERATED = '<!-- Written by npm run docs from nodes/definitions: do not edit. -->';
/** Below the index: what the pages of the nodes refer to. */
const COMMON =
  'For all nodes: [time ranges](../time-ranges.md), [devices and slots](../devices.md), [capture filters](../capture-filters.md), [errors](../errors.md), [triggers](../triggers.md), [fields in Node-RED](../node-red.md). For Pcap Summary: [rules and accuracy](../pcap-summary.md).';
const END = '<!-- end: node reference -->';

/** The README's text with the index made anew: names only. */
async function withIndex(readme: string): Promise<string> {
  const [before, rest] = split(readme, BEGIN);
  const [, after] = split(rest, END);
  const groups = [...new Set(indexed().map(({ group }) => group))].map((group) => [
    group,
    indexed()
      .filter((one) => one.group === group)
      .map(({ label, page }) => `[${label}](${FOLDER}/${page})`)
      .join(', '),
  ]);
  return asMarkdown(
    `${before}${BEGIN}\n\n${table(['Resource', 'Nodes'], groups)}\n\n${END}${after}`,
  );
}

/** The page that tells of each node what it does. */
function indexPage(): Promise<string> {
  const rows = indexed().map(({ label, page, group, note, description }) => [
    `[${label}](${page})`,
    `${group}${note}`,
    `${description}.`,
  ]);
  return asMarkdown(
    [GENERATED, '# Nodes', table(['Node', 'Resource', ''], rows), COMMON].join('\n\n'),
  );
}

/** Every node in the order of the index. */
function indexed() {
  const started = triggers.map((trigger) => ({
    ...trigger,
    group: 'Trigger',
    note: trigger.isExperimental ? ', experimental' : '',
  }));
  const others = definitions.map((definition) => ({ ...definition, note: '' }));
  return [...started, ...others].map(({ name, label, group, note, description }) => ({
    label,
    group,
    note,
    description,
    page: `${pageName({ name })}.md`,
  }));
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
    [INDEX]: await indexPage(),
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
