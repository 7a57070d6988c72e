import type { ClientContext } from '../http/context';
import { trimEnd, trimStart } from '../values/text';

/**
 * Names of files that no file system, shell or archive minds. A name may carry what a person, an
 * appliance or a filter says; nothing of that may lead out of a folder or hide what the file is.
 */

/** File systems allow 255 bytes; the rest is for suffixes such as `.part` or a number. */
const MAX_BYTES = 200;
const MAX_PART_BYTES = 44;
/** Characters of an extension, without its dot. */
const MAX_EXTENSION = 10;
/** Characters that are looked at; more than any name keeps. */
const MAX_INPUT = 2000;
const FALLBACK = 'capture';

export interface CaptureFileNameParts {
  /** Default `allegro`. */
  prefix?: string;
  /** Host name or `mm-id`; a base URL is taken apart. */
  device?: string;
  /** The filter expression, of which a readable part goes in. */
  filter?: string;
  /** Whole microseconds since 1970-01-01 UTC. */
  startUs?: number;
  /** Likewise; not set where the end is open. */
  endUs?: number;
  /** See {@link fileId}. */
  id?: string;
  /** With or without its dot: what the file's first bytes say, e.g. `pcap`. */
  extension: string;
}

/**
 * Five random characters that tell apart the files of one appliance and time: of 200 files alike, two
 * have the same name once in 3000 cases.
 */
export function fileId(context: Pick<ClientContext, 'random'>): string {
  return Math.floor(context.random() * 36 ** 5)
    .toString(36)
    .padStart(5, '0');
}

/**
 * A name such as
 * `allegro_allegro-mm-1a2b_ip-10.1.2.3_20261123T155000Z-20261123T155200Z_k3f9q.pcap`: times in UTC to
 * the millisecond (`20261123T155000.727Z`; left out for whole seconds), then the id, which tells apart
 * what is closer. No blanks, at most 200 bytes with its extension. Parts that are not known are left
 * out.
 */
export function captureFileName({
  prefix = 'allegro',
  device = '',
  filter = '',
  startUs,
  endUs,
  id = '',
  extension,
}: CaptureFileNameParts): string {
  const times = [startUs, endUs].map(compactTime).filter(Boolean).join('-');
  const parts = [prefix, hostOf(device), readableFilter(filter)].map(shortPart);
  const stem = [...parts, times, id].filter(Boolean).join('_');
  return safeFileName(`${stem}.${trimStart(extension, '.')}`);
}

/**
 * Makes a safe name of whatever came in: one path element, in NFC, letters of any script kept. Blanks,
 * separators, control characters and what Windows forbids become hyphens; dots and hyphens at the
 * ends go; names that Windows reserves get a leading underscore; at most 200 bytes in UTF-8, of which
 * an extension survives. A safe name stays as it is. Never empty.
 *
 * @param fallback used when nothing is left; its extension is used where the name has none
 */
export function safeFileName(userInput: string, fallback = FALLBACK): string {
  const cleaned = cleanText(userInput) || cleanText(fallback) || FALLBACK;
  const [stem, own] = splitExtension(cleaned);
  const extension = own || splitExtension(cleanText(fallback))[1];
  const trimmed = trimEnds(stem);
  const name = isReserved(trimmed) ? `_${trimmed}` : trimmed;
  return trimEnds(cutBytes(name, MAX_BYTES - extension.length)) + extension;
}

/** Puts a suffix before the extension: `a.pcap` with `-x` is `a-x.pcap`. */
export function withSuffix(name: string, suffix: string): string {
  const [stem, extension] = splitExtension(name);
  return stem + suffix + extension;
}

/** Shorter than what `path.extname` takes for one: a dot within a sentence begins no extension. */
function splitExtension(name: string): [stem: string, extension: string] {
  const tail = name.slice(-1 - MAX_EXTENSION);
  const extension = /\.[A-Za-z0-9]+$/.exec(tail)?.[0] ?? '';
  const isStem = extension.length < name.length;
  return isStem ? [name.slice(0, name.length - extension.length), extension] : [name, ''];
}

function cleanText(text: string): string {
  const replaced = cutMiddle(text)
    .normalize('NFC')
    // Control and format characters, lone surrogates, blanks, and what looks like a separator.
    .replace(/[\p{C}\p{Z}\u2044\u2215\uff0f\uff3c\uff1a]+/gu, '-')
    // Of ASCII's signs: all but letters, digits and a few signs that no shell and no file system minds.
    .replace(/[!-~]/g, (sign) => (/[A-Za-z0-9._+@=,-]/.test(sign) ? sign : '-'))
    .replace(/-{2,}/g, '-')
    .replace(/\.{2,}/g, '.');
  return trimEnds(replaced);
}

/** Before any pattern sees it. The end stays, because the extension stands there. */
function cutMiddle(text: string): string {
  if (text.length <= MAX_INPUT) return text;
  return text.slice(0, MAX_INPUT - MAX_EXTENSION) + text.slice(-1 - MAX_EXTENSION);
}

/** A dot before hides a file, a hyphen before makes it an option, a dot behind vanishes on Windows. */
function trimEnds(text: string): string {
  return trimEnd(trimStart(text, '.-'), '.-');
}

function isReserved(stem: string): boolean {
  // Windows looks only at what stands before the first dot.
  return /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])$/i.test(stem.split('.')[0]);
}

function cutBytes(text: string, maxBytes: number): string {
  let bytes = 0;
  let out = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character, 'utf8');
    if (bytes > maxBytes) break;
    out += character;
  }
  return out;
}

function shortPart(text: string): string {
  return trimEnds(cutBytes(cleanText(text), MAX_PART_BYTES));
}

function hostOf(device: string): string {
  const [authority] = cutMiddle(device)
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^[^/@]*@/, '')
    .split(/[/?#]/);
  return authority;
}

/** `ip==10.1.2.3 and l4Protocol==TCP` reads well as `ip-10.1.2.3-and-l4Protocol-TCP`. */
function readableFilter(filter: string): string {
  return cutMiddle(filter).replace(/[=<>!~&|()"\s]+/g, '-');
}

function compactTime(us: number | undefined): string {
  if (us === undefined || !Number.isFinite(us)) return '';
  const milliseconds = Math.floor(us / 1000);
  if (Math.abs(milliseconds) > 8.64e15) return '';
  return new Date(milliseconds).toISOString().replace(/[-:]|\.000/g, '');
}
