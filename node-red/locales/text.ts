import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Gives a text of the definitions, the forms or the help in a language. Names in double underscores
 * are replaced by the values, as in Node-RED's own catalogues.
 */
export type Text = (english: string, values?: Readonly<Record<string, string>>) => string;

/** English to another language. */
export type Dictionary = ReadonlyMap<string, string>;

/** The texts as they are. */
export const english: Text = (text, values) => fill(text, values);

/** Texts in another language; what the dictionary lacks, or has a blank for, stays English. */
export function translated(dictionary: Dictionary): Text {
  return (text, values) => fill(dictionary.get(text) || text, values);
}

/**
 * Reads the German texts: the JSON files below `de/`, each a plain list of English texts with their German ones. A
 * text that several nodes share stands there once.
 *
 * @throws Error when two files have the same text
 */
export function readGerman(): Dictionary {
  const folder = join(__dirname, 'de');
  const dictionary = new Map<string, string>();
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((one) => one.endsWith('.json')).sort()) {
    const texts = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, string>;
    for (const [text, german] of Object.entries(texts)) {
      if (dictionary.has(text)) throw new Error(`${name}: "${text}" is in another file as well.`);
      dictionary.set(text, german);
    }
  }
  return dictionary;
}

function fill(text: string, values: Readonly<Record<string, string>> = {}): string {
  return text.replace(
    /__([a-zA-Z]+)__/g,
    (placeholder, name: string) => values[name] ?? placeholder,
  );
}
