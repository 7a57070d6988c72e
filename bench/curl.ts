import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Appliance } from './child';

export const run = promisify(execFile);

/** curl as a careful person would call it: certificate checked, errors told. */
export async function curl(
  { url, certificate }: Appliance,
  folder: string,
  path: string,
  options: string[],
): Promise<void> {
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, certificate);
  const always = ['--silent', '--show-error', '--fail', '--cacert', ca];
  const login = ['--header', 'Authorization: Bearer demo-token'];
  await run('curl', [...always, ...login, ...options, url + path], { maxBuffer: 64e6 });
}

/** A script of the vendor's page, with host and login filled in. */
export async function vendorScript(
  { url, certificate }: Appliance,
  folder: string,
  name: string,
): Promise<string> {
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, certificate);
  const text = readFileSync(join(__dirname, '../test/simulator/vendor-scripts', name), 'utf8')
    .replaceAll('https://allegro-mm-xxxx', url)
    .replaceAll('("user", "password")', '("admin", "allegro")')
    .replaceAll('"local:1"', '"local"');
  const path = join(folder, name);
  writeFileSync(path, text);
  const { stdout } = await run('python3', [path], {
    cwd: folder,
    maxBuffer: 64e6,
    env: { ...process.env, REQUESTS_CA_BUNDLE: ca },
  });
  return stdout;
}
