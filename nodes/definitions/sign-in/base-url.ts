/**
 * What both hosts, and Node-RED's forms in the browser, know of the URLs that a person enters. It
 * becomes part of the script of the forms, so it imports little.
 */
import { trimEnd } from '../../../client/values/text';

/** What a person typed as the appliance's URL, with the scheme that is meant where there is none. */
export function withScheme(typed: string): string {
  const url = typed.trim();
  return url === '' || /^[a-z][a-z\d+.-]*:\/\//i.test(url) ? url : `https://${url}`;
}

/**
 * The path below which a reverse proxy offers the appliance, without a slash at the end; mostly
 * empty. What a person copied along with it, of the API or a page, is left out.
 */
export function pathBeforeApi({ pathname }: URL): string {
  return trimEnd(pathname.replace(/\/API(\/.*)?$|\/[^/]*\.html?$/, ''), '/');
}

/**
 * Whether a secret means itself within a URL. Others still work where they are encoded by hand, so
 * this is asked only where one is entered.
 */
export function isPlainInUrl(secret: string): boolean {
  return /^[!-~]+$/.test(secret) && !/[&#+%]/.test(secret);
}
