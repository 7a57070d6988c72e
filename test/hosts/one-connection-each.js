/**
 * Loaded before each test of a host. What a test does may keep its process busy for seconds; a host
 * that closes an idle connection meanwhile fails the next request over it.
 */
const { fetch } = globalThis;
globalThis.fetch = (input, init = {}) => {
  const headers = new Headers(
    init.headers ?? (input instanceof Request ? input.headers : undefined),
  );
  headers.set('Connection', 'close');
  return fetch(input, { ...init, headers });
};
