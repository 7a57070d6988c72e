import type { ResultFile } from '../../../nodes/definitions/model/run-result';
import type { Message } from '../runtime-api';

/**
 * `msg.headers` with which an http response node sends a file under its name. Only for a message
 * that came from an http in node; headers that the flow has set stay.
 *
 * @param name of the file, without folders
 * @returns undefined where nobody waits for an HTTP response
 */
export function downloadHeaders(
  { res, headers }: Message,
  { mediaType }: Pick<ResultFile, 'mediaType'>,
  name: string,
): Record<string, unknown> | undefined {
  if (typeof res !== 'object' || res === null) return undefined;
  const own = typeof headers === 'object' && headers !== null ? headers : {};
  const names = new Set(Object.keys(own).map((header) => header.toLowerCase()));
  return {
    ...own,
    ...(names.has('content-type') ? {} : { 'Content-Type': mediaType }),
    ...(names.has('content-disposition') ? {} : { 'Content-Disposition': attachment(name) }),
  };
}

/** RFC 6266: the plain name for old clients, the whole one for all others. */
function attachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  if (plain === name) return `attachment; filename="${plain}"`;
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
