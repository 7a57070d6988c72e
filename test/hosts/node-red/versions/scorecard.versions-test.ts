import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeTypes } from '../../../../node-red/editor/generate';
import { APPLIANCE_TYPE } from '../../../../node-red/runtime/values/names';
import { linkDependencies } from '../../../../scripts/hosts/node-red-host';
import { packNodeRed } from '../../../../scripts/hosts/pack';
import { ensureScorecard } from '../../../../scripts/hosts/node-red-cache';
import { RegistryStub } from './registry-stub';

type Scorecard = Record<string, { test?: boolean } & Record<string, unknown>>;

/** Everything that the scorecard checks; without this list, a check that was left out would pass. */
const CHECKS = 'P01 P03 P04 P05 P06 P07 P08 N01 N02 D01 D02 D03'.split(' ');

/**
 * The scorecard that Node-RED's flow library shows for a package, on the archive as it would be
 * published. It ends well whatever it finds, so its report is what counts.
 */
describe("Node-RED's scorecard", () => {
  let folder: string;
  let stub: RegistryStub | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'allegro-scorecard-'));
    const archive = await packNodeRed();
    execFileSync('tar', ['-xzf', archive, '--strip-components=1', '-C', folder]);
    linkDependencies(folder, join(folder, 'node_modules'));
  });
  afterEach(async () => {
    await stub?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds no fault in the packed package', async () => {
    stub = await RegistryStub.start();
    const { scorecard, output } = await validate(folder, stub);
    const failed = CHECKS.filter((check) => scorecard[check]?.test !== true);
    expect([failed, output]).toEqual([[], expect.not.stringMatching(/Warning|Unable/)]);
    // Nodes that its reader does not understand are left out without a word.
    const palette = nodeTypes().filter((type) => type !== APPLIANCE_TYPE);
    expect([...(scorecard.N02!.nodes as string[])].sort()).toEqual(palette.sort());
    expect(stub.asked).toEqual(
      expect.arrayContaining(['https://catalogue.nodered.org/catalogue.json', '/axios']),
    );
  });

  it('is asked in a way that faults would show', async () => {
    const taken = { id: 'node-red-contrib-other', types: nodeTypes().slice(1, 2) };
    stub = await RegistryStub.start([taken]);
    const path = join(folder, 'package.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...manifest, engines: { node: '>=99' } }));
    rmSync(join(folder, 'examples'), { recursive: true });
    const { scorecard } = await validate(folder, stub);
    const failed = CHECKS.filter((check) => scorecard[check]?.test !== true);
    expect(failed).toEqual(['P07', 'N01', 'N02']);
  });
});

async function validate(
  folder: string,
  { url }: RegistryStub,
): Promise<{ scorecard: Scorecard; output: string }> {
  const report = join(folder, 'scorecard.json');
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [ensureScorecard(), 'validate', '--path', folder, '--output', report],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        HTTPS_PROXY: url,
        NO_PROXY: '127.0.0.1',
        npm_registry: url,
      },
    },
  );
  const scorecard = JSON.parse(readFileSync(report, 'utf8')) as Scorecard;
  return { scorecard, output: stdout + stderr };
}
