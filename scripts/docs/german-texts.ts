/**
 * Adds the texts of the Node-RED package that have no German yet, errors and warnings of nodes that
 * run among them, to a file of node-red/locales/de,
 * each with a blank translation, and tells which entries nothing uses any more. The editor shows the
 * English text until the blank is filled in. Run: npm run texts:de
 *
 * With --complete, as a release runs it, blanks are an error.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileOf, germanGaps } from '../../node-red/locales/gaps';

const FOLDER = 'node-red/locales/de';
const { missing, blank, stale } = germanGaps();
for (const text of missing) {
  const path = join(__dirname, '../..', FOLDER, `${fileOf(text)}.json`);
  mkdirSync(dirname(path), { recursive: true });
  const texts = existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>)
    : {};
  writeFileSync(path, `${JSON.stringify({ ...texts, [text]: '' }, null, 2)}\n`);
}
const waiting = missing.length + blank.length;
if (waiting > 0) console.log(`${waiting} texts in ${FOLDER} wait for their translation: see "".`);
if (stale.length > 0) {
  console.log(
    `Nothing uses these texts of ${FOLDER}: remove them, or change them as the English was`,
  );
  console.log(JSON.stringify(stale, null, 2));
}
if (waiting + stale.length === 0) console.log('Every text has German.');
const isComplete = waiting === 0 || !process.argv.includes('--complete');
process.exitCode = stale.length > 0 || !isComplete ? 1 : 0;
