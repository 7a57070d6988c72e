import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/**
 * n8n's rules for community nodes, over what ships: the source as n8n's scan reads it, and the
 * compiled files as the archive holds them. In a process of its own, because ESLint's configuration
 * is an ES module.
 */
describe('the package for n8n', () => {
  it.each([
    ['source', ['client', 'nodes', 'credentials', 'n8n', 'package.json']],
    ['compiled files', ['dist']],
  ])(
    'has no findings in its %s',
    (_, paths) => {
      if (!existsSync(join(ROOT, 'dist'))) {
        execFileSync(
          process.execPath,
          [require.resolve('ts-node/dist/bin'), 'scripts/build-n8n.ts'],
          {
            cwd: ROOT,
          },
        );
      }
      expect(lint(paths)).toBe('');
    },
    120_000,
  );
});

/** What ESLint has to say; nothing when all is well. */
function lint(paths: string[]): string {
  const eslint = join(ROOT, 'node_modules', 'eslint', 'bin', 'eslint.js');
  try {
    const args = [eslint, '--max-warnings', '0', '--format', 'stylish', ...paths];
    return execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout || String(error);
  }
}
