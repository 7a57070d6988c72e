/**
 * Runs n8n in queue mode and two instances of Node-RED under a burst of alerts, kills a part of them
 * in the middle, checks that nothing is lost or doubled, and writes the figures to docs/scaling-details.md.
 * Run: npm run scale [-- --alerts 200 --only n8n --no-report]
 * Needs, from Debian: postgresql redis-server mosquitto
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { BurstFacts } from './alerts';
import { scaleN8n, type ScaleOptions } from './n8n';
import { scaleNodeRed } from './node-red';

const PAGE = join(__dirname, '../../docs/scaling-details.md');
const [BEGIN, END] = ['<!-- begin: figures, written by npm run scale -->', '<!-- end: figures -->'];

const command = new Command('npm run scale --')
  .description('A burst of alerts on n8n in queue mode and on two instances of Node-RED.')
  .option('--alerts <number>', 'alerts in each burst, at least 20', Number, 200)
  .option('--workers <number>', 'workers of n8n', Number, 2)
  .option('--concurrency <number>', 'executions of a worker at once', Number, 5)
  .option('--deadline <seconds>', 'of the frozen ring buffer, at least 60', Number, 60)
  .addOption(new Option('--only <host>', 'one of the two').choices(['n8n', 'node-red']))
  .option('--no-report', 'do not write docs/scaling-details.md');

async function main(): Promise<void> {
  command.parse();
  const { only, report, deadline, ...sizes } = command.opts<
    ScaleOptions & { only?: string; report: boolean; deadline: number }
  >();
  if (!(sizes.alerts >= 20 && sizes.workers >= 2 && sizes.concurrency >= 2 && deadline >= 60)) {
    command.error('A number is missing or too small.');
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const [startMs, load] = [Date.now(), loadavg()[0]!];
  const log = (line: string) =>
    console.log(`${((Date.now() - startMs) / 1000).toFixed(0)} s  ${line}`);
  const options = { ...sizes, deadlineSeconds: deadline, log };
  const n8n = only === 'node-red' ? undefined : await scaleN8n(options);
  const nodeRed = only === 'n8n' ? undefined : await scaleNodeRed(options);
  const bursts: Array<[string, BurstFacts]> = [
    ...(n8n
      ? ([
          ['n8n', n8n.burst],
          ['n8n, a worker killed', n8n.kill],
        ] as const)
      : []),
    ...(nodeRed
      ? ([
          ['Node-RED', nodeRed.burst],
          ['Node-RED, an instance killed', nodeRed.kill],
          ['Node-RED, the keeper killed and started again', nodeRed.keeper],
        ] as const)
      : []),
  ].map(([name, burst]) => [name, burst]);
  const problems = [
    ...bursts.flatMap(([name, burst]) => burst.problems.map((text) => `${name}: ${text}`)),
    ...(n8n ? [...n8n.problems, ...n8n.freeze.problems, ...late(n8n.freeze, deadline)] : []),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const lines = [
    figures(bursts),
    '',
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores and ${Math.round(totalmem() / 2 ** 30)} GB for everything, load average at the start ${load.toFixed(1)}. n8n: ${sizes.workers} workers with ${sizes.concurrency} executions at once each. In n8n's first burst, captures are held until each worker has some in progress; where a part is killed, those after the first quarter are held until then.`,
    ...(n8n ? ['', freezeLine(n8n.freeze, deadline)] : []),
  ];
  console.log(lines.join('\n'));
  if (report) writeFigures(lines);
}

function late(freeze: { undisturbedSeconds: number; killedSeconds: number }, deadline: number) {
  const seconds = [freeze.undisturbedSeconds, freeze.killedSeconds];
  return seconds
    .filter((each) => each >= deadline)
    .map((each) => `A frozen ring buffer recorded again after ${each.toFixed(1)} s.`);
}

function freezeLine(
  freeze: { undisturbedSeconds: number; killedSeconds: number },
  deadline: number,
) {
  const [undisturbed, killed] = [freeze.undisturbedSeconds, freeze.killedSeconds];
  return `A frozen ring buffer with a deadline of ${deadline} s recorded again after ${undisturbed.toFixed(1)} s, and after ${killed.toFixed(1)} s where the worker that froze it was killed.`;
}

function figures(bursts: Array<[string, BurstFacts]>): string {
  const rows = bursts.map(([name, burst]) => [
    name,
    burst.alerts,
    0,
    `${burst.seconds.toFixed(1)} s`,
    burst.storedSeconds.map((value) => value.toFixed(1)).join(' / '),
    Object.values(burst.spread).join(' + '),
    burst.mostCapturesAtOnce,
    burst.sentTwice,
  ]);
  const head = [
    'burst',
    'alerts',
    'lost, doubled, wrong',
    'until the last capture',
    'alert to capture (s): median / 95 % / longest',
    'captures of each worker or instance',
    'most captures at once',
    'windows sent twice',
  ];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function writeFigures(lines: string[]): void {
  const page = readFileSync(PAGE, 'utf8');
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('docs/scaling-details.md has lost its marks.');
  const text = `${BEGIN}\n\n${lines.join('\n')}\n\n`;
  writeFileSync(PAGE, page.slice(0, from) + text + page.slice(to));
  execFileSync('npx', ['prettier', '--write', PAGE], { stdio: 'ignore' });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
