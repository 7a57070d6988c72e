import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { startSimulator } from '../../simulator';
import {
  asCapinfos,
  canCaptureLoopback,
  capinfos,
  describeWithTools,
  run,
  temporaryFolder,
  walk,
} from './tools';

/** Files by other programs: what our walk finds must be what capinfos finds. */
describeWithTools('the walk over files that other programs wrote', () => {
  const folder = temporaryFolder();
  const original = folder.path('original.pcap');

  beforeAll(async () => {
    const simulator = await startSimulator({ historySeconds: 60 });
    const endUs = Math.floor(simulator.nowUs() / 1e6) * 1e6 - 2e6;
    writeFileSync(original, await simulator.fileOf('', endUs - 20e6, endUs));
    await simulator.close();
  }, 60_000);
  afterAll(() => folder.remove());

  async function expectSame(path: string): Promise<void> {
    const [facts, summary] = [await capinfos(path), await walk(path)];
    expect(summary).toMatchObject({ complete: true, fault: undefined });
    expect({
      packets: summary.packets,
      bytes: summary.bytes,
      packetBytes: summary.packetBytes,
      first: asCapinfos(summary.firstPacket?.iso ?? ''),
      last: asCapinfos(summary.lastPacket?.iso ?? ''),
    }).toEqual({
      packets: facts.packets,
      bytes: facts.bytes,
      packetBytes: facts.packetBytes,
      first: facts.first,
      last: facts.last,
    });
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

  it('by dumpcap: real traffic of the loopback interface', async () => {
    if (!canCaptureLoopback()) {
      console.log('Not allowed to capture on the loopback interface here: left out.');
      return;
    }
    const path = folder.path('loopback.pcapng');
    await captureLoopback(path, 40);
    await expectSame(path);
    expect((await walk(path)).packets).toBe(40);
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

/** Captures so many packets that we send to ourselves; ends by itself after 20 s at the latest. */
async function captureLoopback(path: string, packets: number): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  const dumpcap = spawn('dumpcap', [
    ...['-i', 'lo', '-f', `udp port ${port}`, '-c', String(packets)],
    ...['-a', 'duration:20', '-w', path],
  ]);
  const sending = setInterval(() => socket.send(Buffer.alloc(200, 'x'), port, '127.0.0.1'), 20);
  await new Promise((resolve) => dumpcap.on('close', resolve));
  clearInterval(sending);
  socket.close();
}
