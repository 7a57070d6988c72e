/** Text as it stands between tags and in attributes. */
export function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

/** A value as a literal within a script: nothing in it can end the script. */
export function scriptLiteral(value: unknown, indent = 0): string {
  const json = JSON.stringify(value, null, indent || undefined);
  return json
    .replace(/</g, '\\u003c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}

/** Text in which names of message properties, error codes and variables stand out. */
export function withCode(text: string): string {
  return escapeHtml(text).replace(
    /\bmsg\.[a-zA-Z]+(?:\.[a-zA-Z]+)*|\bALLEGRO_[A-Z_]+|\$\{NAME\}/g,
    '<code>$&</code>',
  );
}

/** Sets lines off to the right. */
export function indent(text: string, width: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(width));
}

/** A sentence: capital first letter, final stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const full = /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
  return full.charAt(0).toUpperCase() + full.slice(1);
}
