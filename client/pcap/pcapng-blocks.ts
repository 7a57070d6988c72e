import { PCAPNG_MAGIC } from './magic';

/** Types and bounds of the blocks of pcapng. Source: the format's specification. */

export const SECTION_HEADER = PCAPNG_MAGIC;
export const INTERFACE = 1;
/** Not written since 2009, but still read by everybody. */
export const OBSOLETE_PACKET = 2;
export const SIMPLE_PACKET = 3;
export const ENHANCED_PACKET = 6;

/** The smallest length of each block that is looked into; any other has at least 12 bytes. */
export const MINIMUM_LENGTHS = new Map<number, number>([
  [SECTION_HEADER, 28],
  [INTERFACE, 20],
  [OBSOLETE_PACKET, 32],
  [SIMPLE_PACKET, 16],
  [ENHANCED_PACKET, 32],
]);

export const BLOCK_HEADER_LENGTH = 8;
export const TRAILER_LENGTH = 4;
/** What one block may hold beside a packet: Wireshark's own bound for a block. */
export const MAX_BLOCK_LENGTH = 16 * 1024 * 1024;
/** Each is held in memory for its section; no capture comes near. */
export const MAX_INTERFACES = 65_536;
/** An interface's block is held in memory, and describes it in a few hundred bytes. */
export const MAX_INTERFACE_LENGTH = 1024 * 1024;
