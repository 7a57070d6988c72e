/**
 * Loaded before the programs of a real host: ends one whose starter is gone, because nobody else would.
 * A test runner that is killed, or kills its workers, runs no code that could.
 */
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
}, 2000).unref();
