import { HttpError } from '../reply/http-error';

/** Query parameters, decoded. */
export type Query = Record<string, string>;

/**
 * Whether a `+` is a blank is told nowhere; but the vendor's RTP script sends its expression through
 * Python's `requests`, which writes blanks so.
 */
export function parseQuery(text: string | null | undefined, plusIsBlank: boolean): Query {
  const query: Query = {};
  const parts = (plusIsBlank ? (text ?? '').replaceAll('+', ' ') : (text ?? '')).split('&');
  for (const part of parts) {
    if (part === '') continue;
    const [name, ...rest] = part.split('=');
    try {
      query[decodeURIComponent(name)] = decodeURIComponent(rest.join('='));
    } catch {
      throw new HttpError(400, `The query is not well encoded: ${part}`);
    }
  }
  return query;
}

/** The vendor's Python scripts send `True`, so both spellings are taken. */
export function readBoolean(query: Query, name: string, otherwise: boolean): boolean {
  const text = query[name]?.toLowerCase();
  if (text === undefined || text === '') return otherwise;
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new HttpError(400, `${name} must be true or false, not "${query[name]}".`);
}

export function readNumber(query: Query, name: string): number | undefined {
  const text = query[name];
  if (text === undefined || text === '') return undefined;
  if (!/^-?\d+(\.\d+)?$/.test(text)) {
    throw new HttpError(400, `${name} must be a number, not "${text}".`);
  }
  return Number(text);
}

export function readWhole(query: Query, name: string): number | undefined {
  const value = readNumber(query, name);
  if (value !== undefined && (!Number.isInteger(value) || value < 0)) {
    throw new HttpError(400, `${name} must be a whole number, not "${query[name]}".`);
  }
  return value;
}
