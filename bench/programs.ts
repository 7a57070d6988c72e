import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Server } from './child';

const LIMITS = { maxBuffer: 64e6 };
export const CAPTURE = '/API/data/modules/capture?fromCaptureBuffer=true';
export const UPLOAD = '/API/system/analyze-pcap?replaySlotID=1';

/** Runs a line of the shell, and fails if a part of a pipe does. */
export async function shell(line: string): Promise<void> {
  await promisify(execFile)('bash', ['-o', 'pipefail', '-c', line], LIMITS);
}

/** curl as a careful person would call it: certificate checked, errors reported. */
export function curl(
  { url, certificate }: Server,
  folder: string,
  path: string,
  more = '',
): string {
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, certificate);
  const login = `--header 'Authorization: Bearer demo-token'`;
  return `curl --silent --show-error --fail --cacert ${ca} ${login} ${more} '${url}${path}'`;
}

/** Runs a script of the vendor's page, with host and login filled in; resolves to what it prints. */
export async function vendorScript(server: Server, folder: string, name: string): Promise<string> {
  const [ca, path] = [join(folder, 'ca.pem'), join(folder, name)];
  writeFileSync(ca, server.certificate);
  const text = readFileSync(join(__dirname, '../test/simulator/vendor-scripts', name), 'utf8')
    .replaceAll('https://allegro-mm-xxxx', server.url)
    .replaceAll('("user", "password")', '("admin", "allegro")')
    .replaceAll('"local:1"', '"local"');
  writeFileSync(path, text);
  const env = { ...process.env, REQUESTS_CA_BUNDLE: ca };
  const { stdout } = await promisify(execFile)('python3', [path], { cwd: folder, env, ...LIMITS });
  return stdout;
}
