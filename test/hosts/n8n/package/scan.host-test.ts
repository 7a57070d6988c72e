import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureScanner } from '../../../../scripts/hosts/n8n-cache';

const ROOT = join(__dirname, '../../../..');

/** The scan that n8n makes before it verifies a package, here over the tree and its archive. */
describe("n8n's own scan", () => {
  const scanner = pathToFileURL(ensureScanner()).href;
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'n8n-scan-'));
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
    const [archive] = readdirSync(folder);
    execFileSync('tar', ['-xzf', archive], { cwd: folder });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('passes the source', () => {
    expect(scan(ROOT, 'SOURCE_FILE_PATTERNS')).toEqual({ passed: true });
  });

  it('passes the archive', () => {
    expect(scan(join(folder, 'package'), 'undefined')).toEqual({ passed: true });
  });

  it('finds nothing in the archive but what is meant to ship', () => {
    const shipped = readdirSync(join(folder, 'package')).sort();
    expect(shipped).toEqual(['LICENSE.md', 'README.md', 'dist', 'package.json']);
  });

  /** In a process of its own, because the scanner is an ES module with its own ESLint. */
  function scan(target: string, patterns: string): unknown {
    const code = `
      import * as scanner from ${JSON.stringify(scanner)};
      const { SOURCE_FILE_PATTERNS, analyzePackage } = scanner;
      const result = await analyzePackage(${JSON.stringify(target)}, ${patterns});
      process.stdout.write(JSON.stringify(result));
      process.exit(0);`;
    const args = ['--input-type=module', '--eval', code];
    // The rules look at NODE_ENV, and judge differently while they are tested themselves.
    const env = { ...process.env, NODE_ENV: undefined };
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env }));
  }
});
