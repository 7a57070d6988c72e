import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { freePort } from '../../scripts/hosts/free-port';

jest.mock<object>('node:crypto', () => ({
  ...jest.requireActual<object>('node:crypto'),
  randomInt: jest.fn(),
}));

/** Two ports, of which chance proposes the first one until it is told otherwise. */
async function proposedPorts() {
  const servers = [createServer(), createServer()].map((server) => server.listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const [first, second] = servers.map((server) => (server.address() as AddressInfo).port);
  const close = async () => {
    for (const server of servers) await once(server.close(), 'close');
  };
  const propose = jest.mocked(randomInt as (min: number, max: number) => number);
  propose.mockReset().mockReturnValueOnce(first!).mockReturnValueOnce(first!);
  propose.mockReturnValue(second!);
  return { first: first!, second: second!, close };
}

describe('freePort', () => {
  it('gives no port twice', async () => {
    const { first, second, close } = await proposedPorts();
    await close();
    expect([await freePort(), await freePort()]).toEqual([first, second]);
  });

  it('gives no port that another process was given', async () => {
    const { first, second, close } = await proposedPorts();
    await close();
    const other = createSocket('udp4').bind(first, '127.0.0.1');
    await once(other, 'listening');
    expect(await freePort()).toBe(second);
    other.close();
  });

  it('gives no port that somebody listens on', async () => {
    const { close } = await proposedPorts();
    await expect(freePort()).rejects.toThrow('None of 100 ports between 20000 and 32000 was free.');
    await close();
  });
});
