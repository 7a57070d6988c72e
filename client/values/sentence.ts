/**
 * Texts that a person reads while a node runs: errors and warnings. Each is an English template with
 * its values, so that a host can show it in another language; n8n, logs and JSON have the English.
 */

/** How a language shows a sentence. */
export interface Language {
  /** The template in this language; as it is where there is none. */
  text(english: string): string;
  number(value: number): string;
}

export const ENGLISH: Language = {
  text: (english) => english,
  number: String,
};

/** What may stand in a sentence. A text stays as it is: a name, an address, a path. */
export type SentenceValue = string | number | Sentence;

/**
 * A text in English, as which it counts wherever a text is made of it (also in JSON), that knows how
 * it is made.
 */
export class Sentence extends String {
  /**
   * @param template with `{1}`, `{2}` … for its values, and `[one|more]` for what differs by the last
   *   number before it. A translation has forms of its own
   */
  constructor(
    readonly template: string,
    readonly values: readonly SentenceValue[] = [],
  ) {
    super(fill(template, values, ENGLISH));
  }

  in(language: Language): string {
    return fill(language.text(this.template), this.values, language);
  }

  /** As a part of another sentence. */
  withoutStop(): Sentence {
    return new Clause(this);
  }
}

/** A sentence without the stop at its end, in every language. */
class Clause extends Sentence {
  constructor(private readonly whole: Sentence) {
    super(String(whole).replace(/\.$/, ''));
  }

  override in(language: Language): string {
    return this.whole.in(language).replace(/\.$/, '');
  }
}

/**
 * The tag of every error and warning. The templates are found in the sources, so it takes whole
 * sentences: one glued from fragments cannot be translated. What differs by a number stands behind it
 * in both forms: `${count} [packet was|packets were] lost`.
 */
export function say(parts: TemplateStringsArray, ...values: readonly SentenceValue[]): Sentence {
  const template = parts.reduce((text, part, index) => `${text}{${index}}${part}`);
  return new Sentence(template, values);
}

/** A text that is the same in all languages, such as what the appliance or the system has said. */
export function verbatim(text: string): Sentence {
  return new Sentence('{1}', [text]);
}

/** A label, an option or a description of a form, whose translation the form has. */
export function formText(text: string): Sentence {
  return new Sentence(text);
}

/** A value in the quotation marks of the language. */
export function quoted(text: string): Sentence {
  return say`"${text}"`;
}

/** Sentences one after the other; what is left out leaves no gap. */
export function sentences(...all: ReadonlyArray<Sentence | undefined>): Sentence {
  return joined(' ', all);
}

/** The same for the elements of a list. */
export function listed(all: readonly SentenceValue[], separator = ', '): Sentence {
  return joined(separator, all);
}

function joined(separator: string, all: ReadonlyArray<SentenceValue | undefined>): Sentence {
  const values = all.filter((value) => value !== undefined && String(value) !== '');
  const template = values.map((_, index) => `{${index + 1}}`).join(separator);
  return new Sentence(template, values as SentenceValue[]);
}

/** In one pass: a value that looks like a hole is none. A text without values is as it is. */
function fill(template: string, values: readonly SentenceValue[], language: Language): string {
  if (values.length === 0) return template;
  let count: SentenceValue | undefined;
  return template.replace(
    /\{(\d+)\}|\[([^[\]|]*)\|([^[\]|]*)\]/g,
    (hole: string, at: string | undefined, one: string, more: string) => {
      if (at === undefined) return count === 1 ? one : more;
      const value = values[Number(at) - 1];
      if (typeof value === 'number') count = value;
      return value === undefined ? hole : textOf(value, language);
    },
  );
}

/** Longer values are cut: what came from outside must not fill logs and messages. */
const MAX_VALUE_LENGTH = 1000;

function textOf(value: SentenceValue, language: Language): string {
  if (typeof value === 'string') {
    return value.length > MAX_VALUE_LENGTH ? `${value.slice(0, MAX_VALUE_LENGTH)}…` : value;
  }
  return typeof value === 'number' ? language.number(value) : value.in(language);
}

/** Deeper than any sentence of a result; below is data of the appliance. */
const MAX_DEPTH = 7;

/** Plain data with its sentences as texts of a language. What has none is passed as it is. */
export function withTexts<T>(data: T, language: Language): T {
  return replaced(data, language, 0) as T;
}

/** Results may be large, so that only what changes is copied. */
function replaced(data: unknown, language: Language, depth: number): unknown {
  if (data instanceof Sentence) return data.in(language);
  if (depth > MAX_DEPTH || !isPlain(data)) return data;
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(data)) {
    const text = replaced(data[name], language, depth + 1);
    if (text === data[name]) continue;
    copy ??= (Array.isArray(data) ? [...(data as unknown[])] : { ...data }) as typeof data;
    copy[name] = text;
  }
  return copy ?? data;
}

function isPlain(data: unknown): data is Record<string, unknown> {
  if (typeof data !== 'object' || data === null) return false;
  return Array.isArray(data) || Object.getPrototypeOf(data) === Object.prototype;
}
