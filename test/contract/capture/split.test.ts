import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PcapWalker } from '../../../client/pcap';
import { useSimulator } from '../support/bench';
import { useNodeRedCapture } from '../support/node-red-capture';

interface PartFacts {
  fileName: string;
  path: string;
  packets: number;
  bytes: number;
  sha256: string;
  part: number;
}

const CAPTURE = '/API/data/modules/capture';

describe('a capture in several files, in Node-RED', () => {
  const bench = useSimulator(120);
  const capture = useNodeRedCapture(bench);
  const names = () => readdirSync(capture.folder).sort();
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

  describe.each(['pcap', 'pcapng'] as const)('as %s', (captureFormat) => {
    beforeEach(() => {
      bench.simulator.switches.captureFormat = captureFormat;
    });

    it.each<[string, { splitPackets?: string; splitMegabytes?: string }]>([
      ['packets', { splitPackets: '100' }],
      ['size', { splitMegabytes: '0.05' }],
      ['both', { splitPackets: '100', splitMegabytes: '0.03' }],
    ])('has valid files that hold together what one would: by %s', async (_, config) => {
      const { json, properties } = await capture.run({ ...config, fileName: 'part' });
      const files = json.files as PartFacts[];
      expect(files.length).toBeGreaterThan(2);
      expect(names()).toEqual(files.map(({ fileName }) => fileName));
      expect(files[1]).toMatchObject({
        part: 2,
        fileName: `part-0002.${captureFormat}`,
        path: join(capture.folder, `part-0002.${captureFormat}`),
      });
      for (const { path, packets, bytes, sha256: hash } of files) {
        const content = readFileSync(path);
        const walker = new PcapWalker();
        walker.write(content);
        expect(walker.end()).toMatchObject({ complete: true, packets, bytes });
        expect(sha256(content)).toBe(hash);
        if (config.splitPackets) expect(packets).toBeLessThanOrEqual(100);
        if (config.splitMegabytes)
          expect(bytes).toBeLessThanOrEqual(Number(config.splitMegabytes) * 1e6);
      }
      const sum = (key: 'packets' | 'bytes') => files.reduce((total, file) => total + file[key], 0);
      expect(json).toMatchObject({
        packets: sum('packets'),
        bytes: sum('bytes'),
        fileName: null,
        sha256: null,
        complete: true,
        endedBy: 'device',
      });
      expect(properties.filename).toBe(files[0].path);
      const { evidence } = json as { evidence: { files: unknown; packets: number } };
      expect(evidence.packets).toBe(json.packets);
      expect(evidence.files).toEqual(
        files.map(({ fileName: name, packets, bytes, sha256: hash }) => ({
          name,
          packets,
          bytes,
          sha256: hash,
        })),
      );
    });
  });

  it('holds the packets of one file in their order', async () => {
    const window = {
      timeMode: 'between',
      since: String(Date.now() - 40_000),
      until: String(Date.now() - 10_000),
    };
    const whole = await capture.run(window);
    const split = await capture.run({ ...window, splitPackets: '37', fileName: 'split' });
    const bodies = (split.json.files as PartFacts[]).map(({ path }) =>
      readFileSync(path).subarray(24),
    );
    const one = readFileSync(String(whole.json.path));
    expect(Buffer.concat([one.subarray(0, 24), ...bodies]).equals(one)).toBe(true);
  });

  it('goes together with a limit', async () => {
    const { json } = await capture.run({ maxPackets: '100', splitPackets: '40' });
    expect((json.files as PartFacts[]).map(({ packets }) => packets)).toEqual([40, 40, 20]);
    expect(json).toMatchObject({ packets: 100, endedBy: 'packets' });
  });

  it('is one file where one is enough', async () => {
    const { json } = await capture.run({ splitMegabytes: '100', fileName: 'ticket.pcap' });
    expect(json.files).toHaveLength(1);
    expect(names()).toEqual(['ticket-0001.pcap']);
  });

  it('has one record of evidence beside its files, and all names are free', async () => {
    const config = {
      maxPackets: '100',
      splitPackets: '60',
      evidenceFile: 'true',
      fileName: 'a.pcap',
    };
    writeFileSync(join(capture.folder, 'a-0002.pcap'), 'old');
    const { json } = await capture.run(config);
    expect(names()).toEqual([
      'a-0002.pcap',
      'a_2-0001.pcap',
      'a_2-0002.pcap',
      'a_2.pcap.evidence.json',
    ]);
    const record = JSON.parse(readFileSync(String(json.evidencePath), 'utf8')) as {
      files: Array<{ name: string }>;
    };
    expect(record).toEqual(json.evidence);
    expect(record.files.map(({ name }) => name)).toEqual(['a_2-0001.pcap', 'a_2-0002.pcap']);
    expect(basename(String(json.evidencePath))).toBe('a_2.pcap.evidence.json');
  });

  it('replaces files, or refuses to', async () => {
    writeFileSync(join(capture.folder, 'a-0001.pcap'), 'old');
    const config = { maxPackets: '100', splitPackets: '60', fileName: 'a.pcap' };
    await expect(capture.run({ ...config, fileExists: 'refuse' })).rejects.toThrow(
      'already a file',
    );
    expect(bench.met(CAPTURE).filter(({ bytes }) => bytes > 0).length).toBeLessThanOrEqual(1);
    expect(names()).toEqual(['a-0001.pcap']);
    await capture.run({ ...config, fileExists: 'replace' });
    expect(names()).toEqual(['a-0001.pcap', 'a-0002.pcap']);
    expect(readFileSync(join(capture.folder, 'a-0001.pcap')).length).toBeGreaterThan(1000);
  });

  it.each([
    [['3'], /a-0003\.pcap belongs to an earlier, longer capture.*before you merge/],
    [['3', '4', '6'], /2 files, a-0003\.pcap to a-0004\.pcap, belong to an earlier/],
  ])('leaves what a longer one has left, and says so: %j', async (parts, says) => {
    const old = parts.map((part) => `a-000${part}.pcap`);
    for (const name of old) writeFileSync(join(capture.folder, name), 'old');
    const config = { maxPackets: '100', splitPackets: '60', fileName: 'a.pcap' };
    const { json } = await capture.run({ ...config, fileExists: 'replace' });
    expect(json.warnings).toContainEqual(expect.stringMatching(says));
    expect(names()).toEqual(['a-0001.pcap', 'a-0002.pcap', ...old]);
    const { json: numbered } = await capture.run(config);
    expect(numbered.warnings).not.toContainEqual(expect.stringMatching('earlier, longer'));
  });

  it.each([
    ['is cut', { kind: 'cut', afterBytes: 60_000, framing: 'chunked' }],
    ['has something behind its last packet', { kind: 'append', bytes: Buffer.from('<html>') }],
  ] as const)('that %s leaves none of them', async (_, fault) => {
    bench.simulator.faults.add({ path: CAPTURE, ...fault });
    await expect(capture.run({ splitPackets: '20', evidenceFile: 'true' })).rejects.toMatchObject({
      kind: 'incomplete',
    });
    expect(names()).toEqual([]);
  });

  it('that is beyond a limit leaves none of them', async () => {
    const config = { splitPackets: '20', maxPackets: '50', limitAction: 'refuse' };
    await expect(capture.run(config)).rejects.toMatchObject({ kind: 'tooLarge' });
    expect(names()).toEqual([]);
  });

  it('whose last file cannot be put in its place leaves none of them', async () => {
    // A folder of that name is in the way of the rename.
    mkdirSync(join(capture.folder, 'a-0002.pcap'));
    const config = { maxPackets: '50', splitPackets: '20', fileName: 'a.pcap' };
    await expect(capture.run({ ...config, fileExists: 'replace' })).rejects.toThrow(
      'cannot be written',
    );
    expect(names()).toEqual(['a-0002.pcap']);
  });

  it('becomes an array of Buffers, against one limit', async () => {
    const config = { maxPackets: '100', splitPackets: '40', fileTarget: 'buffer' };
    const { properties, json } = await capture.run(config);
    const contents = properties.payload as Buffer[];
    expect(contents.map(sha256)).toEqual((json.files as PartFacts[]).map((file) => file.sha256));
    expect(properties.fileInfo).toBe(json);
    // Each alone would fit.
    const largest = Math.max(...contents.map(({ length }) => length));
    const limit = { bufferLimit: String((largest + 1000) / 1e6) };
    await expect(capture.run({ ...config, maxPackets: '200', ...limit })).rejects.toMatchObject({
      kind: 'tooLarge',
    });
  });
});
