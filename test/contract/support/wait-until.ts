/** Waits for something that another process or connection has to do first; busy machines take minutes. */
export async function waitUntil(condition: () => boolean, limitMs = 240_000): Promise<void> {
  // Not by the clock on the wall, which may be set meanwhile.
  const end = performance.now() + limitMs;
  while (!condition() && performance.now() < end) {
    await new Promise((done) => setTimeout(done, 20));
  }
  expect(condition()).toBe(true);
}
