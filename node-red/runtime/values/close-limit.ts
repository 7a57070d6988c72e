/** Node-RED waits up to 15 s for a node to close; this is how long work in progress may take. */
const CLOSE_LIMIT_MS = 8000;

/** Resolves when the work has ended, or when the time limit for closing a node is over. */
export async function withinCloseLimit(work: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_LIMIT_MS);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
