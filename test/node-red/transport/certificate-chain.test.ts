import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { AllegroClient } from '../../../client';
import { systemContext } from '../../../node-red/runtime/config-node/system-context';
import { createAxiosTransport } from '../../../node-red/transport/axios-transport';
import { certificate, type Pair } from '../../contract/certificates';

jest.setTimeout(60_000);

describe('an appliance whose certificate an intermediate authority has issued', () => {
  let root: Pair;
  let middle: Pair;
  let leaf: Pair;
  let server: Server;
  beforeAll(async () => {
    root = await certificate('root authority');
    middle = await certificate('middle authority', { ca: root, isAuthority: true });
    leaf = await certificate('appliance', { ca: middle });
    const chain = { key: leaf.key, cert: `${leaf.cert}\n${middle.cert}` };
    server = createServer(chain, (_request, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end('{"currentTime": 1795448940000}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  async function test(caCertificate: string): Promise<unknown> {
    const baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const transport = createAxiosTransport({ baseUrl, token: 't', caCertificate });
    const client = new AllegroClient({ transport, context: systemContext });
    try {
      return await client.testConnection(new AbortController().signal);
    } finally {
      transport.destroy();
    }
  }

  it.each([
    ['leaf', () => leaf.cert, 'CN=appliance', 'CN=middle authority'],
    ['intermediate', () => middle.cert, 'CN=middle authority', 'CN=root authority'],
    ['both', () => leaf.cert + middle.cert, 'CN=middle authority', 'CN=root authority'],
  ])('says which one is missing: %s entered', async (_what, entered, subject, issuer) => {
    const error = await test(entered()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'certificate' });
    expect((error as Error).message).toContain(`of "${subject}", was issued by "${issuer}"`);
  });

  it('is trusted with the root, and explains nothing for another root', async () => {
    await test(root.cert);
    const other = await certificate('other authority');
    const error = await test(other.cert).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'certificate' });
    expect((error as Error).message).not.toContain('was issued by');
  });
});
