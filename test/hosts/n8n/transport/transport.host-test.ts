import { gzipSync } from 'node:zlib';
import {
  read,
  TransportBench,
  transportContract,
} from '../../../contract/connection/transport-contract';
import { realN8nTransport } from './real-helper';

/** Over n8n's own request helper. */
describe('N8nTransport', () => {
  const bench = new TransportBench(realN8nTransport);
  transportContract(bench, 400 * 1024 * 1024);

  it('fails when an upload yields less than announced', async () => {
    void bench.received();
    const stream = (async function* () {
      yield await Promise.resolve(Buffer.alloc(10));
    })();
    const body = { kind: 'stream', stream, length: 20, contentType: 'x/y' } as const;
    await expect(bench.send({ method: 'POST', body })).rejects.toThrow(
      'The file has less than the 20 bytes announced.',
    );
  });

  it('decodes what comes compressed all the same, and does not take its length for that of the body', async () => {
    bench.answer = (_, response) => {
      const packed = gzipSync('packets');
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': packed.length });
      response.end(packed);
    };
    const { headers, body } = await bench.send();
    expect((await read(body)).toString()).toBe('packets');
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers['content-length']).toBe('unknown');
  });

  it('tells whether the end of a body is marked, by its length or by chunks', async () => {
    bench.answer = ({ url }, response) => {
      if (url === '/length') response.setHeader('Content-Length', 7);
      if (url === '/close') response.useChunkedEncodingByDefault = false;
      response.write('packets');
      response.end();
    };
    const marks = async (path: string) => {
      const { headers, body } = await bench.send({ path });
      await read(body);
      return [headers['content-length'], headers['transfer-encoding']];
    };
    expect(await marks('/length')).toEqual(['unknown', undefined]);
    expect(await marks('/chunked')).toEqual([undefined, 'chunked']);
    expect(await marks('/close')).toEqual([undefined, undefined]);
  });
});
