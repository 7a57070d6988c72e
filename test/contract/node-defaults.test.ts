import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definitions } from '../../nodes/definitions';
import { sampleResult } from '../../nodes/definitions/model/device-results';
import { createNode } from '../support/fake-runtime';
import { useSimulator } from './support/bench';

/** What a node does that was only dropped between Inject and Debug: its status, and its error. */
const AS_DROPPED: Record<string, [status: string | RegExp, advice?: string]> = {
  capturePcap: ['Host missing', 'or send `msg.host`'],
  captureConnection: ['Client IP missing', 'or send `msg.payload.clientIp`'],
  estimateCapture: ['Host missing', 'or send `msg.host`'],
  topTalkers: [/^\d+ talkers$/],
  getStats: ['Path missing', 'or send `msg.path`'],
  getConnections: [/^\d+ connections$/],
  getPeers: ['IP Address missing', 'or send `msg.host`'],
  getServerPorts: [/^\d+ hosts$/],
  chart: [/^\d+ kB$/],
  hostProfile: ['IP Addresses missing', 'or send `msg.host`'],
  suspendBuffer: ['buffer suspended'],
  freezeEvidence: ['Time of the Alert missing', 'or send `msg.alertTime`'],
  ringBufferStatus: ['done'],
  uploadPcap: ['File missing', 'Send the path of a file in msg.filename'],
  waitForAnalysis: ['Analysis Slot missing', 'or send `msg.payload.mmId`'],
  pcapSummary: ['File missing', 'Send the path of a file in msg.filename'],
  whichDevice: ['IP or MAC Address missing', 'or send `msg.host`'],
  // It has been up for a minute.
  applianceHealth: ['1 warning'],
  listDevices: ['3 devices'],
  apiRequest: ['Path missing', 'or send `msg.path`'],
};

describe('a node that was only dropped between Inject and Debug', () => {
  const bench = useSimulator(60);
  const { signal } = new AbortController();
  let userDir: string;
  beforeEach(() => void (userDir = mkdtempSync(join(tmpdir(), 'allegro-defaults-'))));
  afterEach(async () => {
    rmSync(userDir, { recursive: true });
    await bench.client.setRingBufferSuspended(0, false, { signal });
  });

  it('is of these kinds', () => {
    expect(Object.keys(AS_DROPPED).sort()).toEqual(definitions.map(({ name }) => name).sort());
  });

  it.each(
    definitions.flatMap((definition) =>
      // Inject sends a time as payload unless told otherwise.
      [{}, { payload: 1_795_448_940_000, topic: '' }].map(
        (message) => [definition.name, message, definition] as const,
      ),
    ),
  )('%s with %j', async (name, message, definition) => {
    const node = createNode(definition, {}, userDir, bench.client);
    const handled = await node.run({ ...message });
    const [status, advice] = AS_DROPPED[name]!;
    expect(handled.done).toEqual([
      advice === undefined
        ? undefined
        : expect.objectContaining({ message: expect.stringContaining(advice) }),
    ]);
    expect(handled.sent).toHaveLength(advice === undefined ? 1 : 0);
    for (const { payload } of handled.sent) {
      if (Buffer.isBuffer(payload)) continue;
      const sample = sampleResult(definition);
      expect(Object.keys(payload as object).sort()).toEqual(Object.keys(sample).sort());
    }
    await node.close();
    // The last one clears it.
    expect(node.statuses.at(-2)!.text).toMatch(
      status instanceof RegExp ? status : new RegExp(`^${status}$`),
    );
  });
});

describe('a value that a message brings, and that is wrong', () => {
  it.each([
    ['in its own property', {}, { host: 'nonsense' }, '`msg.host`'],
    [
      'in another one',
      { host: 'alert.ip', hostType: 'msg' },
      { 'alert.ip': 'nonsense' },
      '`msg.alert.ip`',
    ],
  ])('%s is named in the error, and its field in the status', async (_, more, message, origin) => {
    const capture = definitions.find(({ name }) => name === 'capturePcap')!;
    const node = createNode(capture, more, undefined, { now: () => Date.now() });
    const handled = await node.run({ ...message });
    expect(handled.done[0]!.message).toContain(`The value came from ${origin}.`);
    expect(node.statuses.at(-1)).toMatchObject({ fill: 'red', text: 'Host not valid' });
    await node.close();
  });
});
