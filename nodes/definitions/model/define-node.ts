import type { Field, ShowWhen } from './field';
import type { ValuesOf } from './field-values';
import type { LocalContext, RunContext, SuspendedBuffer } from './run-context';
import type { RunResult } from './run-result';

/** What nodes are about, by the folder that they are in: n8n's resources. */
export const NODE_GROUPS = {
  capture: 'Packet',
  statistics: 'Statistics',
  'ring-buffer': 'Ring Buffer',
  analysis: 'Pcap File',
  device: 'Device',
  api: 'API Request',
} as const;
export type NodeGroup = (typeof NODE_GROUPS)[keyof typeof NODE_GROUPS];

/** What is done, as n8n's menus say it. */
interface Operation {
  /** A verb; the group is not repeated, e.g. `Capture`. Title case. */
  verb: string;
  /** A sentence for n8n's node panel, e.g. `Capture a pcap`. */
  action: string;
}

/** What a node does instead where one of its fields says so. */
interface Variant extends Operation {
  /** Identity of its operation in n8n, e.g. `resumeBuffer`. */
  name: string;
  /** Title case, e.g. `Resume Buffer`. */
  label: string;
  description: string;
}

interface NodeDescription<Fields extends readonly Field[]> extends Operation {
  /** Identity in lower camel case, e.g. `capturePcap`. Never changes once published. */
  name: string;
  /** Title case, e.g. `Capture Pcap`. */
  label: string;
  /**
   * A field whose values do different things, even opposite ones. In n8n each value is an operation
   * and the field does not show; in Node-RED the value decides what the node is called.
   */
  variants?: {
    field: string;
    /** The value with which the node does what its own name says. */
    own: string;
    others: Readonly<Record<string, Variant>>;
  };
  /** Where it stands in menus: the n8n resource. */
  group: NodeGroup;
  /** One or two sentences, no final stop: what it does and when a person wants it. */
  description: string;
  /** Paragraphs of plain text that help and docs show under the description. */
  details: readonly string[];
  /** What the appliance's role or token must allow, in words. */
  permission: string;
  /** Where the vendor's API page describes what is used here (a heading of that page). */
  source: string;
  /** What a reader must know before it runs: shown in both editors. */
  warnings?: readonly Warning[];
  fields: Fields;
  /** One result as it comes out: for help, docs and tests. */
  sampleOutput: Record<string, unknown>;
  /**
   * The array within the result whose elements are what a person came for, e.g. `talkers`. n8n
   * hands on one item for each element; Node-RED sends the result as it is.
   */
  itemsProperty?: string;
  /**
   * Properties of the result that are for the record rather than for the next step: n8n leaves them
   * out while *Simplify* is on.
   */
  recordProperties?: readonly string[];
  /**
   * The property that holds a list, as another node sends it, whose elements this node takes one by
   * one, the field that bounds them, and the fields that tell one element from another. n8n has an
   * item for each; Node-RED runs once for each.
   */
  takesEach?: { property: string; limit: string; identity: readonly string[] };
  /** Whether results carry a file. Then n8n shows a binary property and Node-RED a file target. */
  producesFile: boolean;
  /** Whether its files are small, such as a picture: Node-RED then sends them in the message. */
  hasSmallFiles?: boolean;
  /** Whether a result without a file is as good as one with, rather than an empty file. */
  fileIsOptional?: boolean;
  /**
   * Where a file is a choice: there is one only while each named field has one of the values, and
   * hosts ask where to store it only then. Otherwise results are data.
   */
  fileWhen?: ShowWhen;
  /** Whether the file that went in goes on to the next node: n8n keeps the item's binary data. */
  passesFileOn?: boolean;
  /** Whether a person may end it early and keep what there is, as far as the host has a way. */
  mayFinishEarly?: boolean;
}

export interface Warning {
  /** Says by itself when it applies: help and docs show it whatever is chosen. */
  text: string;
  /** The form shows it only while each named field has one of the values. */
  showWhen?: ShowWhen;
}

/**
 * A node that talks to the appliance. `values` come from `readFieldValues`, so types and bounds hold;
 * what concerns several fields is checked in `run`, before any request is made.
 */
export interface ApplianceNode<
  Fields extends readonly Field[] = readonly Field[],
> extends NodeDescription<Fields> {
  needsAppliance?: true;
  /**
   * Resumes a ring buffer that a run of this node has suspended and, because of a crash, could not
   * resume. For hosts that have `noteSuspension`.
   *
   * @returns false where it records already
   * @throws AllegroError
   */
  resumeLeftover?(
    context: Pick<RunContext, 'client' | 'signal'>,
    buffer: SuspendedBuffer,
  ): Promise<boolean>;
  run(context: RunContext, values: ValuesOf<Fields>): AsyncGenerator<RunResult>;
}

/** A node that works on files alone: no appliance has to be chosen for it. */
export interface LocalNode<
  Fields extends readonly Field[] = readonly Field[],
> extends NodeDescription<Fields> {
  needsAppliance: false;
  run(context: LocalContext, values: ValuesOf<Fields>): AsyncGenerator<RunResult>;
}

/**
 * The platform-neutral description of one node. A definition is data plus one function; the two
 * adapters turn it into an n8n operation and a Node-RED node, and the docs are made from it.
 */
export type NodeDefinition = ApplianceNode | LocalNode;

/** Defines a node, with the values of `run` typed from its fields. */
export function defineNode<const Fields extends readonly Field[]>(
  definition: ApplianceNode<Fields>,
): ApplianceNode<Fields> {
  return definition;
}

/** The same for a node that needs no appliance. */
export function defineLocalNode<const Fields extends readonly Field[]>(
  definition: LocalNode<Fields>,
): LocalNode<Fields> {
  return definition;
}
