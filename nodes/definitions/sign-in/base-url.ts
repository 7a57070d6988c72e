/**
 * The check of the URL that a person enters for an appliance. Imports little, because Node-RED's
 * forms use it in the browser too.
 */
import { trimEnd } from '../../../client/values/text';

export interface BaseUrl {
  /** Scheme, host, port and prefix, without a slash at the end. */
  href: string;
  isHttps: boolean;
  /** Path before `/API` where the appliance is behind a reverse proxy; mostly empty. */
  prefix: string;
}

/**
 * Why a text cannot be the URL of an appliance; `login`: it contains a user or a password; `variable`:
 * a part such as `${HOST}` was left as it is.
 */
export type BaseUrlProblem = 'missing' | 'invalid' | 'login' | 'variable';

/**
 * Reads an appliance URL. The scheme may be left out, which means https. Whatever was copied along
 * with the URL (a page, `/API` and what follows, a query) is dropped.
 */
export function parseBaseUrl(typed: string): BaseUrl | BaseUrlProblem {
  const text = typed.trim();
  if (text === '') return 'missing';
  // Wherever it is: "user:pass/word@host" parses as a host with a path, and would be shown.
  if (text.includes('@')) return 'login';
  const url = parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  if (!url || !/^https?:$/.test(url.protocol) || /\s/.test(text)) return 'invalid';
  if (/[{}]/.test(url.host)) return 'variable';
  const prefix = pathBeforeApi(url);
  return { href: url.origin + prefix, isHttps: url.protocol === 'https:', prefix };
}

/** The oldest browsers that Node-RED's editor supports lack `URL.canParse`. */
function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function pathBeforeApi({ pathname }: URL): string {
  return trimEnd(pathname.replace(/\/API(\/.*)?$|\/[^/]*\.html?$/, ''), '/');
}
