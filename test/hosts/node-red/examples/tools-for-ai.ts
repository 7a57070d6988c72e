import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { hashOf } from '../../truth';
import type { ExampleBench } from './example-bench';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';

export function toolsForAi(get: () => ExampleBench): void {
  const TOKEN = 'only-for-tests-of-tools';
  const ask = async (path: string, token = TOKEN) => {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetchOnce(`${get().url}/allegro/tools/${path}`, { headers });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const deploy = (token: string) =>
    get().deploy('25-tools-for-ai', ([tab]) => {
      Object.assign(tab!, { env: [{ name: 'TOOL_TOKEN', type: 'str', value: token }] });
    });

  it('lets nobody in without the token, and nobody at all without one', async () => {
    await deploy(TOKEN);
    expect((await ask('top-talkers', 'another')).status).toBe(401);
    expect((await ask('delete')).status).toBe(404);
    await deploy('');
    expect((await ask('top-talkers', '')).status).toBe(401);
    expect(get().simulator.requests).toEqual([]);
  });

  it('answers with what a host did, and where its packets are', async () => {
    await deploy(TOKEN);
    expect((await ask('top-talkers')).body.talkers).toHaveLength(10);
    const { hosts } = (await ask('host?ip=10.1.2.3')).body as { hosts: Array<{ text: string }> };
    expect(hosts[0]!.text).toMatch(/^10\.1\.2\.3 \(pc-anna/);
    const { body } = await ask('capture?ip=10.1.2.3');
    const folder = join(get().bench.host.userDir, 'captures');
    expect(readdirSync(folder)).toContain(basename(body.path as string));
    expect(hashOf(readFileSync(body.path as string))).toBe(body.sha256);
    const refused = await ask('host?ip=alice');
    expect([refused.status, refused.body.error]).toEqual([502, expect.stringContaining('alice')]);
  });
}
