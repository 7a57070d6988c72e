import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../..');
/** Whatever Node-RED may show while it runs. */
const FOLDERS = ['client', 'nodes/definitions', 'node-red/runtime', 'node-red/transport'];

/** An error or a warning, or a part of one, as it stands in the sources. */
export interface SourceSentence {
  /** With `{1}`, `{2}` … for its values: the key of its translations. */
  template: string;
  /** From the root of the tree, e.g. `client/http/body.ts:240`. */
  at: string;
  /** English words among its values, which no language can replace. */
  fragments: string[];
}

let found: SourceSentence[] | undefined;

/** Every text that {@link say} is the tag of. Reads the sources once. */
export function sourceSentences(): readonly SourceSentence[] {
  found ??= FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .flatMap((name) => sentencesIn(join(ROOT, folder, name))),
  );
  return found;
}

function sentencesIn(path: string): SourceSentence[] {
  return sentencesOf(readFileSync(path, 'utf8'), relative(ROOT, path));
}

/** @param name of the file, for {@link SourceSentence.at} */
export function sentencesOf(source: string, name: string): SourceSentence[] {
  if (!source.includes('say`')) return [];
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const all: SourceSentence[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'say') {
      const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      const { template } = node;
      const spans = ts.isTemplateExpression(template) ? template.templateSpans : [];
      const head = ts.isTemplateExpression(template) ? template.head : template;
      all.push({
        template: head.text + spans.map(({ literal }, at) => `{${at + 1}}${literal.text}`).join(''),
        at: `${name}:${line}`,
        fragments: spans.flatMap(({ expression }) => fragmentsOf(expression)),
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return all;
}

/** What a value is chosen or glued from; arguments of functions are no words of the sentence. */
function fragmentsOf(value: ts.Expression): string[] {
  if (ts.isStringLiteral(value)) return /\p{L}/u.test(value.text) ? [value.text] : [];
  if (ts.isTemplateExpression(value)) return [value.getText()];
  if (ts.isConditionalExpression(value)) {
    return [value.whenTrue, value.whenFalse].flatMap(fragmentsOf);
  }
  if (ts.isBinaryExpression(value)) return [value.left, value.right].flatMap(fragmentsOf);
  return ts.isParenthesizedExpression(value) ? fragmentsOf(value.expression) : [];
}
