import type { AllegroClient } from '../../../client';
import type { ByteStream } from '../../../client/http/transport';
import type { Field, FieldValues } from './field';

/**
 * The platform-neutral description of one node. A definition is data plus one function; the two
 * adapters turn it into an n8n operation and a Node-RED node, and the docs are made from it.
 */
export interface NodeDefinition {
  /** Identity in lower camel case, e.g. `capturePcap`. Never changes once published. */
  name: string;
  /** Title case, e.g. `Capture Pcap`. */
  label: string;
  /**
   * What a node is called instead where a field has one of these values, because it then does another
   * thing, even the opposite. Title case.
   */
  labelWhen?: { field: string; labels: Readonly<Record<string, string>> };
  /** Where it stands in menus: the n8n resource. */
  group: NodeGroup;
  /** A sentence for n8n's node panel, e.g. `Capture packets as a pcap`. */
  action: string;
  /** One or two sentences, no final stop: what it does and when a person wants it. */
  description: string;
  /** Paragraphs of plain text that help and docs show under the description. */
  details: string[];
  /** What the appliance's role or token must allow, in words. */
  permission: string;
  /** Where the vendor's API page describes what is used here (a heading of that page). */
  source: string;
  /** What a reader must know before it runs: shown in both editors. */
  warnings?: readonly Warning[];
  fields: Field[];
  /** One result as it comes out: for help, docs and tests. */
  sampleOutput: Record<string, unknown>;
  /**
   * The array within the result whose elements are what a person came for, e.g. `talkers`. n8n
   * hands on one item for each element; Node-RED sends the result as it is.
   */
  itemsProperty?: string;
  /** Whether results carry a file. Then n8n shows a binary property and Node-RED a file target. */
  producesFile: boolean;
  /** Whether a result without a file is as good as one with, rather than an empty file. */
  fileIsOptional?: boolean;
  /**
   * Where a file is a choice: it comes only while each named field has one of the values, and hosts
   * ask for its place only then. Otherwise results are data.
   */
  fileWhen?: Record<string, ReadonlyArray<string | boolean>>;
  /**
   * False for work on files alone: then no appliance has to be chosen, and `run` must not ask for
   * the client. See {@link LocalDefinition}.
   */
  needsAppliance?: boolean;
  /** Whether a person may end it early and keep what there is, as far as the host has a way. */
  mayFinishEarly?: boolean;
  /**
   * Does the work. `values` come from {@link readFieldValues}, so that types and bounds hold; what
   * concerns several fields is checked here, before any request is made.
   */
  run(context: RunContext, values: FieldValues): AsyncGenerator<RunResult>;
}

/** A definition that needs no appliance. */
export interface LocalDefinition extends NodeDefinition {
  needsAppliance: false;
  run(context: LocalContext, values: FieldValues): AsyncGenerator<RunResult>;
}

export interface Warning {
  /** Says by itself when it applies: help and docs show it whatever is chosen. */
  text: string;
  /** The form shows it only while each named field has one of the values. */
  showWhen?: Record<string, ReadonlyArray<string | boolean>>;
}

export type NodeGroup = 'Statistics' | 'Capture' | 'Analysis' | 'Ring Buffer' | 'Device';

/** All that a definition may know of the world around it. */
export interface RunContext extends LocalContext {
  client: AllegroClient;
}

/** The same without an appliance. */
export interface LocalContext {
  /** Aborted when the person, the workflow or a redeploy cancels. */
  signal: AbortSignal;
  /**
   * Aborted when a person wants work that is {@link NodeDefinition.mayFinishEarly} to end here, and
   * to keep what it has.
   */
  finish?: AbortSignal;
  /** For status lines. Hosts throttle it; call it as often as there is news. */
  progress(progress: Progress): void;
  log: { debug(message: string): void; warn(message: string): void };
  /** Who asks, for records of evidence. */
  origin: Origin;
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

export interface Progress {
  /** A short phrase in lower case without numbers, e.g. `capturing`. */
  step: string;
  /** Bytes moved so far. */
  bytes?: number;
  /** Bytes expected in all, where that is known. */
  totalBytes?: number;
  packets?: number;
  /** Of many parts, such as IP addresses, how many are done and how many there are. */
  done?: number;
  total?: number;
}

/** One thing that came out. */
export interface RunResult {
  /** Final for results without a file; for results with one, see {@link ResultFile.finished}. */
  json: Record<string, unknown>;
  file?: ResultFile;
  /** Instead of `file`, where the result is in several files. */
  parts?: ResultParts;
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
  finish(): Promise<Record<string, unknown>>;
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
   * Goes before the extension where a person chose the name: one of several results that are stored
   * at the same time, whose files must not meet. `name` has it already.
   */
  nameSuffix?: string;
  mediaType: string;
  stream: ByteStream;
  /** The result's JSON, complete with what was only known at the end (counts, hash, window). */
  finished: Promise<Record<string, unknown>>;
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
  /** Opens it anew each time it is called. */
  open(): ByteStream | Promise<ByteStream>;
}
