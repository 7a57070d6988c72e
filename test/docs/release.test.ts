import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../nodes/definitions/version';

const ROOT = join(__dirname, '..', '..');
const WORKFLOWS = join(ROOT, '.github', 'workflows');

/** How each package is published. */
const PUBLISH: Record<string, string> = {
  'n8n-nodes-allegro-multimeter': 'npm publish --provenance --access public',
  '@allegro-multimeter/node-red': 'npm publish ./node-red --provenance --access public',
};

/** What the tag has to name, as `.github/workflows/publish.yml` checks it. */
function checkRelease(tag: string): string {
  try {
    const script = join(ROOT, 'scripts', 'build', 'check-release.mjs');
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
    expect(commands).toEqual(Object.values(PUBLISH));
    expect(publish).toMatch(/on:\n {2}push:\n {4}tags:/);
    expect(publish).toContain('id-token: write');
  });

  it('publish only what has passed all tests of CI', () => {
    expect(publish).toMatch(/ {2}test:\n {4}uses: \.\/\.github\/workflows\/ci\.yml\n/);
    expect(publish).toMatch(/ {2}publish:\n {4}needs: test\n/);
    const ci = readFileSync(join(WORKFLOWS, 'ci.yml'), 'utf8');
    expect(ci).toContain('\n  workflow_call:\n');
    expect(ci).toContain('run: .ci/run\n');
  });

  it('trust the environment that the page on releases names', () => {
    const [, environment] = /environment: (\S+)/.exec(publish)!;
    const page = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
    expect(page).toContain(`the environment \`${environment}\``);
    expect(page).toContain('workflow `publish.yml`');
  });

  it('install every tool that .ci/run could install only as root', () => {
    const ci = readFileSync(join(WORKFLOWS, 'ci.yml'), 'utf8');
    const script = readFileSync(join(ROOT, '.ci', 'run'), 'utf8');
    const needed = [...script.matchAll(/need \S+ (\S+) *\|\|/g)].map(([, name]) => name);
    expect(needed).toContain('mosquitto');
    for (const name of needed) {
      if (name === 'chromium') expect(ci).toContain('CHROMIUM: /usr/bin/google-chrome');
      else expect(ci).toMatch(new RegExp(`apt-get install[^#]*\\b${name}\\b`));
    }
  });

  it('keep the hosts until a file changes that says which versions they are', () => {
    const ci = readFileSync(join(WORKFLOWS, 'ci.yml'), 'utf8');
    const [, folder, ending] = /hashFiles\('(.*)\/\*(.*)'\)/.exec(ci)!;
    const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(ending));
    expect(names).toEqual(expect.arrayContaining(['n8n-cache.ts', 'node-red-cache.ts']));
  });

  describe.each(Object.keys(PUBLISH))('with %s', (name) => {
    const commandOf = (text: string) =>
      text
        .split(/- name: /)
        .find((step) => step.includes(`"${name}@`))!
        .replace(/[\s\S]*run: \|\n/, '');

    /** What npm is asked to do, with a registry that answers a look at the version like this. */
    const asked = (answer: string) => {
      const npm = `npm() { if [ "$1" = view ]; then ${answer}; else echo "npm $*"; fi; }`;
      const script = `${npm}\n${commandOf(publish)}`;
      const env = { ...process.env, GITHUB_REF_NAME: 'v1.2.3' };
      return execFileSync('bash', ['-e', '-c', script], { encoding: 'utf8', env }).trim();
    };

    it('publish a version that is new', () => {
      expect(asked('true')).toBe(PUBLISH[name]);
    });

    it('publish a package that is new', () => {
      expect(asked('return 1')).toBe(PUBLISH[name]);
    });

    it('leave a version alone that is there', () => {
      expect(asked(`[ "$2" = "${name}@1.2.3" ] && echo 1.2.3`)).toBe('');
    });
  });

  it('hold no secret and name no registry', () => {
    for (const name of readdirSync(WORKFLOWS)) {
      const text = readFileSync(join(WORKFLOWS, name), 'utf8');
      expect(text).not.toMatch(/secrets\.|registry-url|_authToken|https?:/);
    }
  });
});
