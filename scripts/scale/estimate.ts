import type { N8nScaleResult } from './run';
import { table } from './table';
import type { Part } from './usage';

const APPLIANCES = 1000;
const ALERTS_PER_SECOND = 100;
/** Of a core's time that may be planned with: the rest is for peaks and housekeeping. */
const UTILISATION = 0.6;
const SECONDS_PER_DAY = 86_400;
/** Executions of a worker at once, as recommended. */
const CONCURRENCY = 10;
/** Assumed, because the windows of the run are small: a capture from a busy appliance. */
const REAL_CAPTURE_BYTES = 5e6;
const REAL_CAPTURE_SECONDS = 3;

/** What a thousand appliances and a hundred alerts a second need, by the figures of a run. */
export function estimate({ burst }: N8nScaleResult): string[] {
  const { alerts, usage, captureBytes } = burst;
  const perAlert = (part: Part) => usage.cpuSeconds[part] / alerts;
  const databaseBytes = usage.databaseBytes / alerts;
  const cores = (part: Part) => (ALERTS_PER_SECOND * perAlert(part)) / UTILISATION;
  const row = (what: string, part: Part, unit: string) => [
    what,
    milliseconds(perAlert(part)),
    `${ALERTS_PER_SECOND} × ${milliseconds(perAlert(part))} ÷ ${UTILISATION} = ${cores(part).toFixed(1)} cores`,
    `${Math.max(1, Math.ceil(cores(part)))} ${unit}`,
  ];
  const overhead = Math.max(0, databaseBytes - captureBytes);
  const perDay = (bytes: number) =>
    `${((ALERTS_PER_SECOND * SECONDS_PER_DAY * bytes) / 1e9).toFixed(0)} GB`;
  const atOnce = ALERTS_PER_SECOND * REAL_CAPTURE_SECONDS;
  const workersByTime = Math.ceil(atOnce / UTILISATION / CONCURRENCY);
  const workersByCpu = Math.ceil(cores('workers'));
  const gigabit = (ALERTS_PER_SECOND * REAL_CAPTURE_BYTES * 8) / 1e9;
  return [
    `Processor time for each alert, over a burst of ${alerts}, planned with ${UTILISATION * 100} % of a core:`,
    '',
    ...table(
      ['part', 'for an alert', `for ${ALERTS_PER_SECOND} alerts a second`, 'so'],
      [
        row('workers', 'workers', 'worker processes'),
        row('webhook processes', 'webhook', 'processes behind a load balancer'),
        row('main process', 'main', 'cores: see below'),
        row('PostgreSQL', 'postgres', 'cores'),
        row('Redis', 'redis', 'core'),
      ],
    ),
    '',
    `- **Workers by time.** A capture that takes ${REAL_CAPTURE_SECONDS} s (assumed: 5 MB from a busy appliance) keeps a place for that long: ${ALERTS_PER_SECOND} × ${REAL_CAPTURE_SECONDS} s = ${atOnce} at once, ÷ ${UTILISATION} ÷ ${CONCURRENCY} places = ${workersByTime} workers. By processor time it is ${workersByCpu}. The larger number counts: ${Math.max(workersByTime, workersByCpu)} workers with a concurrency of ${CONCURRENCY}.`,
    `- **Database.** An alert adds ${(databaseBytes / 1000).toFixed(0)} kB, ${(captureBytes / 1000).toFixed(0)} kB of which are the capture. Without captures: ${perDay(overhead)} a day. With captures of 5 MB in the database: ${perDay(REAL_CAPTURE_BYTES + overhead)} a day, and each is held in a worker's memory as a whole. So at this size: a store of your own behind the capture (n8n's S3 mode for binary data needs a licence), and executions pruned after hours.`,
    `- **Connections.** ${Math.max(workersByTime, workersByCpu)} workers with a pool of 2 are ${2 * Math.max(workersByTime, workersByCpu)} connections, which PostgreSQL's usual limit of 100 ${2 * Math.max(workersByTime, workersByCpu) > 80 ? 'does not hold: raise it, or put PgBouncer in between' : 'holds'}.`,
    `- **Network.** ${ALERTS_PER_SECOND} × 5 MB × 8 = ${gigabit.toFixed(0)} Gbit/s of captures into the workers, and once more to the store.`,
    `- **Appliances.** ${ALERTS_PER_SECOND} alerts a second over ${APPLIANCES} appliances are ${ALERTS_PER_SECOND / APPLIANCES} a second each: one capture each ${APPLIANCES / ALERTS_PER_SECOND} s, × ${REAL_CAPTURE_SECONDS} s = ${((ALERTS_PER_SECOND / APPLIANCES) * REAL_CAPTURE_SECONDS).toFixed(1)} at once on average. Trouble does not spread evenly: if a tenth of all alerts meets one appliance, that is ${(ALERTS_PER_SECOND / 10) * REAL_CAPTURE_SECONDS} at once there, so collect alerts of one host before they come here.`,
    `- **Main process.** It is told of each job and writes nothing of it; its schedules go through the same queue. Where its ${cores('main').toFixed(1)} cores exceed one, split the appliances over several n8n installations, which have nothing to share: by site is the natural cut.`,
  ];
}

const milliseconds = (value: number) => `${(value * 1000).toFixed(0)} ms`;
