import { AllegroError } from '../errors';
import type { TextAnswer } from './call';
import { noJsonError } from './status-error';
import { say } from '../values/sentence';

/** Decoded bytes of an answer that is read as JSON or text, unless a call allows more. */
export const MAX_TEXT_BYTES = 32e6;
/** Levels of JSON: more than any statistic has, and few enough for whatever walks through it. */
const MAX_DEPTH = 100;

function isDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) isString = false;
    } else if (code === 0x22) isString = true;
    else if (code === 0x5b || code === 0x7b) depth++;
    else if (code === 0x5d || code === 0x7d) depth--;
    if (depth > limit) return true;
  }
  return false;
}

/** @throws AllegroError `badAnswer` or `incomplete` when it is something else */
export function parseJson(
  text: string,
  { status, requestInfo }: Pick<TextAnswer, 'status' | 'requestInfo'>,
): unknown {
  if (isDeeperThan(text, MAX_DEPTH)) {
    throw new AllegroError({
      ...requestInfo,
      kind: 'badAnswer',
      status,
      what: say`The response is JSON with more than ${MAX_DEPTH} levels.`,
      advice: say`Appliances do not respond like this. Check proxies in front of it.`,
    });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw noJsonError(status, text, requestInfo);
  }
}

/**
 * JSON where it is JSON, text otherwise: for answers whose form is not documented. Text is also what
 * is too deep for whatever walks through it.
 */
export function parseLeniently(text: string): unknown {
  if (isDeeperThan(text, MAX_DEPTH)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
