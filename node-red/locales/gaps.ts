import { localeFiles } from '../editor/generate';
import { readGerman, type Dictionary } from './text';

export interface Gaps {
  /** English texts that the dictionary lacks, or has without a translation. */
  missing: string[];
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
    missing: [...used].filter((text) => !dictionary.get(text)),
    stale: [...dictionary.keys()].filter((text) => !used.has(text)),
  };
}

/** What is to do for German. */
export function germanGaps(): Gaps {
  return gapsOf(readGerman());
}
