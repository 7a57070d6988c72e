import { reasonOf } from '../../../client';
import type { Language, Sentence } from '../../../client/values/sentence';
import { readGerman, type Dictionary } from '../../locales/text';
import type { LocalText, RuntimeApi } from '../runtime-api';

/** A key of every catalogue; its translation is the number format of the language. */
export const NUMBER_FORMAT = 'en-US';

/** The language of a Node-RED: the setting `lang`, or that of the environment. */
export interface RuntimeLanguage extends Language {
  show(sentence: Sentence): LocalText;
  /** What a failure says. */
  reason(thrown: unknown): LocalText;
}

/** Read at its first use: the browser has catalogues of its own, without errors and warnings. */
let german: Dictionary | undefined;

/** Errors and warnings in the language of the runtime; what has no translation stays English. */
export function languageOf(RED: Pick<RuntimeApi, '_'>): RuntimeLanguage {
  const format = RED._(NUMBER_FORMAT);
  const dictionary = format.startsWith('de') ? (german ??= readGerman()) : undefined;
  const language: Language = {
    text: (english) => dictionary?.get(english) || english,
    number: (value) => numberIn(dictionary ? format : NUMBER_FORMAT, value),
  };
  // eslint-disable-next-line no-restricted-syntax -- this is where they are made
  const show = (sentence: Sentence) => sentence.in(language) as LocalText;
  return { ...language, show, reason: (thrown) => show(reasonOf(thrown)) };
}

/** Without grouping: a number may be a port or an index. */
function numberIn(format: string, value: number): string {
  return value.toLocaleString(format, { useGrouping: false, maximumFractionDigits: 20 });
}
