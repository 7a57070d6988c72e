/**
 * Loaded before Node-RED: a second stands for the ten between two polls, which is the least that a
 * trigger allows. Nothing else in Node-RED waits that long, to the second.
 */
const { setTimeout: usual } = globalThis;
globalThis.setTimeout = Object.assign(
  (work, milliseconds, ...rest) =>
    usual(work, milliseconds > 9000 && milliseconds < 10_000 ? 1000 : milliseconds, ...rest),
  usual,
);
