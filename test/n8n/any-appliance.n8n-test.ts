import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { N8nHost } from '../../scripts/n8n-host';
import type { Execution, Workflow } from '../../scripts/n8n-rest';
import { TOKEN_TYPE } from './bench';
import { WireAppliance } from './wire-appliance';
import { example, exampleNames, NODE, oneNode, TRIGGER } from './workflows';

interface Target {
  url: string;
  token: string;
  certificate: string;
}

/**
 * What holds for every appliance: the simulator, or a real one whose analysis slot 1 is free to use.
 * ALLEGRO_TEST_URL, ALLEGRO_TEST_TOKEN and ALLEGRO_TEST_CA (a PEM file) name it; without them, the
 * appliance of the other tests is taken.
 */
describe('n8n with any appliance', () => {
  let own: WireAppliance | undefined;
  let target: Target;
  let host: N8nHost;
  let credential: { id: string; name: string };

  beforeAll(async () => {
    const { ALLEGRO_TEST_URL, ALLEGRO_TEST_TOKEN, ALLEGRO_TEST_CA } = process.env;
    if (ALLEGRO_TEST_URL) {
      const certificate = ALLEGRO_TEST_CA ? readFileSync(ALLEGRO_TEST_CA, 'utf8') : '';
      target = { url: ALLEGRO_TEST_URL, token: ALLEGRO_TEST_TOKEN ?? '', certificate };
    } else {
      own = await WireAppliance.start();
      target = { url: own.baseUrl, token: WireAppliance.TOKEN, certificate: own.certificate };
    }
    host = await N8nHost.start();
    credential = await host.rest.createCredential('Allegro', TOKEN_TYPE, data());
  }, 300_000);
  afterAll(async () => {
    await host?.stop();
    await own?.stop();
  });

  const data = () => ({
    baseUrl: target.url,
    token: target.token,
    caCertificate: target.certificate,
    ignoreCertificateErrors: !target.certificate,
  });
  const run = async (workflow: Workflow): Promise<Execution> =>
    host.rest.run({ ...workflow, ...(await host.rest.createWorkflow(workflow)) }, TRIGGER);
  const credentials = () => ({ [TOKEN_TYPE]: { id: credential.id, name: credential.name } });

  it('passes the credential test', async () => {
    const test = { id: credential.id, name: 'Test', type: TOKEN_TYPE, data: data() };
    expect(await host.rest.testCredential(test)).toMatchObject({ status: 'OK' });
  });

  it('ranks talkers, the highest first', async () => {
    const parameters = { resource: 'statistics', operation: 'topTalkers', timeMode: 'last' };
    const { error, items } = await run(oneNode({ parameters, credentials: credentials() }));
    expect(error).toBeUndefined();
    const bytes = items[NODE].map(({ json }) => json.totalBytes as number);
    expect(bytes.length).toBeGreaterThan(0);
    expect(bytes).toEqual([...bytes].sort((a, b) => b - a));
  });

  it('stores the same bytes that the appliance gives for the same request', async () => {
    const now = Date.now();
    const parameters = {
      resource: 'capture',
      operation: 'capturePcap',
      timeMode: 'between',
      since: new Date(now - 120_000).toISOString(),
      until: new Date(now - 60_000).toISOString(),
      maxMegabytes: 0,
    };
    const { error, items } = await run(oneNode({ parameters, credentials: credentials() }));
    expect(error).toBeUndefined();
    const [{ json, binary }] = items[NODE];
    const query = new URLSearchParams({
      startTime: String((now - 120_000) * 1000),
      endTime: String((now - 60_000) * 1000),
      snapPacketLength: '65535',
      fromCaptureBuffer: 'true',
      captureBufferSlotId: '0',
    });
    const expected = await fetchDirectly(`/API/data/modules/capture?${query}`);
    expect(json.packets).toBeGreaterThan(0);
    expect(json.sha256).toBe(hashOf(expected));
    expect(hashOf(await host.rest.binary(binary!.data.id!))).toBe(hashOf(expected));
  });

  it.each(exampleNames())('runs the example %s', async (name) => {
    const { error, status } = await run(example(name, credential));
    expect(error).toBeUndefined();
    expect(status).toBe('success');
  });

  it('refuses a wrong token in words', async () => {
    const wrong = { ...data(), token: 'wrong-token-0815' };
    const { id, name } = await host.rest.createCredential('Wrong', TOKEN_TYPE, wrong);
    const parameters = { resource: 'statistics', operation: 'topTalkers' };
    const { error, raw } = await run(
      oneNode({ parameters, credentials: { [TOKEN_TYPE]: { id, name } } }),
    );
    expect(error?.message).toMatch(/login/);
    expect(raw).not.toContain('wrong-token-0815');
  });

  /** The same request without any of our own code. */
  function fetchDirectly(path: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const options = {
        headers: { authorization: `Bearer ${target.token}`, 'accept-encoding': 'identity' },
        ...(target.certificate ? { ca: target.certificate } : { rejectUnauthorized: false }),
      };
      const call = request(new URL(path, target.url), options, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        resolve(Buffer.concat(chunks));
      });
      call.on('error', reject).end();
    });
  }
});

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
