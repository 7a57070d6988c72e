import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { freePort } from '../../scripts/hosts/free-port';
import { ROOT } from '../../scripts/hosts/pack';

/**
 * Runs a demo as a person would, once, and returns what it prints.
 *
 * @throws the error of `execFile`, with the output, where the demo says that the job did not work
 */
export async function runDemo(script: 'demo' | 'demo:n8n'): Promise<string> {
  const parameters = ['run', script, '--', '--once', '--port', String(await freePort())];
  const { stdout } = await promisify(execFile)('npm', parameters, { cwd: ROOT });
  return stdout;
}
