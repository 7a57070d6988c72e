import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../../scripts/hosts/node-red-host';
import { SimulatorBench } from '../support/simulator-bench';

interface Reply {
  payload: Record<string, unknown>;
  error?: { message: string; code: string; cause: Record<string, unknown> };
}

const ALL = { captureScope: 'all' };
const LIVE = { ...ALL, captureSource: 'live', liveSeconds: '3600', maxMegabytes: '50' };
const BACK = { ...ALL, captureSource: 'ringBuffer', timeMode: 'last', lastAmount: '300' };

let bench: SimulatorBench;
let full: string;
let unmount: (() => void) | undefined;

beforeAll(async () => {
  bench = await SimulatorBench.start({ preload: join(__dirname, 'full-disk.js') });
  full = join(bench.host.userDir, 'full-disk');
  mkdirSync(full);
  unmount = mountSmallDisk(full);
});
afterAll(async () => {
  unmount?.();
  await bench?.stop();
});
afterEach(() => {
  expect(bench.host.isRunning).toBe(true);
  expect(bench.host.log).not.toMatch(/uncaught|unhandled/i);
});

/** A disk of 64 kB. Where that is not allowed, the script that was loaded stands in for it. */
function mountSmallDisk(folder: string): (() => void) | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  // Also while Node-RED still has a file open there.
  return () => void execFileSync('umount', ['-l', folder]);
}

async function capture(config: Record<string, unknown>): Promise<Reply> {
  await bench.host.deploy(bench.make.flowFor('capturePcap', config));
  return (await bench.post<Reply>('/run', {})).body;
}

describe('a disk that is full', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a capture back in time', BACK],
    ['a live capture', LIVE],
    ['a capture with a file of evidence', { ...BACK, evidenceFile: 'true' }],
    ['a capture in several files', { ...BACK, splitMegabytes: '0.02' }],
  ])('leaves nothing of %s, and says so', async (_name, config) => {
    const { error } = await capture({ ...config, fileFolder: full });
    expect(error).toMatchObject({ code: 'ALLEGRO_FILE', cause: { systemCode: 'ENOSPC' } });
    expect(error!.message).toMatch(/full-disk\S* cannot be written \(ENOSPC\)\. Nothing of it was/);
    expect(error!.message).toMatch(/disk is full: free some space/);
    expect(readdirSync(full)).toEqual([]);
    await until('the transfer to be ended', () => bench.simulator.openCaptures() === 0);
  });

  it('does not keep the next capture from another one', async () => {
    const { error, payload } = await capture({ ...BACK, fileFolder: 'roomy' });
    expect([error, payload]).toEqual([undefined, expect.objectContaining({ complete: true })]);
    expect(bench.filesIn('roomy')).toHaveLength(1);
  });
});

describe('a folder that cannot be written', () => {
  it('is named, with what to do', async () => {
    const folder = unwritable();
    const { error } = await capture({ ...BACK, fileFolder: folder });
    expect(error).toMatchObject({ code: 'ALLEGRO_FILE' });
    expect(error!.message).toContain(folder);
    expect(error!.message).toMatch(/Choose another folder, or give the user that runs Node-RED/);
    await until('the transfer to be ended', () => bench.simulator.openCaptures() === 0);
  });

  it('is told from one that is a file', async () => {
    const { error } = await capture({ ...BACK, fileFolder: 'settings.js', createFolder: 'false' });
    expect(error!.message).toMatch(/settings\.js is a file\. Choose another folder/);
  });

  /** The permissions of a folder mean nothing to root, but nobody makes files in /sys. */
  function unwritable(): string {
    if (process.getuid?.() === 0) return '/sys';
    const folder = join(bench.host.userDir, 'locked');
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    return folder;
  }
});
