import type { ByteStream } from '../../../client/http/transport';
import type { Sentence } from '../../../client/values/sentence';

/** What a person should know of it is in sentences, for a host to show in its language. */
type ResultJson = Record<string, unknown> & { warnings?: readonly Sentence[] };

/** One thing that came out. */
export interface RunResult {
  /** Final for results without a file; for results with one, see {@link ResultFile.finished}. */
  json: ResultJson;
  file?: ResultFile;
  /** Instead of `file`, where the result is in several files. */
  parts?: ResultParts;
  /** How many results the run gives in all, where that is known before it ends: one for each device. */
  count?: number;
}

/**
 * Several files that stand and fall together: if one of them fails, or `finish` does, the host
 * discards those that it stored already.
 */
export interface ResultParts {
  /** What the one file would have been called; those of the parts are made from it. */
  name: string;
  /** As that of {@link ResultFile}. */
  nameSuffix?: string;
  /**
   * One after the other: each is consumed, and its `finished` awaited, before the next is asked
   * for. Their JSON is about each part alone.
   */
  files: AsyncIterable<ResultFile>;
  /** Called once, when all files were stored. Gives the result's JSON, with `files` in their order. */
  finish(): Promise<ResultJson>;
  /** Stands beside the files, and is named like the one that they would have been. */
  sidecar?: Sidecar;
}

/**
 * A file on its way. The host consumes `stream` to its end into its own store, then awaits
 * `finished`. Either may throw: then what was stored is discarded, because it is not whole.
 */
export interface ResultFile {
  /** Without folders, blanks or anything that a file system minds. */
  name: string;
  /**
   * Goes before the extension where a person chose the name, so that the files of several results
   * that are stored at the same time differ. `name` has it already.
   */
  nameSuffix?: string;
  mediaType: string;
  stream: ByteStream;
  /** The result's JSON, complete with what was only known at the end (counts, hash, window). */
  finished: Promise<ResultJson>;
  /** A text that is to stand beside the file, and exists only with it. */
  sidecar?: Sidecar;
}

/** A small text file that belongs to another one. */
export interface Sidecar {
  /** One word in lower case, for hosts that give each file a label. */
  label: string;
  /** Goes behind the whole name of the file, e.g. `.evidence.json`. */
  extension: string;
  mediaType: string;
  /** @param json the result's JSON, final, with the name that the file really has */
  content(json: Record<string, unknown>): string;
}

/** A file that a person hands in: from disk, from a message, from n8n's binary data. */
export interface InputFile {
  name: string;
  /** In bytes; exact. */
  size: number;
  /**
   * Opens it anew each time it is called.
   *
   * @param isEachUsedAtOnce a chunk is not needed any more when the next one is asked for, so its
   *   memory may serve again
   */
  open(isEachUsedAtOnce?: boolean): ByteStream | Promise<ByteStream>;
}
