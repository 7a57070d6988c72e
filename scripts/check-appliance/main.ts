/**
 * Reads from an appliance whether it responds as the nodes expect, and prints a line for each path: a
 * report that can be sent to the maintainers. Changes nothing. Run: npm run check-appliance -- --help
 */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { AllegroError } from '../../client';
import { Api } from '../../client/api/api';
import { VERSION } from '../../nodes/definitions/version';
import { systemContext } from '../../node-red/runtime/config-node/system-context';
import { createAxiosTransport } from '../../node-red/transport/axios-transport';
import { checkAppliance } from './check-appliance';

interface Options {
  url: string;
  token?: string;
  user?: string;
  ca?: string;
  insecure?: boolean;
}

const options = new Command('check-appliance')
  .description('Checks by reading only which paths and fields of an appliance are as expected.')
  .requiredOption('--url <url>', 'URL of the appliance')
  .option('--token <token>', 'API token; or set ALLEGRO_TOKEN')
  .option('--user <name>', 'user; the password is read from ALLEGRO_PASSWORD')
  .option('--ca <file>', "the appliance's certificate (PEM)")
  .option('--insecure', 'accept any certificate')
  .parse()
  .opts<Options>();

async function main(): Promise<void> {
  const { url, token = process.env.ALLEGRO_TOKEN, user, ca, insecure = false } = options;
  const login = user
    ? { user, password: process.env.ALLEGRO_PASSWORD ?? '' }
    : { token: token ?? '' };
  const transport = createAxiosTransport({
    baseUrl: url,
    ...login,
    caCertificate: ca ? readFileSync(ca, 'utf8') : '',
    ignoreCertificateErrors: insecure,
  });
  const api = new Api({ transport, context: systemContext });
  console.log(`Allegro Multimeter nodes ${VERSION}: how this appliance responds`);
  for await (const line of checkAppliance(api, AbortSignal.timeout(600_000))) console.log(line);
  transport.destroy();
}

main().catch((error: unknown) => {
  console.error(error instanceof AllegroError ? error.message : error);
  process.exitCode = 1;
});
