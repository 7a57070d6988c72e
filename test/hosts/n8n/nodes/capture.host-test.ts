import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../../scripts/hosts/node-red-host';
import { Bench, CAPTURE, TALKERS, TOKEN_TYPE } from '../support/bench';
import { example, NODE, oneNode } from '../support/workflows';

/** Of sockets and streams, on both sides: far less than a capture that is kept in memory. */
const UNDER_WAY_BYTES = 50e6;

/** Files and failures in a real n8n: byte by byte, and nothing left of what is not whole. */
describe('running the node in n8n', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await Bench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => bench.reset());

  describe('a capture', () => {
    it('is stored byte by byte, with its facts', async () => {
      const parameters = { ...CAPTURE, outputBinaryField: 'evidence' };
      const { items } = await bench.run(oneNode({ parameters, credentials: bench.withToken }));
      const [{ json, binary }] = items[NODE];
      expect(json).toMatchObject({
        packets: 1000,
        bytes: 24 + 1000 * 1416,
        sha256: bench.appliance.sentSha256,
        complete: true,
        endedBy: 'device',
        expression: 'ip==10.1.2.3',
      });
      const { evidence } = binary!;
      expect(evidence).toMatchObject({ fileName: json.fileName, bytes: json.bytes });
      expect(evidence.mimeType).toMatch(/pcap/);
      expect(hashOf(await bench.host.rest.binary(evidence.id!))).toBe(bench.appliance.sentSha256);
    });

    it('asks for exactly the window that was chosen, in the zone of the workflow', async () => {
      const parameters = {
        ...CAPTURE,
        timeMode: 'around',
        aroundTime: '2026-01-15T12:00:00',
        secondsBefore: 10,
        secondsAfter: 5,
      };
      const { error } = await bench.run(oneNode({ parameters, credentials: bench.withToken }));
      expect(error).toBeUndefined();
      const { query } = bench.appliance.seen.find(({ path }) => path.endsWith('/capture'))!;
      // n8n runs in Europe/Berlin here, an hour ahead of UTC in winter.
      const noon = Date.parse('2026-01-15T11:00:00Z') * 1000;
      expect(query.get('startTime')).toBe(String(noon - 10e6));
      expect(query.get('endTime')).toBe(String(noon + 5e6));
    });

    it('of 300 MB goes to the disk as it comes, instead of filling the memory', async () => {
      const sentFirst = 150e6;
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      Object.assign(bench.appliance.behaviour, {
        packets: 220_000,
        held: { after: sentFirst, until: released },
      });
      const before = storedBytes(bench.host.folder);
      const running = bench.run(oneNode({ parameters: CAPTURE, credentials: bench.withToken }));
      // What is under way between the two at this moment is in buffers.
      const isOnDisk = () => storedBytes(bench.host.folder) - before > sentFirst - UNDER_WAY_BYTES;
      await until('what was sent to be on the disk', isOnDisk).finally(() => release());
      const { items } = await running;
      expect(items[NODE][0].json).toMatchObject({
        packets: 220_000,
        sha256: bench.appliance.sentSha256,
      });
    });
  });

  it('uploads a file from the binary data, with its exact length', async () => {
    const { error, items } = await bench.run(example('15-analyse-the-busiest-host', bench.good));
    // The example goes on behind an error, which has to be told here.
    const failed = Object.entries(items).filter(([name]) => name.endsWith(' (error)'));
    expect([error, failed.flatMap(([, list]) => list.map(({ json }) => json))]).toEqual([
      undefined,
      [],
    ]);
    const { length, body } = bench.appliance.uploaded!;
    expect(length).toBe(String(body.length));
    const start = body.indexOf(Buffer.from([0xd4, 0xc3, 0xb2, 0xa1]));
    const { bytes, sha256 } = items['Its Packets'][0].json as { bytes: number; sha256: string };
    expect(hashOf(body.subarray(start, start + bytes))).toBe(sha256);
    expect(items['Upload Pcap'][0].json).toMatchObject({ mmId: ':1', packets: 1000 });
    const last = bench.appliance.seen.at(-1)!;
    expect(last.path).toBe('/API/stats/modules/ip/ips_paged');
    expect(last.query.get('mm-id')).toBe(':1');
  });

  describe('a failure', () => {
    const wrongLogin = async () => {
      const data = { ...bench.tokenData, token: 'wrong-token-0815' };
      const { id, name } = await bench.host.rest.createCredential('Wrong', TOKEN_TYPE, data);
      return { [TOKEN_TYPE]: { id, name } };
    };

    it('becomes an item with facts where the workflow goes on', async () => {
      const settings = { onError: 'continueRegularOutput' };
      const { status, items } = await bench.run(
        oneNode({ parameters: TALKERS, credentials: await wrongLogin(), settings }),
      );
      expect(status).toBe('success');
      expect(items[NODE][0].json).toMatchObject({
        error: expect.stringMatching(/rejected the login/),
        details: { kind: 'login', status: 401, canRetry: false },
      });
    });

    it('of one item goes to the error output, the others go on', async () => {
      const settings = { onError: 'continueErrorOutput' };
      const parameters = { ...CAPTURE, host: '={{ $json.host }}' };
      const items = [{ host: '10.0.0.1' }, { host: 'no address!' }, { host: '10.0.0.3' }];
      const execution = await bench.run(
        oneNode({ parameters, credentials: bench.withToken, settings, items }),
      );
      expect(execution.items[NODE].map(({ json }) => json.expression)).toEqual([
        'ip==10.0.0.1',
        'ip==10.0.0.3',
      ]);
      expect(execution.items[`${NODE} (error)`]).toMatchObject([
        { json: { host: 'no address!', details: { kind: 'input', field: 'host' } } },
      ]);
    });

    it('of a field is told before any request', async () => {
      const parameters = { ...TALKERS, limit: -3 };
      const { error } = await bench.run(oneNode({ parameters, credentials: bench.withToken }));
      expect(error?.message).toBe('"Limit" is out of range: -3.');
      expect(bench.appliance.seen).toEqual([]);
    });
  });

  it('works through items one after the other', async () => {
    const parameters = { ...CAPTURE, host: '={{ $json.host }}' };
    const items = [1, 2, 3, 4].map((number) => ({ host: `10.0.0.${number}` }));
    await bench.run(oneNode({ parameters, credentials: bench.withToken, items }));
    const captures = bench.appliance.seen.filter(({ path }) => path.endsWith('/capture'));
    expect(captures.map(({ concurrent }) => concurrent)).toEqual([0, 0, 0, 0]);
  });
});

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Bytes of all files that n8n stores for its executions. */
function storedBytes(folder: string): number {
  const path = join(folder, '.n8n');
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => /binary_data./.test(name))
    .reduce(
      (sum, name) => sum + (statSync(join(path, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
}
