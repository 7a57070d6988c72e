import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { STEADY_HOST } from '../../../simulator';
import { useSimulator } from '../support/bench';
import { TOKEN } from '../support/transports';
import { useNodeRedCapture } from '../support/node-red-capture';

interface EvidenceRecord extends Record<string, unknown> {
  appliance: Record<string, unknown>;
  files: Array<Record<string, unknown>>;
  request: { path: string; query: string };
}

const AROUND = { timeMode: 'around', secondsBefore: '10', secondsAfter: '10' };

describe('the evidence of a capture, in Node-RED', () => {
  const bench = useSimulator(120);
  const capture = useNodeRedCapture(bench);
  const run = async (config?: Record<string, unknown>) => (await capture.run(config)).json;
  const files = () => readdirSync(capture.folder).sort();
  const sha256 = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(capture.folder, name)))
      .digest('hex');

  it('tells who asked whom for what, and what came', async () => {
    const before = Date.now();
    const json = await run({ device: 'local:0' });
    const evidence = json.evidence as EvidenceRecord;
    expect(evidence).toMatchObject({
      schema: { name: 'allegro-capture-evidence', version: 1 },
      origin: {
        host: { name: 'Node-RED', version: '5.0.7' },
        package: { name: '@allegro-multimeter/node-red' },
        workflow: { id: 'f1', name: 'Alerts' },
        node: { id: 'n1', name: 'Evidence' },
        run: 'm1',
      },
      appliance: { url: bench.simulator.url, mmId: 'local:0' },
      source: 'ringBuffer',
      expression: `ip==${STEADY_HOST}`,
      requestedWindow: json.requestedWindow,
      coveredWindow: json.coveredWindow,
      packets: json.packets,
      bytes: json.bytes,
      format: 'pcap',
      linkTypes: ['Ethernet'],
      complete: true,
      endedBy: 'device',
      warnings: [],
    });
    const name = basename(json.path as string);
    const { packets, bytes } = json;
    expect(evidence.files).toEqual([{ name, packets, bytes, sha256: sha256(name) }]);
    const times = [evidence.startedAt, evidence.endedAt].map((time) => Date.parse(String(time)));
    expect(times[0]).toBeGreaterThanOrEqual(before);
    expect(times[1]).toBeGreaterThanOrEqual(times[0]);
    expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
  });

  it('holds the request as the appliance got it, and no credentials', async () => {
    const { evidence } = (await run()) as { evidence: EvidenceRecord };
    const { path, query } = evidence.request;
    expect(bench.met('/API/data/modules/capture').map(({ url }) => url)).toEqual([
      `${path}?${query}`,
    ]);
    expect(JSON.stringify(evidence)).not.toContain(TOKEN);
  });

  it.each([20_000, -20_000])('tells of a clock that is %d ms off, and warns', async (clockSkewMs) => {
    bench.simulator.switches.clockSkewMs = clockSkewMs;
    const json = await run({ ...AROUND, aroundTime: String(Date.now() - 40_000) });
    // A busy machine adds the time between the answer and its reading.
    expect(Math.abs((json.clockOffsetSeconds as number) - clockSkewMs / 1000)).toBeLessThan(10);
    const { appliance, warnings } = json.evidence as EvidenceRecord;
    expect(appliance.clockOffsetSeconds).toBe(json.clockOffsetSeconds);
    expect(warnings).toContainEqual(
      expect.stringContaining(clockSkewMs > 0 ? 'ahead of' : 'behind'),
    );
    expect(json.warnings).toEqual(warnings);
  });

  it('of a capture without packets names no file that does not exist', async () => {
    bench.simulator.faults.add({
      path: '/API/data/modules/capture',
      kind: 'answer',
      status: 200,
      body: '',
    });
    const json = await run({ evidenceFile: 'true' });
    expect(json.evidence).toMatchObject({ packets: 0, files: [] });
    expect(files()).toEqual([]);
  });

  it('becomes a file beside the pcap on request, and names it as it is', async () => {
    const config = { evidenceFile: 'true', fileName: 'ticket.pcap' };
    const first = await run(config);
    const second = await run(config);
    expect(files()).toEqual([
      'ticket.pcap',
      'ticket.pcap.evidence.json',
      'ticket_2.pcap',
      'ticket_2.pcap.evidence.json',
    ]);
    for (const json of [first, second]) {
      const record = JSON.parse(readFileSync(String(json.evidencePath), 'utf8')) as EvidenceRecord;
      expect(record).toEqual(json.evidence);
      const name = basename(String(json.path));
      expect(record.files).toMatchObject([{ name, sha256: sha256(name) }]);
    }
  });

  it('keeps the evidence of another file', async () => {
    writeFileSync(join(capture.folder, 'ticket.pcap.evidence.json'), 'old');
    const json = await run({ evidenceFile: 'true', fileName: 'ticket.pcap' });
    expect(basename(String(json.path))).toBe('ticket_2.pcap');
    expect(readFileSync(join(capture.folder, 'ticket.pcap.evidence.json'), 'utf8')).toBe('old');
  });

  it('is not there for a capture that failed', async () => {
    bench.simulator.faults.add({
      path: '/API/data/modules/capture',
      kind: 'cut',
      afterBytes: 5000,
      framing: 'chunked',
    });
    await expect(run({ evidenceFile: 'true' })).rejects.toMatchObject({ kind: 'incomplete' });
    expect(files()).toEqual([]);
  });
});
