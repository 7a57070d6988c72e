import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AllegroClient } from '../../../client';
import type { Transport } from '../../../client/http/transport';
import { systemContext } from '../../../node-red/runtime/config-node/system-context';
import { STEADY_HOST } from '../../../simulator';
import { createNode, settled } from '../../support/fake-runtime';
import { nodeOf } from '../node-calls';
import { useSimulator } from '../support/bench';
import { pastWindow } from '../support/operations';
import { axiosTransport } from '../support/transports';
import { waitUntil } from '../support/wait-until';

/** Calls back before each request, with each answer and with each piece of a body. */
function steppedTransport(transport: Transport, step: () => void): Transport {
  return {
    baseUrl: transport.baseUrl,
    mask: (text) => transport.mask(text),
    async send(request) {
      step();
      const { body } = request;
      const stepped =
        body?.kind === 'stream' ? { ...body, stream: steppedStream(body.stream, step) } : body;
      const answer = await transport.send({ ...request, body: stepped });
      step();
      return { ...answer, body: steppedStream(answer.body, step) };
    },
  };
}

async function* steppedStream(stream: AsyncIterable<Uint8Array>, step: () => void) {
  for await (const chunk of stream) {
    step();
    yield chunk;
  }
  step();
}

/** Of the steps of a run, the first, the last and those between, evenly. */
const MAX_CLOSINGS = 8;

describe('a redeploy during', () => {
  const bench = useSimulator(60);
  let folder: string;
  let window: Record<string, unknown>;
  let file: Buffer;
  beforeAll(async () => {
    const { startUs, endUs } = pastWindow(bench.simulator);
    file = await bench.simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs);
    window = { timeMode: 'between', since: String(startUs), until: String(endUs) };
  });
  const root = mkdtempSync(join(tmpdir(), 'allegro-redeploy-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** Runs a node, which is closed at a step; at none of them, after its end. */
  async function run(name: string, config: Record<string, unknown>, closeAt = 0) {
    folder = mkdtempSync(join(root, 'run-'));
    const { transport, destroy } = axiosTransport(bench.simulator);
    let steps = 0;
    let sent = 0;
    let closing: Promise<void> | undefined;
    const step = () => {
      if (++steps !== closeAt) return;
      sent = handled.sent.length;
      closing = node.close();
    };
    const client = new AllegroClient({
      transport: steppedTransport(transport, step),
      context: systemContext,
    });
    const node = createNode(nodeOf(name), { ...window, ...config }, folder, client);
    const handled = node.handle({ payload: file, filename: 'a.pcap' });
    await settled(handled);
    await (closing ?? node.close());
    await waitUntil(() => bench.simulator.requests.every(({ isOpen }) => !isOpen));
    destroy();
    return { steps, handled, node, sentAfter: closing ? handled.sent.length - sent : 0 };
  }

  const files = () => readdirSync(folder, { recursive: true }).map(String);
  const resume = () =>
    bench.client.setRingBufferSuspended(0, false, { signal: new AbortController().signal });
  const HOST = { host: STEADY_HOST };

  it.each([
    ['a capture', 'capturePcap', HOST],
    [
      'a capture in several files with its evidence',
      'capturePcap',
      { ...HOST, splitPackets: '100', evidenceFile: 'true' },
    ],
    [
      'a capture of several devices',
      'capturePcap',
      { ...HOST, deviceScope: 'list', deviceList: 'local, branch-1' },
    ],
    ['a capture of a suspended buffer', 'freezeEvidence', HOST],
    ['an upload', 'uploadPcap', { slot: '1', slotInUse: 'replace', waitForStatistics: 'false' }],
    ['a suspension', 'suspendBuffer', { bufferAction: 'suspend' }],
    [
      'a suspension with its resume',
      'suspendBuffer',
      { bufferAction: 'suspend', resumeAfterMinutes: '30' },
    ],
  ])('%s leaves nothing behind, wherever it stands', async (_what, name, config) => {
    const { steps, handled: whole } = await run(name, config);
    expect([whole.done, whole.sent.length > 0]).toStrictEqual([[undefined], true]);
    const closings = Array.from({ length: MAX_CLOSINGS }, (_, index) =>
      Math.round(1 + (index * (steps - 1)) / (MAX_CLOSINGS - 1)),
    );
    for (const closeAt of new Set(closings)) {
      await resume();
      rmSync(folder, { recursive: true, force: true });
      const { handled, node, sentAfter } = await run(name, config, closeAt);
      expect({ closeAt, done: handled.done, sentAfter }).toStrictEqual({
        ...{ closeAt, done: [undefined], sentAfter: 0 },
      });
      expect(files().filter((path) => /\.part$|writing\/./.test(path))).toEqual([]);
      // A whole file that no message names is named in the log.
      for (const path of handled.sent.length > 0 ? [] : files()) {
        if (path.endsWith('.pcap')) expect(node.warnings.join()).toContain(join(folder, path));
      }
      const plans = files().filter((path) => /suspended\/./.test(path));
      const isSuspended = bench.simulator.isBufferSuspended();
      if (name !== 'suspendBuffer') expect([isSuspended, plans]).toEqual([false, []]);
      if ('resumeAfterMinutes' in config && isSuspended) expect(plans).toHaveLength(1);
    }
    await resume();
  });
});
