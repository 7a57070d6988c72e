import { eachText, localeFiles } from '../editor/generate';
import { paletteDefinitions } from '../runtime/nodes/palette-definitions';
import { readGerman, type Dictionary } from './text';

export interface Gaps {
  /** English texts that the dictionary lacks. */
  missing: string[];
  /** Entries that wait for their translation: until then the editor shows the English text. */
  blank: string[];
  /** Entries of the dictionary that no node uses. */
  stale: string[];
}

/** Compares a dictionary with all that the editor shows. */
export function gapsOf(dictionary: Dictionary): Gaps {
  const used = new Set<string>();
  localeFiles('any', (text) => {
    used.add(text);
    return text;
  });
  return {
    missing: [...used].filter((text) => !dictionary.has(text)),
    blank: [...used].filter((text) => dictionary.get(text) === ''),
    stale: [...dictionary.keys()].filter((text) => !used.has(text)),
  };
}

/** What is to do for German. */
export function germanGaps(): Gaps {
  return gapsOf(readGerman());
}

/** The name of the node that alone shows a text; blank if several do, or the config node. */
export function nodeOf(text: string): string {
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
