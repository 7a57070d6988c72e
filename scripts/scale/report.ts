import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { estimate } from './estimate';
import type { Percentiles } from './figures';
import { table } from './table';
import type { N8nScaleResult, NodeRedScaleResult, ScaleOptions } from './run';

const PAGE = join(__dirname, '../../docs/scaling.md');

export interface Results {
  n8n?: N8nScaleResult;
  nodeRed?: NodeRedScaleResult;
  options: ScaleOptions;
}

/** Writes the figures into the page, between its marks; returns its path within the tree. */
export function writeFigures({ n8n, nodeRed, options }: Results): string {
  let page = readFileSync(PAGE, 'utf8');
  const machine = `Measured on ${cpus().length} cores and ${Math.round(totalmem() / 2 ** 30)} GB of memory, which the simulated appliance, the senders and everything else share.`;
  if (n8n) {
    page = replacePart(page, 'n8n figures', [machine, '', ...n8nFigures(n8n, options)]);
    page = replacePart(page, 'estimate', estimate(n8n));
  }
  if (nodeRed) {
    page = replacePart(page, 'Node-RED figures', [machine, '', ...nodeRedFigures(nodeRed)]);
  }
  writeFileSync(PAGE, page);
  return 'docs/scaling.md';
}

function n8nFigures({ burst, kill, freeze, captureLimit }: N8nScaleResult, options: ScaleOptions) {
  const { killed } = kill;
  const { workers, concurrency } = options;
  const each = (counts: Record<string, number>) => Object.values(counts).join(' + ');
  return [
    ...table(
      ['', 'burst', 'burst, and a worker killed'],
      [
        ['alerts sent at once', String(burst.alerts), String(kill.alerts)],
        ['lost, doubled, wrong', '0', '0'],
        ['until the last capture was stored', seconds(burst.seconds), seconds(kill.seconds)],
        ['captures a second', rate(burst), '(slowed down to be in the middle of some)'],
        ['alert to stored capture', spans(burst.storedMs), spans(kill.storedMs)],
        ['alert to confirmation', spans(burst.confirmedMs), spans(kill.confirmedMs)],
        ['captures of each worker', each(burst.spread), each(kill.spread)],
        [
          `captures at once at the appliance (at most ${captureLimit})`,
          String(burst.appliance.mostCapturesAtOnce),
          String(kill.appliance.mostCapturesAtOnce),
        ],
        [
          'alerts that took a second attempt',
          String(burst.secondAttempts),
          String(kill.secondAttempts),
        ],
        ['alerts that the sender had to repeat', String(burst.resent), String(kill.resent)],
        ['windows that the appliance sent twice', String(burst.sentTwice), String(kill.sentTwice)],
      ],
    ),
    '',
    `Workers: ${workers}, with ${concurrency} executions at once each. A capture had ${kilobytes(burst.captureBytes)} on average. Percentiles: half, 95 %, 99 %, the longest.`,
    '',
    `Worker ${killed.worker} was killed with signal 9 after ${killed.afterCaptures} captures, while it ran ${killed.running} executions. n8n called the last of them failed ${seconds(killed.noticedAfterSeconds)} after the kill; they ended as ${words(killed.endedAs)}, with the words "${killed.message}"`,
    '',
    `The frozen ring buffer, with a deadline of ${freeze.deadlineSeconds} s: recorded again after ${seconds(freeze.undisturbedSeconds)} undisturbed, and after ${seconds(freeze.suspendedSeconds)} where the worker that froze it was killed and ${freeze.alertsAhead} alerts came in at the same moment.`,
  ];
}

function nodeRedFigures({ burst, kill, captureLimit, overdueSeconds }: NodeRedScaleResult) {
  const each = (counts: Record<string, number>) =>
    Object.keys(counts)
      .sort()
      .map((name) => counts[name])
      .join(' + ');
  return [
    ...table(
      ['', 'burst', 'burst, and an instance killed'],
      [
        ['alerts published at once', String(burst.alerts), String(kill.alerts)],
        ['lost, doubled, wrong', '0', '0'],
        ['until the last receipt', seconds(burst.seconds), seconds(kill.seconds)],
        ['captures a second', rate(burst), '(slowed down to be in the middle of some)'],
        ['alert to receipt', spans(burst.storedMs), spans(kill.storedMs)],
        ['receipts of each instance', each(burst.spread), each(kill.spread)],
        [
          `captures at once at the appliance (at most ${captureLimit})`,
          String(burst.appliance.mostCapturesAtOnce),
          String(kill.appliance.mostCapturesAtOnce),
        ],
        ['windows that the appliance sent twice', String(burst.sentTwice), String(kill.sentTwice)],
        ['half files left, under hidden names', String(burst.halfFiles), String(kill.halfFiles)],
      ],
    ),
    '',
    `The second instance was killed with signal 9 after ${kill.killedAfter} captures. The keeper in the first one sent again what had no receipt after ${overdueSeconds} s.`,
  ];
}

/** Replaces what stands between two marks. */
function replacePart(page: string, name: string, lines: string[]): string {
  const [begin, end] = [
    `<!-- begin: ${name}, written by npm run scale -->`,
    `<!-- end: ${name} -->`,
  ];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/scaling.md has no place for ${name}.`);
  return `${page.slice(0, from)}${begin}\n\n${lines.join('\n')}\n\n${page.slice(to)}`;
}

const seconds = (value: number) => `${value.toFixed(1)} s`;
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;
const rate = ({ alerts, seconds: time }: { alerts: number; seconds: number }) =>
  (alerts / time).toFixed(1);
const spans = (percentiles: Percentiles) =>
  [percentiles.p50, percentiles.p95, percentiles.p99, percentiles.max]
    .map((value) => (value / 1000).toFixed(1))
    .join(' / ') + ' s';
const words = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ');
