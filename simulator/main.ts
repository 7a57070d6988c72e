/** The simulator's command line: `npm run simulator -- --port 8443 [--pcap FILE] [--http]`. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { writeFileSync } from 'node:fs';
import { accountLines } from './http/request/access';
import { CaptureFileError } from './packets/capture-reader';
import { PERSONALITIES, type Personality } from './personalities';
import { startSimulator, type Simulator } from './simulator';
import { STEADY_HOST } from './traffic/hosts';
import { TROUBLES, type TroubleKind } from './traffic/trouble';

interface Arguments {
  port: number;
  host: string;
  pcap?: string;
  http?: boolean;
  seed?: number;
  history?: number;
  trouble?: TroubleKind[];
  personality?: Personality;
  writeCertificate?: string;
  writeTruth?: string;
}

function wholeNumber(largest: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0 || value > largest) {
      throw new InvalidArgumentError(`It must be a whole number from 0 to ${largest}.`);
    }
    return value;
  };
}

const command = new Command('npm run simulator --')
  .description('A simulated Allegro Network Multimeter on this machine.')
  .option('--port <number>', 'port to listen on; 0 takes any free one', wholeNumber(65535), 8443)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--pcap <file>', 'a pcap or pcapng to be the traffic, moved so that it ends now')
  .option('--http', 'plain HTTP instead of HTTPS')
  .option('--seed <number>', 'another number makes other traffic', wholeNumber(2 ** 31))
  .option('--history <seconds>', 'traffic before the start', wholeNumber(86400))
  .addOption(
    new Option('--trouble <kinds...>', 'what is wrong in the generated traffic').choices(
      Object.keys(TROUBLES),
    ),
  )
  .addOption(
    new Option('--personality <name>', 'a plausible reading of what the API page leaves open')
      .choices(Object.keys(PERSONALITIES))
      .default('page'),
  )
  .option('--write-certificate <file>', 'write the certificate (PEM) to a file')
  .option(
    '--write-truth <file>',
    'at the end, write what was wrong in the traffic (JSON) to a file',
  )
  .addHelpText('after', ['', 'Accounts:', ...accountLines()].join('\n'));

async function main(): Promise<void> {
  command.parse();
  const { history, writeCertificate, writeTruth, ...options } = command.opts<Arguments>();
  const simulator = await startSimulator({ ...options, historySeconds: history });
  if (writeCertificate) writeFileSync(writeCertificate, simulator.certificatePem);
  introduce(simulator, options.pcap);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      if (writeTruth) {
        const troubles = simulator.troubles(0, simulator.nowUs());
        writeFileSync(writeTruth, `${JSON.stringify(troubles, null, 2)}\n`);
      }
      void simulator.close();
    });
  }
}

function introduce({ url, fingerprint, certificatePem }: Simulator, pcap?: string): void {
  const lines = [
    `Simulated Allegro Network Multimeter: ${url}`,
    ...(certificatePem ? [`  Certificate (self-signed), SHA-256: ${fingerprint}`] : []),
    `  Traffic: ${pcap ?? `made up; ${STEADY_HOST} is never silent`}`,
    ...accountLines(),
    'Ctrl+C ends it.',
  ];
  console.log(lines.join('\n'));
}

main().catch((error: unknown) => {
  const isExpected = error instanceof CaptureFileError || 'code' in (error as object);
  console.error(isExpected ? (error as Error).message : error);
  process.exitCode = 1;
});
