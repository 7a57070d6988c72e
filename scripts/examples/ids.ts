import { createHash } from 'node:crypto';

/** A UUID that stays the same for the same words, so that a new run changes no file. */
export function uuidOf(...words: string[]): string {
  const hex = hash(words);
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`];
  return [...groups, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/** An ID as Node-RED makes them, the same for the same words. */
export function flowId(...words: string[]): string {
  return hash(words).slice(0, 16);
}

function hash(words: string[]): string {
  return createHash('sha1').update(words.join('\n')).digest('hex');
}
