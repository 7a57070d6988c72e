import { captureConnection } from '../../../nodes/definitions/capture/capture-connection';
import { capturePcap } from '../../../nodes/definitions/capture/capture-pcap';
import { getConnections } from '../../../nodes/definitions/statistics/get-connections';
import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';
import { freezeEvidence } from '../../../nodes/definitions/ring-buffer/freeze-evidence';
import { STEADY_HOST } from '../../../simulator';
import { fileOf } from '../../support/file-of';
import { summarize } from '../../support/summarize';
import { useSimulator } from '../support/bench';
import { useNodeRedCapture } from '../support/node-red-capture';
import { jsonOf, runDefinition } from '../support/run-definition';

const CAPTURE = '/API/data/modules/capture';
const LAST = { timeMode: 'last', lastAmount: 20, lastUnit: 'seconds' };
const ALL = { ...LAST, captureScope: 'all' };

describe('the summary in the result of a capture', () => {
  const bench = useSimulator(120, 5);
  const nodeRed = useNodeRedCapture(bench);

  const summaryOf = (bytes: Buffer, name: string, simplify: boolean) =>
    summarize(fileOf(bytes, name), { simplify });

  it.each<[string, NodeDefinition, Record<string, unknown>]>([
    ['Capture Pcap', capturePcap, ALL],
    ['Capture Pcap, ended at its packet limit', capturePcap, { ...ALL, maxPackets: 500 }],
    [
      'Capture Pcap of live traffic',
      capturePcap,
      { captureSource: 'live', liveSeconds: 2, captureScope: 'all' },
    ],
    ['Freeze Evidence', freezeEvidence, { ...LAST, host: STEADY_HOST }],
  ])('is what Pcap Summary tells of the stored file: %s', async (_, definition, raw) => {
    // In each tenth of a second, so that a live capture has some, whenever it begins.
    bench.simulator.inject({ from: STEADY_HOST, bytesPerSecond: 14_000, seconds: 120 });
    for (const captureFormat of ['pcap', 'pcapng'] as const) {
      bench.simulator.switches.captureFormat = captureFormat;
      for (const summary of ['simplified', 'full'] as const) {
        const [{ json, file }] = await runDefinition(bench.client, definition, { ...raw, summary });
        expect(json.packets).toBeGreaterThan(0);
        const isSimplified = summary === 'simplified';
        expect(json.summary).toEqual(await summaryOf(file!.bytes, file!.name, isSimplified));
      }
    }
  });

  it('is there for a connection', async () => {
    const { connections } = await jsonOf(getConnections, bench.client, { ...LAST, limit: 1 });
    const [connection] = connections as Array<Record<string, unknown>>;
    const raw = { ...connection, summary: 'simplified' };
    const [{ json, file }] = await runDefinition(bench.client, captureConnection, raw);
    expect(json.summary).toEqual(await summaryOf(file!.bytes, file!.name, true));
  });

  it('is of all parts together', async () => {
    const { json } = await nodeRed.run({ splitPackets: '100', summary: 'full', host: STEADY_HOST });
    const { packets, files, summary } = json as {
      packets: number;
      files: unknown[];
      summary: { packets: number; sha256: unknown };
    };
    expect(files.length).toBeGreaterThan(1);
    expect(summary).toMatchObject({ packets, sha256: null, complete: true });
  });

  it.each(['a file without packets', 'no byte'])(
    'says that there are no packets: %s',
    async (what) => {
      const answer = { kind: 'answer', status: 200, body: '' } as const;
      if (what === 'no byte') bench.simulator.faults.add({ path: CAPTURE, ...answer });
      const raw = { ...LAST, host: '192.0.2.77', summary: 'simplified' };
      const [{ json }] = await runDefinition(bench.client, capturePcap, raw);
      expect(json).toMatchObject({ packets: 0, summary: { packets: 0, complete: true } });
      expect((json.summary as { text: string }).text).toMatch(/: no packets\.$/);
    },
  );

  it('is left out unless it is asked for', async () => {
    const [{ json }] = await runDefinition(bench.client, capturePcap, ALL);
    expect(json).not.toHaveProperty('summary');
  });
});
