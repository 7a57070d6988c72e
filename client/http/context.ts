/**
 * What the client needs from the outside besides the network. Time and waiting come from the host,
 * because code that ships to n8n may neither set timers nor read the environment.
 */
export interface ClientContext {
  /** Milliseconds since 1970-01-01 UTC, as this machine sees it. */
  now(): number;
  /** Resolves after `milliseconds`, or rejects as soon as `signal` is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** A number in [0, 1), for the jitter of retries. */
  random(): number;
}
