import type { Switches } from './switches';

/**
 * Plausible readings of what the facts about the API leave open: a name for a set of switches. Each
 * is what some appliance or firmware may do; what works under all of them rests on no assumption.
 */
export const PERSONALITIES = {
  /** As the vendor's page says, word by word. */
  page: {},
  /** Lists as objects: IP addresses, elements and incidents by their name. */
  objects: { ipsShape: 'object', listShape: 'object', incidentsShape: 'object' },
  /** Lists as plain arrays, without numbers of items and pages. */
  arrays: { listShape: 'array', incidentsShape: 'array', emptyList: 'array' },
  /** The IDs of jobs are text; a job is announced with status 202. */
  'text-job-ids': { asyncIdType: 'string', asyncFirstStatus: 202 },
  /** No jobs: the result comes at once. */
  'direct-results': { asyncDirect: true },
  /** Modules that the page does not describe are switched off or have never been there. */
  'missing-modules': {
    missingModules: [
      ...['mac_protocols', 'global_incidents', 'groups', 'packet_size', 'dpi', 'vlan'],
      ...['quality', 'dns', 'dhcp', 'ssl', 'ip/ipsTCP', 'ip/ipsTCPData'],
    ],
    tellsBufferState: false,
  },
  /** `mm-id` is ignored: every slot is the live traffic. */
  'ignored-mm-id': { ignoresMmId: 'everywhere' },
  /** Only the clock ignores `mm-id`: it answers for slots that are not there. */
  'ignored-mm-id-clock': { ignoresMmId: 'clock' },
  /** An upload gets another slot than it asks for, forced or not. */
  'assigned-slots': { uploadSlot: 'other' },
  /** The answer to an announced upload does not name the slot. */
  'unnamed-slots': { uploadSlot: 'unnamed' },
  /** A list without elements is not found. */
  'empty-404': { emptyList: '404' },
  /** A list without elements is `[]`. */
  'empty-array': { emptyList: 'array' },
  /** `/API/stats/time` has its time under another key. */
  'clock-key': { clock: 'otherKey' },
  /** It has an ISO 8601 text. */
  'clock-iso': { clock: 'iso' },
  /** It needs a permission that no login has. */
  'clock-403': { clock: '403' },
  /** It is not there. */
  'clock-404': { clock: '404' },
  /** It has a number that is not a time. */
  'clock-huge': { clock: 'huge' },
  /** Every page of a list has the same rows, and there is no end of them. */
  'endless-pages': { endlessPages: true },
  /** Changes are refused with status 200 and an error in the body. */
  'refused-posts': { refusesPosts: true },
  /** No `Date` header. */
  'no-date': { sendsDate: false },
  /** Values as text, counters with more elements, rows of a history as objects. */
  'loose-values': { looseValues: true },
  /** Captures are pcapng, and end with the connection. */
  pcapng: { captureFormat: 'pcapng', captureFraming: 'close' },
  /** The answer to a capture that is stored on the appliance has no body. */
  'silent-media': { mediaAnswer: 'empty' },
  /** No ring buffer, no analysis slots, no storage. */
  'live-only': { ringBuffers: 0, analysisSlots: 0, hasStorage: false },
} satisfies Record<string, Partial<Switches>>;

export type Personality = keyof typeof PERSONALITIES;
