import type { Personality } from './personalities';
import type { Switches } from './switches';
import type { TroubleKind } from './traffic/trouble';

/** How a simulator is started. */
export interface SimulatorOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  /** Where it listens; loopback unless told otherwise. */
  host?: string;
  /** Plain HTTP rather than HTTPS. */
  http?: boolean;
  /** A key and certificate (PEM) of one's own, instead of a self-signed one. */
  certificate?: { key: string; cert: string };
  /** Traffic is the same for the same seed. */
  seed?: number;
  /** Seconds of traffic before the start. */
  historySeconds?: number;
  /** A pcap or pcapng file to be the local device's traffic, moved so that it ends at the start. */
  pcap?: string;
  /** What is wrong in the generated traffic of the local device. */
  trouble?: TroubleKind[];
  /** A named set of switches; `page` unless another is named. */
  personality?: Personality;
  /** What is open in the facts about the API, and what differs between appliances. */
  switches?: Partial<Switches>;
}
