import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startSimulator, STEADY_HOST, type Simulator } from '../../simulator';
import { where } from '../support/required-tools';
import { recordsOf, upload } from './support';

const SCRIPTS = join(__dirname, 'vendor-scripts');
const hasRequests = spawnSync('python3', ['-c', 'import requests']).status === 0;

where(
  hasRequests,
  describe,
  'Python with requests',
)("the vendor's own scripts", () => {
  let simulator: Simulator;
  let folder: string;

  beforeAll(async () => {
    simulator = await startSimulator({ historySeconds: 300 });
    folder = mkdtempSync(join(tmpdir(), 'vendor-scripts-'));
    writeFileSync(join(folder, 'ca.pem'), simulator.certificatePem);
    const end = simulator.nowUs() - 2e6;
    await upload(simulator, 1, await recordsOf(simulator, end - 200e6, end));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await simulator.close();
  });

  /** Runs a script as it is, but for host, login, seconds and, if told, `mm-id`. */
  async function run(name: string, mmId = 'local:1'): Promise<string> {
    const text = readFileSync(join(SCRIPTS, name), 'utf8')
      .replaceAll('https://allegro-mm-xxxx', simulator.url)
      .replaceAll('("user", "password")', '("admin", "allegro")')
      .replaceAll('(host, device, 30)', '(host, device, 5)')
      .replaceAll('"local:1"', JSON.stringify(mmId));
    const path = join(folder, name);
    writeFileSync(path, text);
    const { stdout } = await promisify(execFile)('python3', [path], {
      cwd: folder,
      timeout: 240_000,
      env: { ...process.env, REQUESTS_CA_BUNDLE: join(folder, 'ca.pem') },
    });
    return stdout;
  }
  const written = (name: string) => readFileSync(join(folder, name));

  it('prints the top IPs of the analysed file', async () => {
    const lines = (await run('top_ips.py')).trim().split('\n');
    expect(lines).toHaveLength(10);
    expect(lines.every((line) => /^[\d.a-f:]+: \d+B$/.test(line))).toBe(true);
  });

  it('prints the IPs of all pages, each once', async () => {
    const lines = (await run('top_ips_pagination.py')).trim().split('\n');
    const ips = lines.map((line) => line.replace(/: \d+B$/, ''));
    expect(ips.length).toBeGreaterThan(20);
    expect(new Set(ips).size).toBe(ips.length);
    expect(ips).toContain(STEADY_HOST);
  });

  it('writes the CSV of the IPs', async () => {
    await run('top_ips_csv.py', 'local:0');
    const [header, ...rows] = written('ip_list_out.csv').toString().trim().split('\n');
    expect(header).toMatch(/^ip,/);
    expect(rows.some((row) => row.startsWith(`${STEADY_HOST},`))).toBe(true);
  });

  it('finds RTP connections and downloads the packets of one', async () => {
    const output = await run('rtp_connection.py');
    expect(output).toMatch(/UDP, RTP/);
    const file = written('rtp_connection.pcapng');
    expect(file.readUInt32LE(0)).toBe(0xa1b2c3d4);
    expect(file.length).toBeGreaterThan(24 + 100 * (16 + 214));
  });

  it('suspends the ring buffer', async () => {
    expect(simulator.isBufferSuspended()).toBe(false);
    expect(JSON.parse(await run('pause_ring_buffer.py'))).toEqual({ isSuspended: true });
    expect(simulator.isBufferSuspended()).toBe(true);
  });

  it('lists the server ports', async () => {
    const lines = (await run('server_ports.py')).trim().split(/\r?\n/);
    expect(lines).toContain(`${STEADY_HOST},asClient,443`);
    expect(lines).toContain('10.1.0.53,asServer,53');
  });

  it('captures on every active device at once', async () => {
    await run('multi_device_capture.py');
    const files = readdirSync(folder).filter((name) => name.endsWith('.pcap'));
    expect(files.map((name) => name.slice(0, 15)).sort()).toEqual([
      'allegro-mm-1a2b',
      'allegro-mm-2b3c',
    ]);
    for (const name of files) expect(written(name).length).toBeGreaterThan(1000);
  });
});
