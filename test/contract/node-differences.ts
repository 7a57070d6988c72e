import type { AllegroError } from '../../client';
import type { Personality } from '../../simulator/personalities';
import { CALL_NAMES, type CallName, type NodeCall } from './node-calls';

/** How a call ends otherwise than in success without a warning. */
export type Difference =
  { fails: AllegroError['kind']; says: RegExp } | { warns?: RegExp; check?: NodeCall['check'] };

interface Differences {
  /** What any call may warn of. */
  mayWarn?: RegExp;
  differs?: Partial<Record<CallName, Difference>>;
}

const CAPTURES: CallName[] = [
  'Capture Pcap',
  'Capture Pcap of a connection',
  'Capture Pcap of the last seconds',
  'Capture Connection',
  'Capture Connection from a slot',
  'Freeze Evidence',
];
/** It captures the oldest packet. */
const REACH_TRIGGER: CallName = 'Threshold Trigger of the ring buffer';
const CHANGES: CallName[] = ['Upload Pcap', 'Suspend Buffer', 'Freeze Evidence'];

const each = (calls: CallName[], difference: Difference) =>
  Object.fromEntries(calls.map((name) => [name, difference])) as Differences['differs'];

const NO_BUFFER: Difference = { fails: 'notFound', says: /There is no packet ring buffer 0/ };
const NO_SLOT_PROVEN: Difference = { fails: 'refused', says: /nothing was uploaded/ };
const UNSETTLED: Difference = {
  warns: /had not settled/,
  check: ({ json }) => expect(json).toMatchObject({ settled: false, concludedBy: null }),
};
const PART_UNKNOWN: Difference = {
  check: ({ json }) => expect(json).toMatchObject({ ok: true, unavailable: [expect.anything()] }),
};

const CLOCK: Differences = {
  mayWarn: /clock/,
  differs: {
    'Appliance Health': PART_UNKNOWN,
  },
};

/** What may differ under each personality; all else works, and warns of nothing. */
export const BY_PERSONALITY: Record<Personality, Differences> = {
  page: {},
  objects: {},
  arrays: {},
  'text-job-ids': {},
  'direct-results': {},
  'missing-modules': {
    differs: {
      'Suspend Buffer': {
        warns: /does not report the state/,
        check: ({ json }) => expect(json).toMatchObject({ suspended: null }),
      },
      'Freeze Evidence': { warns: /does not report the state of the ring buffer/ },
      'Incidents Trigger': { fails: 'notFound', says: /global_incidents/ },
      'New Element Trigger of DNS servers': { fails: 'notFound', says: /dns\/servers_paged/ },
      'New Element Trigger of DHCP servers': { fails: 'notFound', says: /dhcp\/servers/ },
      ...each(['Top Talkers', 'Estimate Capture of all traffic', 'Wait for Analysis'], {
        warns: /All traffic was taken from the statistics of IP/,
      }),
      'Appliance Health': PART_UNKNOWN,
    },
  },
  // What is not there cannot be told from what is: nothing goes into a slot that may not be one.
  'ignored-mm-id': { differs: { 'Upload Pcap': NO_SLOT_PROVEN, 'Wait for Analysis': UNSETTLED } },
  'ignored-mm-id-clock': {},
  'assigned-slots': { differs: { 'Upload Pcap': { warns: /assigned slot 2 instead of slot 1/ } } },
  'unnamed-slots': {},
  'empty-404': {
    differs: each(['Get Connections of an unseen address', 'Get Peers of an unseen address'], {
      warns: /has not seen 192\.0\.2\.77/,
    }),
  },
  'empty-array': {},
  'clock-key': CLOCK,
  'clock-iso': {},
  'clock-403': CLOCK,
  'clock-404': CLOCK,
  'clock-huge': CLOCK,
  'endless-pages': {
    mayWarn:
      /the appliance repeats entries|but lists none|but only \d+ are remembered|lists more incidents/,
  },
  'refused-posts': { differs: each(CHANGES, { fails: 'refused', says: /locked by another user/ }) },
  'no-date': {},
  'loose-values': {},
  pcapng: { differs: each(CAPTURES, { warns: /neither a length nor chunks/ }) },
  'silent-media': {},
  'live-only': {
    differs: {
      ...each([...CAPTURES, 'Suspend Buffer', 'Ring Buffer Status', REACH_TRIGGER], NO_BUFFER),
      'Capture Connection from a slot': { fails: 'notFound', says: /no slot 1/ },
      'Upload Pcap': NO_SLOT_PROVEN,
      'Wait for Analysis': { fails: 'notFound', says: /no analysis slot 1/ },
      'Appliance Health': PART_UNKNOWN,
    },
  },
};

const DENIED: Difference = { fails: 'permission', says: /Permission denied/ };
const DOWNLOADS: CallName[] = [...CAPTURES, 'Capture Pcap, live'];
const PACKETS: CallName[] = [...DOWNLOADS, REACH_TRIGGER];
const NEEDS_NO_STATISTICS: CallName[] = [
  ...DOWNLOADS,
  'Pcap Summary',
  'Ring Buffer Status',
  REACH_TRIGGER,
];
/** Its state can be read without the right to capture. */
const NO_OLDEST_PACKET: Differences['differs'] = {
  'Ring Buffer Status': { warns: /^The oldest packet could not be read. Permission denied/ },
};
const STATISTICS = CALL_NAMES.filter((name) => !NEEDS_NO_STATISTICS.includes(name));

/** What differs for tokens that may not do everything. */
export const BY_TOKEN: Record<string, Differences> = {
  'operator-token': { differs: { ...each(PACKETS, DENIED), ...NO_OLDEST_PACKET } },
  'capture-token': { differs: each(CHANGES, DENIED) },
  'stats-token': { differs: { ...each([...PACKETS, ...CHANGES], DENIED), ...NO_OLDEST_PACKET } },
  'pcap-token': {
    mayWarn: /clock|could not be checked/,
    differs: each([...STATISTICS, ...CHANGES], DENIED),
  },
  'voip-token': {
    differs: each([...STATISTICS, ...PACKETS, ...CHANGES, 'Ring Buffer Status'], DENIED),
  },
};
