import type { Api, CallOptions } from '../api/api';
import { CONNECTIONS_CSV } from '../api/paths';
import { AllegroError, type RequestInfo } from '../errors';
import { cancelledError } from '../http/body';
import { Limiter } from '../http/limits/limiter';
import type { Query } from '../http/query';
import { deviceOf } from '../values/device-slot';
import { csvCall, csvDownload, type CsvDownload, type CsvOptions } from './csv-download';
import { say } from '../values/sentence';

const BUSY_STATUS = new Set([409, 423, 429, 503]);

/**
 * One at a time for each appliance, whoever asks: several executions in one process have clients of
 * their own. Source: the vendor's manual on the connections module.
 */
const SINGLE_FLIGHTS = new Map<string, Limiter>();

/**
 * Downloads the CSV of all connections, which has no limit of rows. A second one for the same
 * appliance waits until the first is over. Source: "Output Connection Table as CSV file".
 *
 * @throws AllegroError `busy` when somebody else makes one, `badAnswer` for what is not CSV,
 *   `incomplete` when it is truncated
 */
export async function connectionsCsv(
  api: Api,
  query: Query,
  options: CsvOptions,
): Promise<CsvDownload> {
  const request = { path: CONNECTIONS_CSV, query, name: say`CSV of connections` };
  const requestInfo = api.requestInfo(csvCall(request), options);
  const permit = await singleFlight(api, options).catch((reason: unknown) => {
    throw cancelledError(requestInfo, reason);
  });
  return csvDownload(api, { ...request, onEnd: permit }, options).catch((error: unknown) => {
    throw isBusy(error) ? busyError(error, requestInfo) : error;
  });
}

function singleFlight(api: Api, { address, signal }: CallOptions): Promise<() => void> {
  const key = `${api.baseUrl} ${deviceOf(address?.mmId)}`;
  const limiter = SINGLE_FLIGHTS.get(key) ?? new Limiter(1);
  SINGLE_FLIGHTS.set(key, limiter);
  return limiter.acquire(signal);
}

function isBusy(error: unknown): error is AllegroError {
  return error instanceof AllegroError && BUSY_STATUS.has(error.status ?? 0);
}

function busyError({ status, answer }: AllegroError, requestInfo: RequestInfo): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'busy',
    status,
    what: say`The appliance cannot write a CSV of all connections now (HTTP ${status!}): it writes one at a time, and another program may be downloading one.`,
    advice: say`Try again when it is finished.`,
    canRetry: true,
    answer,
  });
}
