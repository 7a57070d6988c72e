/** Shorter than what `path.extname` takes for one: a dot within a sentence begins no extension. */
function extensionOf(name: string): string {
  return /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? '';
}

/** File systems allow 255 bytes; some room is left for a number and the temporary name. */
const MAX_LENGTH = 200;

/**
 * Makes one name within a folder out of what a person or a message said: no separators, no device
 * names, nothing hidden, nothing that leads out of the folder.
 *
 * @param fallback used when nothing is left; gives the extension when the wanted name has none
 */
export function safeFileName(wanted: string, fallback: string): string {
  const cleaned = clean(wanted);
  if (cleaned === '') return clean(fallback) || 'file';
  const extension = extensionOf(cleaned) === '' ? extensionOf(clean(fallback)) : '';
  return cleaned + extension;
}

function clean(name: string): string {
  const replaced = name
    .normalize('NFC')
    // Control and format characters, such as those that turn the direction of text and so show
    // another extension; lone surrogates; line ends; and what only looks like a separator.
    .replace(/[/\\:*?"<>|\p{C}\p{Zl}\p{Zp}\u2044\u2215\uff0f\uff3c\uff1a]+/gu, '_')
    .replace(/^[.\s]+/, '');
  const isReserved = /^(con|prn|aux|nul|(com|lpt)[\d¹²³])\s*(\.|$)/i.test(replaced);
  return trimEnd(shorten(trimEnd(isReserved ? `_${replaced}` : replaced)));
}

/** Windows drops blanks and dots there. */
function trimEnd(name: string): string {
  return name.replace(/[.\s]+$/, '');
}

function shorten(name: string): string {
  const extension = extensionOf(name);
  let bytes = 0;
  let end = 0;
  // By characters: half of one would become another name on the disk.
  for (const character of name.slice(0, name.length - extension.length)) {
    bytes += Buffer.byteLength(character);
    if (bytes + extension.length > MAX_LENGTH) break;
    end += character.length;
  }
  return name.slice(0, end) + extension;
}

/** `name.pcap` with 2 becomes `name_2.pcap`. */
export function numberedName(name: string, number: number): string {
  const extension = extensionOf(name);
  return `${name.slice(0, name.length - extension.length)}_${number}${extension}`;
}
