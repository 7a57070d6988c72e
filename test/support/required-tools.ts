/**
 * Tests that need a tool of somebody else. They are skipped where it is missing, and say so.
 * REQUIRE_TOOLS=1, which CI sets, runs them in any case: a missing tool must not pass unnoticed.
 *
 * @param test `describe` or `it`
 * @param tool what is needed, for the note
 */
export function where<T extends jest.Describe | jest.It>(
  isThere: boolean,
  test: T,
  tool: string,
): T {
  if (isThere || process.env.REQUIRE_TOOLS === '1') return test;
  process.stderr.write(`Skipped tests of ${expect.getState().testPath}: ${tool} is missing.\n`);
  return test.skip as T;
}
