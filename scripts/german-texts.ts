/**
 * Tells which texts of the Node-RED package have no German yet, ready to be put into a file of
 * node-red/locales/de, and which German ones nothing uses any more. Run: npm run texts:de
 */
import { germanGaps } from '../node-red/locales/gaps';

const { missing, stale } = germanGaps();
if (missing.length > 0) {
  console.log('Without German; add them to a file of node-red/locales/de:');
  console.log(JSON.stringify(Object.fromEntries(missing.map((text) => [text, ''])), null, 2));
}
if (stale.length > 0) {
  console.log('Not used any more; remove them, or change them as the English was changed:');
  console.log(JSON.stringify(stale, null, 2));
}
if (missing.length + stale.length === 0) console.log('Every text has German.');
process.exitCode = missing.length + stale.length > 0 ? 1 : 0;
