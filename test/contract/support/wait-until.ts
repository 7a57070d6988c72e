/** Waits for something that another process or connection has to do first; busy machines take minutes. */
export async function waitUntil(condition: () => boolean, limitMs = 240_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!condition() && Date.now() < end) await new Promise((done) => setTimeout(done, 20));
  expect(condition()).toBe(true);
}
