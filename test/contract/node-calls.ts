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

type Values = Record<string, unknown>;
type Check = (ran: Ran, samples: Samples) => void | Promise<void>;

/** A representative use of a node or a trigger, and what shows that it did its work. */
export interface NodeCall {
  /** Name of its definition. */
  node: string;
  values: Values | ((samples: Samples) => Values);
  check: Check;
  /** What it may warn of wherever it runs. */
  mayWarn?: RegExp;
}

const LAST = { timeMode: 'last', lastAmount: 30, lastUnit: 'seconds' };
const ALL_TIME = { timeMode: 'none' };
const HOST = { host: STEADY_HOST };
/** Over before any call suspends the ring buffer, so that all its packets are there. */
const closed = ({ window }: Samples) => ({
  timeMode: 'between',
  since: window.startUs / 1000,
  until: window.endUs / 1000,
});
const closedOfHost = (samples: Samples) => ({ ...HOST, ...closed(samples) });
const UNSEEN = '192.0.2.77';
const STEADY_PATH = `API/stats/modules/ip/ips/${STEADY_HOST}`;

const INTO_SLOT_1 = { slot: 1, slotInUse: 'replace', waitForStatistics: false };
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

const is =
  (facts: Values): Check =>
  ({ json }) =>
    expect(json).toMatchObject(facts);
const positive =
  (count: string): Check =>
  ({ json }) =>
    expect(json[count]).toBeGreaterThan(0);
const some =
  (list: string, more: Values = {}): Check =>
  ({ json }) => {
    expect(json).toMatchObject(more);
    expect((json[list] as unknown[]).length).toBeGreaterThan(0);
  };
const none = (list: string) => is({ [list]: [] });
const picture: Check = ({ file }) => expect(file!.bytes.length).toBeGreaterThan(1000);

/** A trigger takes note of what there is, and shows some of it. */
function expectWatched({ json }: Ran): void {
  expect(json.watched).toBeGreaterThan(0);
  expect((json.preview as unknown[]).length).toBeGreaterThan(0);
  expect(json.events).toBeInstanceOf(Array);
}

function call(node: string, values: NodeCall['values'], check: Check, mayWarn?: RegExp): NodeCall {
  return { node, values, check, mayWarn };
}

export const NODE_CALLS = {
  'Top Talkers': call('topTalkers', { ...LAST, limit: 5 }, ({ json }) => {
    const talkers = json.talkers as Values[];
    expect(talkers).toHaveLength(5);
    for (const { ip, totalBytes, sharePercent } of talkers) {
      expect(ip).toMatch(/^[0-9a-f.:]+$/);
      expect(totalBytes).toBeGreaterThan(0);
      expect(sharePercent).toBeGreaterThan(0);
    }
  }),
  'Get Stats': call('getStats', { path: STEADY_PATH, ...LAST }, ({ json }) =>
    expect((json.interval as Values).totalBytes).toBeGreaterThan(0),
  ),
  'Chart of talkers': call('chart', { ...LAST, ...SMALL }, picture),
  'Chart of a history': call(
    'chart',
    { ...LAST, ...SMALL, chartKind: 'history', series: [{ path: STEADY_PATH }] },
    picture,
  ),
  'Get Connections': call('getConnections', LAST, some('connections')),
  'Get Connections of an address': call(
    'getConnections',
    { ...ALL_TIME, ...HOST },
    some('connections'),
  ),
  'Get Connections of an unseen address': call(
    'getConnections',
    { ...ALL_TIME, host: UNSEEN },
    none('connections'),
  ),
  'Get Connections, CSV': call(
    'getConnections',
    { ...ALL_TIME, listOutput: 'csv' },
    positive('rows'),
  ),
  'Get Server Ports': call(
    'getServerPorts',
    { addresses: STEADY_HOST },
    some('hosts', { failed: [], gone: [] }),
  ),
  'Get Peers': call('getPeers', { address: STEADY_HOST, ...LAST }, some('peers')),
  'Get Peers of an unseen address': call('getPeers', { address: UNSEEN, ...LAST }, none('peers')),
  'Host Profile': call('hostProfile', { addresses: STEADY_HOST, ...LAST }, some('hosts')),
  'Capture Pcap': call('capturePcap', closedOfHost, expectPackets),
  'Capture Pcap of a connection': call(
    'capturePcap',
    ({ connection }) => ({
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
    async (ran, samples) => {
      await expectPackets(ran, samples);
      expect(ran.json.scope).toBe('connection');
    },
  ),
  'Capture Pcap of the last seconds': call('capturePcap', { ...HOST, ...LAST }, (ran, samples) => {
    is({ complete: true })(ran, samples);
    positive('packets')(ran, samples);
  }),
  'Capture Pcap, live': call(
    'capturePcap',
    // Ends by a number of packets: how many come in a given time depends on the machine.
    { ...HOST, captureSource: 'live', liveSeconds: 600, maxPackets: 3 },
    is({ complete: true, endedBy: 'packets', packets: 3 }),
    /limit/,
  ),
  'Capture Connection': call('captureConnection', ({ connection }) => connection, expectPackets),
  'Capture Connection from a slot': call(
    'captureConnection',
    ({ slotConnection }) => ({ ...slotConnection, device: ':1' }),
    ({ json }, { slotConnection }) => expect(json.packets).toBe(slotConnection.totalPackets),
    // The clock of a slot is that of its file.
    /clock/,
  ),
  'Estimate Capture': call('estimateCapture', closedOfHost, positive('expectedBytes')),
  'Estimate Capture of all traffic': call(
    'estimateCapture',
    (samples) => ({ captureScope: 'all', ...closed(samples) }),
    positive('expectedBytes'),
  ),
  'Upload Pcap': call(
    'uploadPcap',
    ({ file }) => ({ ...INTO_SLOT_1, file: fileOf(file) }),
    positive('packets'),
  ),
  'Wait for Analysis': call(
    'waitForAnalysis',
    // Counters of live traffic change once a second: two seconds tell them from those of a slot.
    { device: ':1', settledSeconds: 2, waitSeconds: 12 },
    is({ mmId: ':1', settled: true }),
  ),
  'Pcap Summary': call(
    'pcapSummary',
    ({ file }) => ({ file: fileOf(file) }),
    some('conversations'),
  ),
  'Suspend Buffer': call(
    'suspendBuffer',
    { bufferAction: 'suspend' },
    ({ json }, { simulator }) => {
      expect(json).toMatchObject({ suspended: true });
      expect(simulator.isBufferSuspended()).toBe(true);
    },
  ),
  'Ring Buffer Status': call('ringBufferStatus', {}, ({ json }) => {
    expect(json).toMatchObject({ ok: true, ringBuffer: 0 });
    expect(json.oldestPacketAt !== null || json.suspended !== null).toBe(true);
  }),
  'Freeze Evidence': call('freezeEvidence', closedOfHost, async (ran, samples) => {
    await expectPackets(ran, samples);
    expect(samples.simulator.isBufferSuspended()).toBe(false);
  }),
  'Appliance Health': call('applianceHealth', { minUptime: 1 }, is({ ok: true, unavailable: [] })),
  'API Request': call(
    'apiRequest',
    { path: 'API/stats/modules/ip/ips_paged?count=3' },
    ({ json }) => expect(json).not.toEqual({}),
  ),
  'Threshold Trigger': call(
    'thresholdTrigger',
    { watched: 'ip', limit: 1, windowSeconds: 10 },
    expectWatched,
  ),
  'Threshold Trigger of the ring buffer': call(
    'thresholdTrigger',
    { watched: 'buffer', limit: 1000 },
    expectWatched,
  ),
  'New Element Trigger': call('newElementTrigger', { elementKind: 'ip' }, expectWatched),
  'New Element Trigger of host ports': call(
    'newElementTrigger',
    { elementKind: 'hostPort', addresses: `${STEADY_HOST}, 10.1.0.0/16` },
    expectWatched,
  ),
  'New Element Trigger of DNS servers': call(
    'newElementTrigger',
    { elementKind: 'dnsServer' },
    expectWatched,
  ),
  'New Element Trigger of DHCP servers': call(
    'newElementTrigger',
    { elementKind: 'dhcpServer' },
    // The traffic has none; new-servers.test.ts finds those of its trouble.
    is({ watched: 0, events: [] }),
  ),
  'Incidents Trigger': call('incidentsTrigger', {}, expectWatched),
  'List Devices': call('listDevices', {}, some('devices')),
  'Which Device': call(
    'whichDevice',
    { address: STEADY_HOST, ...LAST },
    is({ best: expect.stringMatching(/./), seenBy: 2 }),
  ),
  'Which Device, unseen address': call(
    'whichDevice',
    { address: UNSEEN, ...LAST },
    is({ best: null, seenBy: 0 }),
  ),
};

export type CallName = keyof typeof NODE_CALLS;
export const CALL_NAMES = Object.keys(NODE_CALLS) as CallName[];

/** Runs a call as a host does. Of a trigger, it polls twice and makes a preview. */
export function runCall(
  client: AllegroClient,
  { node, values }: NodeCall,
  samples: Samples,
): Promise<Ran[]> {
  const trigger = pollTriggers.find(({ name }) => name === node);
  const raw = typeof values === 'function' ? values(samples) : values;
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
