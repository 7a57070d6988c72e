/**
 * Loaded before Node-RED: what the editor asks an appliance may take as long as a busy machine needs. The
 * limits of `admin-routes.ts` and `login-access.ts` are for a person who waits. Node-RED gives a node as
 * long to close, which none of these tests takes.
 */
const LIMITS_MS = [5000, 15_000];
const { setTimeout: usual } = globalThis;
globalThis.setTimeout = Object.assign(
  (work, milliseconds, ...rest) =>
    usual(work, LIMITS_MS.includes(milliseconds) ? 900_000 : milliseconds, ...rest),
  usual,
);
