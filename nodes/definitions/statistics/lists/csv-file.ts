import type { AllegroClient, CallOptions } from '../../../../client';
import { safeFileName } from '../../../../client/files/file-name';
import type { CsvDownload, CsvOptions } from '../../../../client/statistics/csv-download';
import { WAITING_STEP, type RunContext } from '../../model/run-context';
import type { RunResult } from '../../model/run-result';
import type { Interval } from '../interval';

/** A name such as `connections_allegro-mm-1a2b_20261123T155000Z_k3f9q.csv`: content, appliance, now. */
export function csvFileName(content: string, client: AllegroClient): string {
  const time = new Date(client.now()).toISOString().replace(/\.\d+|[-:]/g, '');
  return safeFileName(
    `${content}_${new URL(client.baseUrl).hostname}_${time}_${client.fileId()}.csv`,
  );
}

/**
 * Yields a list as a CSV file: the appliance's own columns, streamed and verified.
 *
 * @param content what it holds, for the name of the file
 */
export async function* csvResult(
  { client, progress }: RunContext,
  content: string,
  interval: Interval | undefined,
  options: CallOptions,
  download: (options: CsvOptions) => Promise<CsvDownload>,
): AsyncGenerator<RunResult> {
  progress({ step: 'reading' });
  const onWait = (until?: number) => progress({ step: WAITING_STEP, until });
  const onBytes = (bytes: number) => progress({ step: 'reading', bytes });
  const { stream, finished, close } = await download({ ...options, onBytes, onWait });
  const name = csvFileName(content, client);
  const json = finished.then(({ rows, columns, bytes, sha256, warnings }) => ({
    fileName: name,
    rows,
    bytes,
    sha256,
    columns,
    complete: true,
    from: interval?.from ?? null,
    to: interval?.to ?? null,
    device: client.baseUrl,
    mmId: options.address?.mmId,
    warnings: [...(interval?.warnings ?? []), ...warnings],
  }));
  json.catch(() => undefined);
  const file = { name, mediaType: 'text/csv', stream, finished: json };
  try {
    yield { json: { fileName: name }, file };
  } finally {
    // Whoever stores the file may have failed before its first byte.
    close();
  }
}
