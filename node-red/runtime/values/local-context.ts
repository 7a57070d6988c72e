import type { LocalContext } from '../../../nodes/definitions/model/run-context';
import { languageOf } from './language';
import { serverTimeZone } from './server-time-zone';
import { originOf } from './origin';
import type { Scope } from './read-values';

/** What a definition may know of Node-RED, and how it is cancelled. Progress is not shown. */
export function localContext(scope: Scope, signal: AbortSignal): LocalContext {
  const { node } = scope;
  return {
    signal,
    progress: () => undefined,
    log: {
      debug: (text) => node.debug(text),
      warn: (text) => node.warn(languageOf(scope.RED).show(text)),
    },
    origin: originOf(scope),
    timeZone: serverTimeZone(),
  };
}
