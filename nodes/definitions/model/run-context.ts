import type { Address, AllegroClient } from '../../../client';
import type { Sentence } from '../../../client/values/sentence';

/** All that a definition may know of the world around it. */
export interface RunContext extends LocalContext {
  client: AllegroClient;
}

/** The same without an appliance. */
export interface LocalContext {
  /** Aborted when the person, the workflow or a redeploy cancels. */
  signal: AbortSignal;
  /**
   * Aborted when a person wants work that is `mayFinishEarly` to end here, and
   * to keep what it has.
   */
  finish?: AbortSignal;
  /** For status lines. Hosts throttle it; call it as often as there is news. */
  progress(progress: Progress): void;
  log: { debug(message: string): void; warn(message: Sentence): void };
  /** The largest file that the host can keep, where that is known. */
  maxFileBytes?: number;
  /** Who asks, for records of evidence. */
  origin: Origin;
  /** IANA name of the zone in which people read times here: the workflow's, or the server's. */
  timeZone: string;
  /**
   * Notes a ring buffer, before it is suspended, where a crash cannot lose the note: the next start
   * of the node resumes it. Absent where the host keeps nothing over a crash. Never rejects.
   *
   * @returns to be called when the buffer records again; never rejects
   */
  noteSuspension?(buffer: SuspendedBuffer): Promise<() => Promise<void>>;
  /** What the node has captured, for Skip Repeats. Absent where the host keeps nothing. */
  repeats?: KeptRepeats;
  /** Absent where nothing of the host runs in the background. */
  plannedResumes?: PlannedResumes;
}

/** Plain JSON that a host keeps for a node, over a restart as far as it can. */
export interface KeptRepeats {
  /** @returns what was saved last; undefined at first */
  load(): Promise<unknown>;
  save(done: Readonly<Record<string, unknown>>): Promise<void>;
  /**
   * For a host that loses the results of a run when a later part of it fails: given, for each capture
   * that is remembered, what to call at the end of the run. Until then other runs cannot rely on the
   * capture; without `isKept` it is forgotten. `endRun` never rejects.
   */
  remembered?(endRun: (isKept: boolean) => Promise<void>): void;
}

/** Ring buffers that the host resumes at a set time, after a restart as well. */
export interface PlannedResumes {
  /**
   * Runs a plan and its command without another run, or a due plan of the buffer, in between.
   *
   * @throws what `work` throws, and nothing else here does
   */
  exclusively<T>(buffer: RingBuffer, work: () => Promise<T>): Promise<T>;
  /** @returns when the buffer will be resumed, ISO 8601; undefined if that is not planned */
  get(buffer: RingBuffer): Promise<string | undefined>;
  /** Replaces what is planned for the buffer; without a time, nothing is planned any more. */
  set(buffer: RingBuffer, resumeAt: string | undefined): Promise<void>;
}

export interface RingBuffer {
  /** Base URL of the appliance. */
  device: string;
  address: Address;
  ringBuffer: number;
}

/** A ring buffer that a run has suspended, as plain JSON. */
export interface SuspendedBuffer extends RingBuffer {
  /** ISO 8601, by this machine's clock. */
  suspendedAt: string;
}

/** Where a run comes from, as far as the host tells. */
export interface Origin {
  host: { name: string; version: string | null };
  package: { name: string; version: string };
  /** The workflow or flow. */
  workflow: { id: string | null; name: string | null };
  node: { id: string; name: string | null };
  /** The execution or message. */
  run: string | null;
}

/** What a node is doing, for status lines; hosts have a word for each. */
export const PROGRESS_STEPS = [
  'analysing',
  'capturing',
  'drawing',
  'reading',
  'resuming',
  'sending',
  'suspending',
  'uploading',
  'waiting',
  'waiting for the appliance',
] as const;
type ProgressStep = (typeof PROGRESS_STEPS)[number];

/** Other requests to the same appliance have to end first. */
export const WAITING_STEP = 'waiting for the appliance';

export interface Progress {
  step: ProgressStep;
  /** When the waiting ends, where that is known: milliseconds since 1970-01-01 UTC, by this machine's clock. */
  until?: number;
  /** Bytes moved so far. */
  bytes?: number;
  /** Bytes expected in all, where that is known. */
  totalBytes?: number;
  packets?: number;
  /** Of many parts, such as IP addresses, how many are done and how many there are. */
  done?: number;
  total?: number;
}
