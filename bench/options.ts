/** What is asked of a part of the benchmarks. */
export interface BenchOptions {
  /** Runs that count, after one that warms up. */
  runs: number;
  /** Size of captures and uploads, in bytes. */
  bytes: number;
  /** A folder for files; it is removed at the end. */
  folder: string;
}
