import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Bench, PASSWORD_TYPE, TALKERS, TOKEN_TYPE } from '../support/bench';
import { NODE, oneNode } from '../support/workflows';

/** The packed package in a real n8n, used as a person uses it. */
describe('the package in n8n', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await Bench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => bench.reset());

  describe('the credential test', () => {
    const test = (type: string, data: Record<string, unknown>) =>
      bench.host.rest.testCredential({ id: bench.good.id, name: 'Test', type, data });

    it('greets with the clock of the appliance', async () => {
      const { status, message } = await test(TOKEN_TYPE, bench.tokenData);
      expect(message).toMatch(/^Connected\. The clock of the appliance says 20/);
      expect(status).toBe('OK');
    });

    it('knows user and password', async () => {
      expect(await test(PASSWORD_TYPE, bench.passwordData)).toMatchObject({ status: 'OK' });
    });

    it.each([
      ['a wrong token', { token: 'wrong' }, /rejected the login/],
      ['a certificate that is not trusted', { caCertificate: '' }, /certificate .* is not trusted/],
      ['a closed port', { baseUrl: 'https://127.0.0.1:1' }, /cannot be reached/],
      ['no URL', { baseUrl: 'not a url' }, /appliance URL is not valid/],
    ])('says what is wrong with %s', async (_, wrong, message) => {
      const result = await test(TOKEN_TYPE, { ...bench.tokenData, ...wrong });
      expect(result).toMatchObject({ status: 'Error', message: expect.stringMatching(message) });
    });
  });

  it('hands on one item for each talker', async () => {
    const { items } = await bench.run(
      oneNode({ parameters: TALKERS, credentials: bench.withToken }),
    );
    expect(items[NODE].map(({ json }) => json.ip)).toEqual(['10.1.2.3', '10.1.2.4']);
    expect(items[NODE][0].json).toMatchObject({ rank: 1, rxBytes: 6000, txBytes: 2000 });
  });

  it('signs in with user and password', async () => {
    const { id, name } = await bench.host.rest.createCredential(
      'Basic',
      PASSWORD_TYPE,
      bench.passwordData,
    );
    const credentials = { [PASSWORD_TYPE]: { id, name } };
    const parameters = { ...TALKERS, authentication: 'password' };
    expect(await bench.run(oneNode({ parameters, credentials }))).toMatchObject({
      status: 'success',
    });
  });

  describe('lists to pick from', () => {
    const search = (methodName: string, path: string, filter?: string) =>
      bench.host.rest.call<{ results: Array<{ name: string; value: string }> }>(
        'POST',
        '/rest/dynamic-node-parameters/resource-locator-results',
        {
          path: `parameters.${path}`,
          methodName,
          filter,
          nodeTypeAndVersion: {
            name: 'n8n-nodes-allegro-multimeter.allegroMultimeter',
            version: 1,
          },
          currentNodeParameters: { authentication: 'token', ...TALKERS },
          credentials: bench.withToken,
        },
      );

    it('name the devices', async () => {
      const { results } = await search('searchDevices', 'device');
      expect(results[0]).toEqual({ name: 'allegro-mm-2b3c (dev-a)', value: 'dev-a' });
    });

    it('find statistics by name', async () => {
      const values = async (filter?: string) => {
        const { results } = await search('searchStatisticsPaths', 'path', filter);
        return results.map(({ value }) => value);
      };
      const expected = ['API/stats/modules/ip/ips_paged', 'API/stats/time'];
      expect(await values()).toEqual(expect.arrayContaining(expected));
      expect(await values('retransmissions')).toEqual(['API/stats/modules/ip/ipsTCPData']);
    });
  });

  describe('the HTTP Request node, which the credential is lent to', () => {
    const request = async (url: string, settings: object) => {
      const data = { ...bench.tokenData, ...settings };
      const { id, name } = await bench.host.rest.createCredential('Lent', TOKEN_TYPE, data);
      return bench.run(
        oneNode({
          type: 'n8n-nodes-base.httpRequest',
          typeVersion: 4.2,
          parameters: {
            url,
            authentication: 'predefinedCredentialType',
            nodeCredentialType: TOKEN_TYPE,
            options: {},
          },
          credentials: { [TOKEN_TYPE]: { id, name } },
        }),
      );
    };

    it.each([
      ['with its certificate', {}],
      ['without a check', { caCertificate: '', ignoreCertificateErrors: true }],
    ])('reads from the appliance, %s', async (_, settings) => {
      const { error, items } = await request(`${bench.appliance.url}/API/stats/time`, settings);
      expect(error).toBeUndefined();
      expect(items[NODE][0].json.currentTime).toEqual(expect.any(Number));
    });

    it('takes the login nowhere else when the appliance redirects', async () => {
      const seen: Array<string | undefined> = [];
      const elsewhere = createServer(({ headers }, response) => {
        seen.push(headers.authorization);
        response.end('{"elsewhere":true}');
      });
      const appliance = createServer((_, response) => {
        const { port } = elsewhere.address() as AddressInfo;
        response.writeHead(302, { Location: `http://127.0.0.1:${port}/` }).end();
      });
      for (const server of [elsewhere, appliance]) {
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      }
      try {
        const baseUrl = `http://127.0.0.1:${(appliance.address() as AddressInfo).port}`;
        await request(`${baseUrl}/API/stats/time`, { baseUrl });
        expect(seen).toEqual([undefined]);
      } finally {
        for (const server of [elsewhere, appliance]) server.close();
      }
    });

    it('gets no login for another address', async () => {
      const elsewhere = { baseUrl: 'https://allegro-mm-1a2b.example' };
      const { error } = await request(`${bench.appliance.url}/API/stats/time`, elsewhere);
      expect(JSON.stringify(error)).toContain(
        'The credential is for https://allegro-mm-1a2b.example only',
      );
    });
  });
});
