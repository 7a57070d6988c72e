import { dirname } from 'node:path';
import { eachText, localeFiles } from '../editor/generate';
import { paletteDefinitions } from '../runtime/nodes/palette-definitions';
import { sourceSentences } from './sentences';
import { readGerman, type Dictionary } from './text';

export interface Gaps {
  /** English texts that the dictionary lacks. */
  missing: string[];
  /** Entries that wait for their translation: until then the editor shows the English text. */
  blank: string[];
  /** Entries of the dictionary that no node uses. */
  stale: string[];
}

/** Compares a dictionary with all that the editor shows, and what nodes say while they run. */
export function gapsOf(dictionary: Dictionary): Gaps {
  const used = new Set([...shownTexts(), ...sourceSentences().map(({ template }) => template)]);
  return {
    missing: [...used].filter((text) => !dictionary.has(text)),
    blank: [...used].filter((text) => dictionary.get(text) === ''),
    stale: [...dictionary.keys()].filter((text) => !used.has(text)),
  };
}

/** All that the editor shows. */
function shownTexts(): Set<string> {
  const shown = new Set<string>();
  localeFiles('any', (text) => {
    shown.add(text);
    return text;
  });
  return shown;
}

/** What is to do for German. */
export function germanGaps(): Gaps {
  return gapsOf(readGerman());
}

/** Where the German of a text belongs, without its extension. */
export function fileOf(text: string): string {
  const sentence = sourceSentences().find(({ template }) => template === text);
  const shownBy = nodeOf(text).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (!sentence || shownTexts().has(text)) return shownBy || 'general';
  // The folder of its source: `client/http/body.ts` is of the subject `http`.
  const folders = dirname(sentence.at).split('/');
  const [part, subject] = folders[0] === 'client' ? folders : folders.slice(1);
  return `run-time/${subject ?? part}`;
}

/** The name of the node that alone shows a text; blank if several do, or the config node. */
function nodeOf(text: string): string {
  const [first, ...others] = paletteDefinitions.filter((definition) => {
    let isShown = false;
    eachText(definition, (one) => {
      isShown ||= one === text;
      return one;
    });
    return isShown;
  });
  return first && others.length === 0 ? first.name : '';
}
