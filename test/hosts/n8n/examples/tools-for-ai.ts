import { STEADY_HOST } from '../../../../simulator';
import type { ExampleBench } from './example-bench';
import type { Published } from './running-workflow';
import { McpClient } from '../nodes/mcp-client';
import { hashOf } from '../../truth';

const TOKEN = 'only-for-tests-of-mcp';

export function toolsForAi(get: () => ExampleBench): void {
  let published: Published;
  let client: McpClient;

  beforeAll(async () => {
    await get().addCredential('httpBearerAuth', { token: TOKEN });
    published = await get().publish(get().example('25-tools-for-ai'));
    client = await McpClient.connect(published.urlOf('mcp/allegro-tools'), TOKEN);
  });
  afterAll(async () => {
    await client?.close();
    await published?.end();
  });

  it('lets nobody in without the token', async () => {
    const status = (error: unknown) => (error as { code?: number }).code;
    const refused = McpClient.connect(published.urlOf('mcp/allegro-tools'), 'another', 0);
    await expect(refused.catch((error) => Promise.reject(status(error)))).rejects.toBe(403);
  });

  it('offers tools that read, and answers with what a host did', async () => {
    expect(await client.tools()).toEqual(['Capture_Packets', 'Host_Profile', 'Top_Talkers']);
    const profile = await client.callTool('Host_Profile', { ip: STEADY_HOST });
    expect(profile).toMatch(/10\.1\.2\.3 \(pc-anna\.example, .*received/);
    expect(await client.callTool('Top_Talkers', {})).toContain('sharePercent');
    expect(get().simulator.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('says where a capture is, and how long it is kept', async () => {
    const answer = await client.callTool('Capture_Packets', { ip: STEADY_HOST, minutes: 1 });
    const { sha256, where, keptUntil } = findFacts(answer);
    expect(where).toMatch(/workflow "25 Read-Only Tools for AI", .*, run \d+, node Its Packets/);
    expect(keptUntil).toContain('n8n prunes this run');
    const { rest } = get().bench.host;
    const run = await rest.untilEnded(/run (\d+)/.exec(where)![1]);
    const [{ binary }] = run.items['Its Packets'];
    expect(hashOf(await rest.binary(binary!.data.id!))).toBe(sha256);
    const refused = await client.callTool('Capture_Packets', { ip: 'alice', minutes: 1 });
    expect(refused).toContain('alice');
    expect(refused).toContain('not an IP address');
  });
}

/** The tool's answer is JSON, in a list of items or alone. */
function findFacts(answer: string): { sha256: string; where: string; keptUntil: string } {
  const parsed = JSON.parse(answer) as unknown;
  const [first] = [parsed].flat() as [ReturnType<typeof findFacts>];
  return first;
}
