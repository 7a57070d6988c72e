/**
 * Refuses a release whose parts name different versions: the tag, both manifests, the version that
 * records of evidence carry, and the changelog. Needs nothing installed.
 *
 * node scripts/build/check-release.mjs v0.2.0
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const read = (path) => readFileSync(join(ROOT, path), 'utf8');

const tag = process.argv[2] ?? '';
const version = tag.replace(/^v/, '');
const found = {
  'package.json': JSON.parse(read('package.json')).version,
  'node-red/package.json': JSON.parse(read('node-red/package.json')).version,
  'nodes/definitions/version.ts': /VERSION = '([^']+)'/.exec(
    read('nodes/definitions/version.ts'),
  )?.[1],
};
const wrong = Object.entries(found)
  .filter(([, value]) => value !== version)
  .map(([path, value]) => `${path} says ${value}`);
if (!read('CHANGELOG.md').split('\n').includes(`## ${version}`)) {
  wrong.push(`CHANGELOG.md has no section "## ${version}"`);
}
if (wrong.length > 0) {
  console.error(`The tag is "${tag}", but ${wrong.join('; ')}.`);
  process.exitCode = 1;
}
