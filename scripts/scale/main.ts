/**
 * Runs n8n in queue mode and two instances of Node-RED under a burst of alerts, kills a part of them
 * in the middle, checks that nothing is lost or doubled, and writes the figures to docs/scaling.md.
 * Run: npm run scale [-- --alerts 200 --only n8n]
 * Needs, from Debian: postgresql redis-server mosquitto
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { writeFigures } from './report';
import { problemsOf, scaleN8n, scaleNodeRed } from './run';

interface Arguments {
  alerts: number;
  workers: number;
  concurrency: number;
  deadline: number;
  only?: 'n8n' | 'node-red';
  report: boolean;
}

function wholeNumber(smallest: number, largest: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < smallest || value > largest) {
      throw new InvalidArgumentError(`It must be a whole number from ${smallest} to ${largest}.`);
    }
    return value;
  };
}

const command = new Command('npm run scale --')
  .description('A burst of alerts on n8n in queue mode and on two instances of Node-RED.')
  .option('--alerts <number>', 'alerts in each burst', wholeNumber(20, 2000), 200)
  .option('--workers <number>', 'workers of n8n', wholeNumber(2, 8), 2)
  .option('--concurrency <number>', 'executions of a worker at once', wholeNumber(2, 50), 5)
  .option('--deadline <seconds>', 'of the frozen ring buffer', wholeNumber(60, 600), 60)
  .addOption(new Option('--only <host>', 'one of the two').choices(['n8n', 'node-red']))
  .option('--no-report', 'do not write docs/scaling.md');

async function main(): Promise<void> {
  command.parse();
  const { only, report, deadline: deadlineSeconds, ...sizes } = command.opts<Arguments>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const startMs = Date.now();
  const log = (line: string) =>
    console.log(`${((Date.now() - startMs) / 1000).toFixed(0).padStart(5)} s  ${line}`);
  const options = { ...sizes, deadlineSeconds, log };
  const n8n = only === 'node-red' ? undefined : await scaleN8n(options);
  const nodeRed = only === 'n8n' ? undefined : await scaleNodeRed(options);
  const problems = problemsOf(n8n, nodeRed);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    process.exitCode = 1;
    return;
  }
  log('Nothing lost, nothing doubled, every capture right.');
  if (report) log(`Figures written to ${writeFigures({ n8n, nodeRed, options })}.`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
