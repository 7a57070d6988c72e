import type { AllegroClient } from '../../client';
import { definitions } from '../../nodes/definitions';
import type { NodeDefinition } from '../../nodes/definitions/model/define-node';
import { readFieldValues } from '../../nodes/definitions/model/read-field-values';
import { pollTriggers } from '../../nodes/definitions/triggers';
import type { PollTrigger, TriggerState } from '../../nodes/definitions/triggers/trigger';
import { STEADY_HOST, type Simulator } from '../../simulator';
import { runContext } from '../support/fake-transport';
import { fileOf } from '../support/file-of';
import { runDefinition, type Ran } from './support/run-definition';

/** What calls are made with; prepared while the appliance behaves as the page says. */
export interface Samples {
  simulator: Simulator;
  /** A pcap. */
  file: Buffer;
  /** Microseconds. */
  window: { startUs: number; endUs: number };
  /** Rows of Get Connections: of the live traffic, and of the slot that has the file. */
  connection: Record<string, unknown>;
  slotConnection: Record<string, unknown>;
}

/** A representative use of a node or a trigger, and what shows that it did its work. */
export interface NodeCall {
  /** Name of its definition. */
  node: string;
  values(samples: Samples): Record<string, unknown>;
  check(ran: Ran, samples: Samples): void | Promise<void>;
  /** What it may warn of wherever it runs. */
  mayWarn?: RegExp;
}

const LAST = { timeMode: 'last', lastAmount: 30, lastUnit: 'seconds' };
const HOST = { host: STEADY_HOST };
/** Over before any call suspends the ring buffer, so that all its packets are there. */
const closed = ({ window }: Samples) => ({
  timeMode: 'between',
  since: window.startUs / 1000,
  until: window.endUs / 1000,
});
const UNSEEN = '192.0.2.77';

const SMALL = { chartWidth: 320, chartHeight: 240, chartScale: 1 };

/** There are as many packets in the file as there were in the window. */
async function expectPackets({ json, file }: Ran, { simulator }: Samples): Promise<void> {
  const { from, to } = json.requestedWindow as { from: string; to: string };
  const [startUs, endUs] = [from, to].map((time) => {
    const [whole, fraction = ''] = time.replace('Z', '').split('.');
    return Date.parse(`${whole}Z`) * 1000 + Number(fraction.padEnd(6, '0'));
  });
  const there = await simulator.packetsIn(json.expression as string, startUs!, endUs!);
  expect(json.packets).toBe(there.packets);
  expect(json.packets).toBeGreaterThan(0);
  expect(json).toMatchObject({ complete: true, sha256: file!.sha256 });
}

const some =
  (list: string, more: Record<string, unknown> = {}) =>
  ({ json }: Ran) => {
    expect(json).toMatchObject(more);
    expect((json[list] as unknown[]).length).toBeGreaterThan(0);
  };
const none =
  (list: string, more: Record<string, unknown> = {}) =>
  ({ json }: Ran) =>
    expect(json).toMatchObject({ [list]: [], ...more });

/** A trigger takes note of what there is, and shows some of it. */
function expectWatched({ json }: Ran): void {
  expect(json.watched).toBeGreaterThan(0);
  expect((json.preview as unknown[]).length).toBeGreaterThan(0);
  expect(json.events).toBeInstanceOf(Array);
}

export const NODE_CALLS = {
  'Top Talkers': {
    node: 'topTalkers',
    values: () => ({ ...LAST, limit: 5 }),
    check: ({ json }) => {
      const talkers = json.talkers as Array<Record<string, unknown>>;
      expect(talkers).toHaveLength(5);
      for (const { ip, totalBytes, sharePercent } of talkers) {
        expect(ip).toMatch(/^[0-9a-f.:]+$/);
        expect(totalBytes).toBeGreaterThan(0);
        expect(sharePercent).toBeGreaterThan(0);
      }
    },
  },
  'Get Stats': {
    node: 'getStats',
    values: () => ({ path: `API/stats/modules/ip/ips/${STEADY_HOST}`, ...LAST }),
    check: ({ json }) => {
      expect((json.interval as Record<string, number>).totalBytes).toBeGreaterThan(0);
    },
  },
  'Chart of talkers': {
    node: 'chart',
    values: () => ({ ...LAST, ...SMALL }),
    check: ({ file }) => expect(file!.bytes.length).toBeGreaterThan(1000),
  },
  'Chart of a history': {
    node: 'chart',
    values: () => ({
      ...LAST,
      ...SMALL,
      chartKind: 'history',
      series: [{ path: `API/stats/modules/ip/ips/${STEADY_HOST}` }],
    }),
    check: ({ file }) => expect(file!.bytes.length).toBeGreaterThan(1000),
  },
  'Get Connections': {
    node: 'getConnections',
    values: () => LAST,
    check: some('connections'),
  },
  'Get Connections of an address': {
    node: 'getConnections',
    values: () => ({ timeMode: 'none', ...HOST }),
    check: some('connections'),
  },
  'Get Connections of an unseen address': {
    node: 'getConnections',
    values: () => ({ timeMode: 'none', host: UNSEEN }),
    check: none('connections'),
  },
  'Get Connections, CSV': {
    node: 'getConnections',
    values: () => ({ timeMode: 'none', listOutput: 'csv' }),
    check: ({ json }) => expect(json.rows).toBeGreaterThan(0),
  },
  'Get Server Ports': {
    node: 'getServerPorts',
    values: () => ({ addresses: STEADY_HOST }),
    check: some('hosts', { failed: [], gone: [] }),
  },
  'Get Peers': {
    node: 'getPeers',
    values: () => ({ address: STEADY_HOST, ...LAST }),
    check: some('peers'),
  },
  'Get Peers of an unseen address': {
    node: 'getPeers',
    values: () => ({ address: UNSEEN, ...LAST }),
    check: none('peers'),
  },
  'Host Profile': {
    node: 'hostProfile',
    values: () => ({ addresses: STEADY_HOST, ...LAST }),
    check: some('hosts'),
  },
  'Capture Pcap': {
    node: 'capturePcap',
    values: (samples) => ({ ...HOST, ...closed(samples) }),
    check: expectPackets,
  },
  'Capture Pcap of a connection': {
    node: 'capturePcap',
    values: ({ connection }) => ({
      captureScope: 'connection',
      host: connection.clientIp,
      hostPort: connection.clientPort,
      peer: connection.serverIp,
      peerPort: connection.serverPort,
      l4Protocol: connection.l4Protocol,
      timeMode: 'between',
      since: connection.connectionStart,
      until: connection.lastActivity,
      endInFuture: 'cut',
    }),
    check: async (ran, samples) => {
      await expectPackets(ran, samples);
      expect(ran.json.scope).toBe('connection');
    },
  },
  'Capture Pcap of the last seconds': {
    node: 'capturePcap',
    values: () => ({ ...HOST, ...LAST }),
    check: ({ json }) => {
      expect(json).toMatchObject({ complete: true });
      expect(json.packets).toBeGreaterThan(0);
    },
  },
  'Capture Pcap, live': {
    node: 'capturePcap',
    // Ends by a number of packets: how many come in a given time depends on the machine.
    values: () => ({ ...HOST, captureSource: 'live', liveSeconds: 600, maxPackets: 3 }),
    check: ({ json }) =>
      expect(json).toMatchObject({ complete: true, endedBy: 'packets', packets: 3 }),
    mayWarn: /limit/,
  },
  'Capture Connection': {
    node: 'captureConnection',
    values: ({ connection }) => connection,
    check: expectPackets,
  },
  'Capture Connection from a slot': {
    node: 'captureConnection',
    values: ({ slotConnection }) => ({ ...slotConnection, device: ':1' }),
    check: ({ json }, { slotConnection }) => expect(json.packets).toBe(slotConnection.totalPackets),
    // The clock of a slot is that of its file.
    mayWarn: /clock/,
  },
  'Estimate Capture': {
    node: 'estimateCapture',
    values: (samples) => ({ ...HOST, ...closed(samples) }),
    check: ({ json }) => expect(json.expectedBytes).toBeGreaterThan(0),
  },
  'Estimate Capture of all traffic': {
    node: 'estimateCapture',
    values: (samples) => ({ captureScope: 'all', ...closed(samples) }),
    check: ({ json }) => expect(json.expectedBytes).toBeGreaterThan(0),
  },
  'Upload Pcap': {
    node: 'uploadPcap',
    values: ({ file }) => ({
      file: fileOf(file),
      slot: 1,
      slotInUse: 'replace',
      waitForStatistics: false,
    }),
    check: ({ json }) => expect(json.packets).toBeGreaterThan(0),
  },
  'Wait for Analysis': {
    node: 'waitForAnalysis',
    // Counters of live traffic change once a second: two seconds tell them from those of a slot.
    values: () => ({ device: ':1', settledSeconds: 2, waitSeconds: 6 }),
    check: ({ json }) => expect(json).toMatchObject({ mmId: ':1', settled: true }),
  },
  'Pcap Summary': {
    node: 'pcapSummary',
    values: ({ file }) => ({ file: fileOf(file) }),
    check: some('conversations'),
  },
  'Suspend Buffer': {
    node: 'suspendBuffer',
    values: () => ({ bufferAction: 'suspend' }),
    check: ({ json }, { simulator }) => {
      expect(json).toMatchObject({ suspended: true });
      expect(simulator.isBufferSuspended()).toBe(true);
    },
  },
  'Ring Buffer Status': {
    node: 'ringBufferStatus',
    values: () => ({}),
    check: ({ json }) => {
      expect(json).toMatchObject({ ok: true, ringBuffer: 0 });
      expect(json.oldestPacketAt !== null || json.suspended !== null).toBe(true);
    },
  },
  'Freeze Evidence': {
    node: 'freezeEvidence',
    values: (samples) => ({ ...HOST, ...closed(samples) }),
    check: async (ran, samples) => {
      await expectPackets(ran, samples);
      expect(samples.simulator.isBufferSuspended()).toBe(false);
    },
  },
  'Appliance Health': {
    node: 'applianceHealth',
    values: () => ({ minUptime: 1 }),
    check: ({ json }) => expect(json).toMatchObject({ ok: true, unavailable: [] }),
  },
  'API Request': {
    node: 'apiRequest',
    values: () => ({ path: 'API/stats/modules/ip/ips_paged?count=3' }),
    check: ({ json }) => expect(json).not.toEqual({}),
  },
  'Threshold Trigger': {
    node: 'thresholdTrigger',
    values: () => ({ watched: 'ip', limit: 1, windowSeconds: 10 }),
    check: expectWatched,
  },
  'Threshold Trigger of the ring buffer': {
    node: 'thresholdTrigger',
    values: () => ({ watched: 'buffer', limit: 1000 }),
    check: expectWatched,
  },
  'New Element Trigger': {
    node: 'newElementTrigger',
    values: () => ({ elementKind: 'ip' }),
    check: expectWatched,
  },
  'New Element Trigger of host ports': {
    node: 'newElementTrigger',
    values: () => ({ elementKind: 'hostPort', addresses: `${STEADY_HOST}, 10.1.0.0/16` }),
    check: expectWatched,
  },
  'New Element Trigger of DNS servers': {
    node: 'newElementTrigger',
    values: () => ({ elementKind: 'dnsServer' }),
    check: expectWatched,
  },
  'New Element Trigger of DHCP servers': {
    node: 'newElementTrigger',
    values: () => ({ elementKind: 'dhcpServer' }),
    // The traffic has none; new-servers.test.ts finds those of its trouble.
    check: ({ json }) => expect(json).toMatchObject({ watched: 0, events: [] }),
  },
  'Incidents Trigger': {
    node: 'incidentsTrigger',
    values: () => ({}),
    check: expectWatched,
  },
  'List Devices': {
    node: 'listDevices',
    values: () => ({}),
    check: some('devices'),
  },
  'Which Device': {
    node: 'whichDevice',
    values: () => ({ address: STEADY_HOST, ...LAST }),
    check: ({ json }) =>
      expect(json).toMatchObject({ best: expect.stringMatching(/./), seenBy: 2 }),
  },
  'Which Device, unseen address': {
    node: 'whichDevice',
    values: () => ({ address: UNSEEN, ...LAST }),
    check: ({ json }) => expect(json).toMatchObject({ best: null, seenBy: 0 }),
  },
} satisfies Record<string, NodeCall>;

export type CallName = keyof typeof NODE_CALLS;
export const CALL_NAMES = Object.keys(NODE_CALLS) as CallName[];

/** Runs a call as a host does. Of a trigger, it polls twice and makes a preview. */
export function runCall(
  client: AllegroClient,
  { node, values }: NodeCall,
  samples: Samples,
): Promise<Ran[]> {
  const trigger = pollTriggers.find(({ name }) => name === node);
  const raw = values(samples);
  return trigger ? runTrigger(client, trigger, raw) : runDefinition(client, nodeOf(node), raw);
}

export function nodeOf(node: string): NodeDefinition {
  return definitions.find(({ name }) => name === node)!;
}

async function runTrigger(
  client: AllegroClient,
  trigger: PollTrigger,
  raw: Record<string, unknown>,
): Promise<Ran[]> {
  const warnings: string[] = [];
  const log = { debug: () => undefined, warn: (text: string) => void warnings.push(text) };
  const context = runContext({ client, log });
  const values = readFieldValues(trigger, raw);
  const first = await trigger.poll(context, values, undefined);
  const state = JSON.parse(JSON.stringify(first.state)) as TriggerState;
  const { events } = await trigger.poll(context, values, state);
  const preview = await trigger.preview(context, values);
  return [{ json: { watched: first.summary.watched, events, preview, warnings } }];
}
