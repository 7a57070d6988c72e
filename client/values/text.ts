/** Texts, many of which come from outside. */

/**
 * Without any of `characters` at its beginning, in linear time. A pattern such as `/x+$/` looks for its
 * end from every `x` anew, so that a long text of them holds up the process.
 */
export function trimStart(text: string, characters: string): string {
  let start = 0;
  while (start < text.length && characters.includes(text[start])) start++;
  return text.slice(start);
}

/** Without any of `characters` at its end, in linear time as well. */
export function trimEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1])) end--;
  return text.slice(0, end);
}

/**
 * A value of an answer or a message as text. JSON may hold an object with a `toString` of its own,
 * of which `String` makes an error.
 */
export function asText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** A name or a text from the network within a line: no line break, no control character, not long. */
export function oneLine(text: string, maxLength = 200): string {
  const line = text
    .slice(0, 4 * maxLength)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}

export function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
