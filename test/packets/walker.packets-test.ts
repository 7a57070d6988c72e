import {
  appendFileSync,
  copyFileSync,
  createReadStream,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { summarizePcap } from '../../client/pcap';
import { startSimulator } from '../../simulator';
import { captureLoopback, itWithLoopback } from './loopback';
import { asCapinfos, capinfos, describeWithTools, run, temporaryFolder, walk } from './tools';

/** Files by other programs: what our walk finds must be what capinfos finds. */
describeWithTools('the walk over files that other programs wrote', () => {
  const folder = temporaryFolder();
  const original = folder.path('original.pcap');

  beforeAll(async () => {
    const simulator = await startSimulator({ historySeconds: 60 });
    const endUs = Math.floor(simulator.nowUs() / 1e6) * 1e6 - 2e6;
    writeFileSync(original, await simulator.fileOf('', endUs - 20e6, endUs));
    await simulator.close();
  });
  afterAll(() => folder.remove());

  const read = (path: string) =>
    summarizePcap(createReadStream(path), {
      byPorts: false,
      conversations: 0,
      signal: AbortSignal.timeout(600_000),
      onProgress: () => undefined,
    });

  async function expectSame(path: string): Promise<void> {
    const [facts, { file: summary, sha256 }] = [await capinfos(path), await read(path)];
    expect(summary).toMatchObject({ complete: true, fault: undefined });
    expect({
      packets: summary.packets,
      bytes: summary.bytes,
      packetBytes: summary.packetBytes,
      sha256,
      first: asCapinfos(summary.firstPacket?.iso ?? ''),
      last: asCapinfos(summary.lastPacket?.iso ?? ''),
    }).toEqual(facts);
    expect(summary.packets).toBeGreaterThan(0);
  }

  it.each([
    ['pcap', ['-F', 'pcap']],
    ['pcap in nanoseconds', ['-F', 'nsecpcap']],
    ['pcapng', ['-F', 'pcapng']],
    ['pcap of cut packets', ['-F', 'pcap', '-s', '60']],
    ['pcapng of cut packets', ['-F', 'pcapng', '-s', '60']],
    ['pcapng with comments', ['-F', 'pcapng', '-a', '1:evidence', '-a', '2:more of it']],
    ['pcapng of another link type', ['-F', 'pcapng', '-T', 'rawip', '-C', '14', '-L']],
  ])('by editcap: %s', async (name, options) => {
    const path = folder.path(`${name}.cap`);
    await run('editcap', [...options, original, path]);
    await expectSame(path);
  });

  it('by mergecap: a pcapng of several interfaces', async () => {
    const [other, path] = [folder.path('raw.pcapng'), folder.path('merged.pcapng')];
    await run('editcap', ['-F', 'pcapng', '-T', 'rawip', '-C', '14', '-L', original, other]);
    await run('mergecap', ['-F', 'pcapng', '-w', path, original, other]);
    await expectSame(path);
    expect((await walk(path)).linkTypes).toHaveLength(2);
  });

  it('two pcapng files one after the other: several sections', async () => {
    const [one, path] = [folder.path('one.pcapng'), folder.path('sections.pcapng')];
    await run('editcap', ['-F', 'pcapng', original, one]);
    copyFileSync(one, path);
    appendFileSync(path, readFileSync(one));
    await expectSame(path);
  });

  it('a pcap in the byte order of a big-endian machine', async () => {
    const path = folder.path('big-endian.pcap');
    writeFileSync(path, toBigEndian(readFileSync(original)));
    await expectSame(path);
    expect((await walk(path)).byteOrder).toBe('big');
  });

  describe.each([
    ['pcapng', []],
    ['pcap', ['-P']],
    ['pcapng of cut packets', ['-s', '80']],
    ['pcap of cut packets', ['-P', '-s', '96']],
  ])('by dumpcap, of real traffic of the loopback interface: %s', (name, options) => {
    itWithLoopback('is read alike', async () => {
      const path = folder.path(`loopback ${name}.cap`);
      await captureLoopback(path, 60, options);
      await expectSame(path);
      const { packets, truncatedPackets } = await walk(path);
      expect(packets).toBe(60);
      expect(truncatedPackets > 0).toBe(options.includes('-s'));
    });
  });

  itWithLoopback('by dumpcap, on two interfaces at once', async () => {
    const path = folder.path('two interfaces.pcapng');
    // Enough that the first packets that it takes of one are not all.
    await captureLoopback(path, 1000, ['-i', 'any']);
    await expectSame(path);
    expect((await walk(path)).linkTypes.length).toBeGreaterThan(1);
  });

  it.each([1, 17, 30])('finds the cut in a file that lost its last %d bytes', async (lost) => {
    const bytes = readFileSync(original);
    const path = folder.path(`cut-${lost}.pcap`);
    writeFileSync(path, bytes.subarray(0, bytes.length - lost));
    expect((await walk(path)).complete).toBe(false);
    await expect(run('tshark', ['-r', path, '-q'])).rejects.toThrow(/cut short/);
  });
});

/** Header fields and packets' headers in the other byte order; the packets themselves stay. */
function toBigEndian(file: Buffer): Buffer {
  const turned = Buffer.from(file);
  const turn32 = (offset: number) => turned.writeUInt32BE(file.readUInt32LE(offset), offset);
  for (const offset of [0, 8, 12, 16, 20]) turn32(offset);
  for (const offset of [4, 6]) turned.writeUInt16BE(file.readUInt16LE(offset), offset);
  for (let offset = 24; offset < file.length; offset += 16 + file.readUInt32LE(offset + 8)) {
    for (const field of [0, 4, 8, 12]) turn32(offset + field);
  }
  return turned;
}
