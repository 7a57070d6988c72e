import type { IExecuteFunctions, IPollFunctions, IWebhookFunctions } from 'n8n-workflow';
import type { LocalContext } from '../../nodes/definitions/model/run-context';
import { originOf } from './origin';

/** What a definition may know of n8n, and how it is cancelled. */
export function localContext(
  host: IExecuteFunctions | IPollFunctions | IWebhookFunctions,
  signal: AbortSignal,
): LocalContext {
  return {
    signal,
    // n8n shows no progress of a running node.
    progress: () => undefined,
    log: {
      debug: (message) => host.logger.debug(message),
      warn: (message) => host.logger.warn(String(message)),
    },
    origin: originOf(host),
    timeZone: host.getTimezone(),
  };
}
