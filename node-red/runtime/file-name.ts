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
    // eslint-disable-next-line no-control-regex -- control characters are what is taken out
    .replace(/[/\\:*?"<>|\u0000-\u001f\u007f]+/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(replaced)) return `_${replaced}`;
  return shorten(replaced);
}

function shorten(name: string): string {
  if (Buffer.byteLength(name) <= MAX_LENGTH) return name;
  const extension = extensionOf(name);
  let stem = name.slice(0, name.length - extensionOf(name).length);
  while (Buffer.byteLength(stem + extension) > MAX_LENGTH) stem = stem.slice(0, -1);
  return stem + extension;
}

/** `name.pcap` with 2 becomes `name_2.pcap`. */
export function numberedName(name: string, number: number): string {
  const extension = extensionOf(name);
  return `${name.slice(0, name.length - extension.length)}_${number}${extension}`;
}
