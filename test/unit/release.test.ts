import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../nodes/definitions/version';

const ROOT = join(__dirname, '..', '..');
const WORKFLOWS = join(ROOT, '.github', 'workflows');

/** What the tag has to name, as `.github/workflows/publish.yml` checks it. */
function checkRelease(tag: string): string {
  try {
    const script = join(ROOT, 'scripts', 'check-release.mjs');
    execFileSync(process.execPath, [script, tag], { encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
}

describe('a release', () => {
  it('is the version of both packages and of the changelog', () => {
    expect(checkRelease(`v${VERSION}`)).toBe('');
  });

  it('is refused when the tag names another version', () => {
    const message = checkRelease('v99.0.0');
    for (const part of ['package.json', 'node-red/package.json', 'version.ts', 'CHANGELOG.md']) {
      expect(message).toContain(part);
    }
  });

  it('is refused without a tag', () => {
    expect(checkRelease('')).not.toBe('');
  });
});

describe('the workflows of CI', () => {
  const publish = readFileSync(join(WORKFLOWS, 'publish.yml'), 'utf8');

  it('publish both packages with provenance, from a tag only', () => {
    const commands = publish.match(/npm publish .*/g) ?? [];
    expect(commands).toEqual([
      'npm publish --provenance --access public',
      'npm publish ./node-red --provenance --access public',
    ]);
    expect(publish).toMatch(/on:\n {2}push:\n {4}tags:/);
    expect(publish).toContain('id-token: write');
  });

  it('hold no secret and name no registry', () => {
    for (const name of readdirSync(WORKFLOWS)) {
      const text = readFileSync(join(WORKFLOWS, name), 'utf8');
      expect(text).not.toMatch(/secrets\.|registry-url|_authToken|https?:/);
    }
  });
});
