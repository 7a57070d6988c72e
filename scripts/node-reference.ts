import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { definitions } from '../nodes/definitions';
import type { NodeDefinition } from '../nodes/definitions/definition';
import { needsAppliance } from '../nodes/definitions/start-run';
import type { Field } from '../nodes/definitions/field';

/**
 * Writes the reference of the nodes into the README, from the definitions, so that it cannot drift:
 * `npm run docs`. With `--print` it only prints what the README should be; a test compares that.
 */
const README = join(__dirname, '..', 'README.md');
const BEGIN = '<!-- begin: node reference, written by npm run docs -->';
const END = '<!-- end: node reference -->';

/** The README's text with the reference made anew. */
async function withNodeReference(readme: string): Promise<string> {
  const [before, rest] = split(readme, BEGIN);
  const [, after] = split(rest, END);
  const reference = definitions.map(section).join('\n\n');
  const text = `${before}${BEGIN}\n\n${reference}\n\n${END}${after}`;
  return format(text, { parser: 'markdown', printWidth: 100, singleQuote: true });
}

function split(text: string, marker: string): [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`The README has lost its marker ${marker}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}

function section(definition: NodeDefinition): string {
  const { label, group, description, details, permission, warning, sampleOutput } = definition;
  return [
    `### ${label}`,
    `*${group}.* ${description}.`,
    ...(warning ? [`> **Careful:** ${warning}`] : []),
    ...details,
    needsAppliance(definition)
      ? `Permission on the appliance: ${permission}.`
      : 'Needs no appliance, and no credential in n8n.',
    fieldTable(definition.fields),
    '<details><summary>Sample output</summary>',
    '```json\n' + JSON.stringify(sampleOutput, null, 2) + '\n```',
    '</details>',
  ].join('\n\n');
}

function fieldTable(fields: readonly Field[]): string {
  const rows = fields.map((field) => [
    `${field.label}${field.advanced ? ' †' : ''}`,
    `\`${field.name}\``,
    defaultOf(field),
    describe(field),
  ]);
  const header = ['Field', 'Name', 'Default', 'Description'];
  return [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`)
    .join('\n');
}

function defaultOf(field: Field): string {
  const value = field.default;
  if (field.type === 'list' || value === '' || value === null)
    return field.required ? 'required' : '';
  const unit = field.type === 'number' && field.unit ? ` ${field.unit}` : '';
  return field.type === 'options' ? labelOf(field, String(value)) : `${String(value)}${unit}`;
}

function labelOf(field: Extract<Field, { type: 'options' }>, value: string): string {
  return field.options.find((option) => option.value === value)?.label ?? value;
}

function describe(field: Field): string {
  const parts = [`${field.description}.`];
  if (field.type === 'options') {
    parts.push(
      `One of ${field.options.map(({ label, value }) => `${label} (\`${value}\`)`).join(', ')}.`,
    );
  }
  if (field.type === 'list') {
    parts.push(
      `Columns: ${field.columns.map(({ label, name }) => `${label} (\`${name}\`)`).join(', ')}.`,
    );
  }
  if (field.messageProperty) parts.push(`Node-RED: \`msg.${field.messageProperty}\` when blank.`);
  return parts.join(' ');
}

async function main(): Promise<void> {
  const text = await withNodeReference(readFileSync(README, 'utf8'));
  if (process.argv.includes('--print')) process.stdout.write(text);
  else writeFileSync(README, text);
}

void main();
