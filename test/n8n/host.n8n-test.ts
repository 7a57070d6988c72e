import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { N8nHost } from '../../scripts/n8n-host';
import type { Execution, Workflow } from '../../scripts/n8n-rest';
import { WireAppliance } from './wire-appliance';
import { example, exampleNames, NODE, oneNode, TRIGGER } from './workflows';

/** The packed package in a real n8n, used as a person uses it. */
describe('the package in n8n', () => {
  const CAPTURE = {
    resource: 'capture',
    operation: 'capturePcap',
    captureSource: 'ringBuffer',
    timeMode: 'last',
    lastAmount: 5,
    lastUnit: 'minutes',
    host: '10.1.2.3',
    maxMegabytes: 0,
  };
  const TALKERS = { resource: 'statistics', operation: 'topTalkers', timeMode: 'last' };
  const TOKEN_TYPE = 'allegroMultimeterTokenApi';
  const PASSWORD_TYPE = 'allegroMultimeterPasswordApi';

  let appliance: WireAppliance;
  let host: N8nHost;
  let good: { id: string; name: string; type: string };
  const goodData = () => ({
    baseUrl: appliance.baseUrl,
    token: WireAppliance.TOKEN,
    caCertificate: appliance.certificate,
    ignoreCertificateErrors: false,
  });

  beforeAll(async () => {
    appliance = await WireAppliance.start();
    host = await N8nHost.start();
    good = await host.rest.createCredential('Allegro', TOKEN_TYPE, goodData());
  }, 300_000);
  afterAll(async () => {
    await host?.stop();
    await appliance?.stop();
  });
  beforeEach(() => {
    Object.assign(appliance.behaviour, { packets: 1000, cutAfter: undefined, isQuiet: false });
    appliance.seen.length = 0;
  });

  const run = async (workflow: Workflow): Promise<Execution> =>
    host.rest.run({ ...workflow, ...(await host.rest.createWorkflow(workflow)) }, TRIGGER);
  const withToken = () => ({ [TOKEN_TYPE]: { id: good.id, name: good.name } });

  describe('the credential test', () => {
    const test = (type: string, data: Record<string, unknown>) =>
      host.rest.testCredential({ id: good.id, name: 'Test', type, data });

    it('greets with the clock of the appliance', async () => {
      const { status, message } = await test(TOKEN_TYPE, goodData());
      expect(message).toMatch(/^Connected\. The clock of the appliance says 20/);
      expect(status).toBe('OK');
    });

    it('knows user and password', async () => {
      const { USER: user, PASSWORD: password } = WireAppliance;
      const data = { ...goodData(), token: undefined, user, password };
      expect(await test(PASSWORD_TYPE, data)).toMatchObject({ status: 'OK' });
    });

    it.each([
      ['a wrong token', { token: 'wrong' }, /does not accept the login/],
      ['a certificate that is not trusted', { caCertificate: '' }, /certificate .* is not trusted/],
      ['a closed port', { baseUrl: 'https://127.0.0.1:1' }, /cannot be reached/],
      ['no URL', { baseUrl: 'not a url' }, /not the URL of an appliance/],
    ])('says what is wrong with %s', async (_, wrong, message) => {
      const result = await test(TOKEN_TYPE, { ...goodData(), ...wrong });
      expect(result).toMatchObject({ status: 'Error', message: expect.stringMatching(message) });
    });
  });

  it.each(exampleNames())('runs the example %s', async (name) => {
    const execution = await run(example(name, good));
    expect(execution.error).toBeUndefined();
    expect(execution.status).toBe('success');
  });

  it('takes an alert by webhook in the example', async () => {
    const name = 'alert-to-evidence-pcap.json';
    const { id, versionId } = await host.rest.createWorkflow(example(name, good));
    await host.rest.call('POST', `/rest/workflows/${id}/activate`, { versionId });
    const alert = { time: '2026-01-15T12:00:00Z', ip: '10.9.8.7', id: 'T-1' };
    const post = () =>
      fetch(`${host.url}/webhook/allegro-alert`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alert),
      });
    // n8n opens the webhook a moment after it was asked to.
    let response = await post();
    for (let tries = 0; response.status === 404 && tries < 50; tries++) {
      await wait(100);
      response = await post();
    }
    expect(response.status).toBe(200);
    const isCapture = ({ path }: { path: string }) => path.endsWith('/capture');
    while (!appliance.seen.some(isCapture)) await wait(50);
    const { query } = appliance.seen.find(isCapture)!;
    expect(query.get('expression')).toBe('ip==10.9.8.7');
    expect(query.get('startTime')).toBe(String((Date.parse(alert.time) - 60_000) * 1000));
  });

  it('makes a text of top talkers in the example', async () => {
    const { items } = await run(example('top-talkers-report.json', good));
    expect(items.Message[0].json.text).toContain('1. 10.1.2.3 (fileserver.example)');
  });

  it('hands on one item for each talker', async () => {
    const { items } = await run(oneNode({ parameters: TALKERS, credentials: withToken() }));
    expect(items[NODE].map(({ json }) => json.ip)).toEqual(['10.1.2.3', '10.1.2.4']);
    expect(items[NODE][0].json).toMatchObject({ rank: 1, rxBytes: 6000, txBytes: 2000 });
  });

  it('signs in with user and password', async () => {
    const { USER: user, PASSWORD: password } = WireAppliance;
    const data = { ...goodData(), token: undefined, user, password };
    const { id, name } = await host.rest.createCredential('Basic', PASSWORD_TYPE, data);
    const credentials = { [PASSWORD_TYPE]: { id, name } };
    const parameters = { ...TALKERS, authentication: 'password' };
    expect(await run(oneNode({ parameters, credentials }))).toMatchObject({ status: 'success' });
  });

  describe('a capture', () => {
    it('is stored byte by byte, with its facts', async () => {
      const parameters = { ...CAPTURE, outputBinaryField: 'evidence' };
      const { items } = await run(oneNode({ parameters, credentials: withToken() }));
      const [{ json, binary }] = items[NODE];
      expect(json).toMatchObject({
        packets: 1000,
        bytes: 24 + 1000 * 1416,
        sha256: appliance.sentHash,
        complete: true,
        endedBy: 'device',
        expression: 'ip==10.1.2.3',
      });
      const { evidence } = binary!;
      expect(evidence).toMatchObject({ fileName: json.fileName, bytes: json.bytes });
      expect(evidence.mimeType).toMatch(/pcap/);
      expect(hashOf(await host.rest.binary(evidence.id!))).toBe(appliance.sentHash);
    });

    it('asks for exactly the window that was chosen, in the zone of the workflow', async () => {
      const parameters = {
        ...CAPTURE,
        timeMode: 'around',
        aroundTime: '2026-01-15T12:00:00',
        secondsBefore: 10,
        secondsAfter: 5,
      };
      const { error } = await run(oneNode({ parameters, credentials: withToken() }));
      expect(error).toBeUndefined();
      const { query } = appliance.seen.find(({ path }) => path.endsWith('/capture'))!;
      // n8n runs in Europe/Berlin here, an hour ahead of UTC in winter.
      const noon = Date.parse('2026-01-15T11:00:00Z') * 1000;
      expect(query.get('startTime')).toBe(String(noon - 10e6));
      expect(query.get('endTime')).toBe(String(noon + 5e6));
    });

    it('that is cut is an error, and leaves nothing behind', async () => {
      appliance.behaviour.cutAfter = 50_000;
      const before = storedFiles();
      const { status, error, items } = await run(
        oneNode({ parameters: CAPTURE, credentials: withToken() }),
      );
      expect(status).toBe('error');
      expect(error?.message).toMatch(/broke off after \d+ bytes/);
      expect(items[NODE]).toEqual([]);
      expect(storedFiles()).toEqual(before);
    });

    it('of 300 MB does not fill the memory', async () => {
      // Once at a small size, so that everything is loaded.
      await run(oneNode({ parameters: CAPTURE, credentials: withToken() }));
      appliance.behaviour.packets = 220_000;
      const idle = memoryOf(host.pid);
      let peak = idle;
      let isRunning = true;
      const watch = (async () => {
        while (isRunning) {
          peak = Math.max(peak, memoryOf(host.pid));
          await wait(20);
        }
      })();
      const { items } = await run(oneNode({ parameters: CAPTURE, credentials: withToken() }));
      isRunning = false;
      await watch;
      expect(items[NODE][0].json).toMatchObject({ packets: 220_000, sha256: appliance.sentHash });
      console.log(`300 MB capture: ${Math.round((peak - idle) / 1e6)} MB above idle`);
      expect(peak - idle).toBeLessThan(128e6);
    });

    it('ends with its connection when a person stops the execution', async () => {
      appliance.behaviour.isQuiet = true;
      const workflow = oneNode({ parameters: CAPTURE, credentials: withToken() });
      const saved = { ...workflow, ...(await host.rest.createWorkflow(workflow)) };
      const { executionId } = await host.rest.start(saved, TRIGGER);
      while (!appliance.seen.some(({ path }) => path.endsWith('/capture'))) await wait(50);
      await wait(300);
      await host.rest.call('POST', `/rest/executions/${executionId}/stop`);
      await appliance.quietClosed;
      expect((await host.rest.untilEnded(executionId)).status).toBe('canceled');
    });
  });

  it('uploads a file from the binary data, with its exact length', async () => {
    const { error, items } = await run(example('analyse-the-busiest-host.json', good));
    expect(error).toBeUndefined();
    const { length, body } = appliance.uploaded!;
    expect(length).toBe(String(body.length));
    const start = body.indexOf(Buffer.from([0xd4, 0xc3, 0xb2, 0xa1]));
    const { bytes, sha256 } = items['Its Packets'][0].json as { bytes: number; sha256: string };
    expect(hashOf(body.subarray(start, start + bytes))).toBe(sha256);
    expect(items['Upload Pcap'][0].json).toMatchObject({ mmId: ':1', packets: 1000 });
    const last = appliance.seen.at(-1)!;
    expect(last.path).toBe('/API/stats/modules/ip/ips_paged');
    expect(last.query.get('mm-id')).toBe(':1');
  });

  describe('a failure', () => {
    const wrongLogin = async () => {
      const data = { ...goodData(), token: 'wrong-token-0815' };
      const { id, name } = await host.rest.createCredential('Wrong', TOKEN_TYPE, data);
      return { [TOKEN_TYPE]: { id, name } };
    };

    it('says what happened and what to do, and never the login', async () => {
      const { error, raw } = await run(
        oneNode({ parameters: TALKERS, credentials: await wrongLogin() }),
      );
      expect(error?.message).toMatch(/does not accept the login \(HTTP 401\)/);
      expect(error?.description).toMatch(/Check the API token/);
      expect(error?.httpCode).toBe('401');
      expect(raw).not.toContain('wrong-token-0815');
    });

    it('becomes an item with facts where the workflow goes on', async () => {
      const settings = { onError: 'continueRegularOutput' };
      const { status, items } = await run(
        oneNode({ parameters: TALKERS, credentials: await wrongLogin(), settings }),
      );
      expect(status).toBe('success');
      expect(items[NODE][0].json).toMatchObject({
        error: expect.stringMatching(/does not accept the login/),
        details: { kind: 'login', status: 401, canRetry: false },
      });
    });

    it('of one item goes to the error output, the others go on', async () => {
      const settings = { onError: 'continueErrorOutput' };
      const parameters = { ...CAPTURE, host: '={{ $json.host }}' };
      const items = [{ host: '10.0.0.1' }, { host: 'no address!' }, { host: '10.0.0.3' }];
      const execution = await run(
        oneNode({ parameters, credentials: withToken(), settings, items }),
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
      const { error } = await run(oneNode({ parameters, credentials: withToken() }));
      expect(error?.message).toBe('"Limit" is out of range: -3.');
      expect(appliance.seen).toEqual([]);
    });
  });

  it('works through items one after the other', async () => {
    const parameters = { ...CAPTURE, host: '={{ $json.host }}' };
    const items = [1, 2, 3, 4].map((number) => ({ host: `10.0.0.${number}` }));
    await run(oneNode({ parameters, credentials: withToken(), items }));
    const captures = appliance.seen.filter(({ path }) => path.endsWith('/capture'));
    expect(captures.map(({ concurrent }) => concurrent)).toEqual([0, 0, 0, 0]);
  });

  describe('lists to pick from', () => {
    const search = (methodName: string, path: string, filter?: string) =>
      host.rest.call<{ results: Array<{ name: string; value: string }> }>(
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
          credentials: withToken(),
        },
      );

    it('name the devices', async () => {
      const { results } = await search('searchDevices', 'device');
      expect(results).toEqual([{ name: 'allegro-mm-2b3c (dev-a)', value: 'dev-a' }]);
    });

    it('lead down the tree of statistics', async () => {
      const top = await search('searchStatisticsPaths', 'path');
      expect(top.results.map(({ value }) => value)).toEqual([
        'API/stats/modules',
        'API/stats/time',
      ]);
      const below = await search('searchStatisticsPaths', 'path', 'modules/ma');
      expect(below.results.map(({ value }) => value)).toEqual(['API/stats/modules/mac']);
    });
  });

  it.each([
    ['with its certificate', {}],
    ['without a check', { caCertificate: '', ignoreCertificateErrors: true }],
  ])('lends its credential to the HTTP Request node, %s', async (_, settings) => {
    const data = { ...goodData(), ...settings };
    const { id, name } = await host.rest.createCredential('Lent', TOKEN_TYPE, data);
    const { error, items } = await run(
      oneNode({
        type: 'n8n-nodes-base.httpRequest',
        typeVersion: 4.2,
        parameters: {
          url: `${appliance.baseUrl}/API/stats/time`,
          authentication: 'predefinedCredentialType',
          nodeCredentialType: TOKEN_TYPE,
          options: {},
        },
        credentials: { [TOKEN_TYPE]: { id, name } },
      }),
    );
    expect(error).toBeUndefined();
    expect(items[NODE][0].json.currentTime).toEqual(expect.any(Number));
  });

  function storedFiles(): string[] {
    const all = readdirSync(join(host.folder, '.n8n'), { recursive: true, encoding: 'utf8' });
    return all.filter((name) => /binary_data./.test(name)).sort();
  }
});

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Resident memory of a process in bytes. */
function memoryOf(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
