import type { Api } from '../api/api';
import { CONNECTIONS, CONNECTIONS_CSV } from '../api/paths';
import type { Query } from '../http/query';
import { connectionsCsv } from './connections-csv';
import { csvDownload, type CsvDownload, type CsvOptions } from './csv-download';
import { say } from '../values/sentence';

/**
 * Downloads any list as CSV; that of all connections has rules of its own, see
 * {@link connectionsCsv}.
 *
 * @throws AllegroError as {@link csvDownload}; `badAnswer` also for a path that has no CSV
 */
export function tableCsv(
  api: Api,
  path: string,
  query: Query,
  options: CsvOptions,
): Promise<CsvDownload> {
  if (path === CONNECTIONS || path === CONNECTIONS_CSV) return connectionsCsv(api, query, options);
  const advice = say`Nothing was kept. Only lists are available as CSV, such as API/stats/modules/ip/ips_paged. Otherwise, read the statistic as data.`;
  return csvDownload(api, { path, query, name: say`table as CSV`, advice }, options);
}
