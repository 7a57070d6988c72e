import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
/** Its package exports no compiler API, only this program. */
const COMPILER = join(ROOT, 'node_modules/native-typescript/bin/tsc');

/**
 * Compiles a TypeScript project with the native compiler, which prints its errors.
 *
 * @param project the path of a `tsconfig` file from the root of the tree
 * @throws when the project has errors
 */
export function compile(project: string): void {
  execFileSync(process.execPath, [COMPILER, '-p', project], { cwd: ROOT, stdio: 'inherit' });
}
