import { until } from '../../../../scripts/hosts/node-red-host';
import { STEADY_HOST } from '../../../../simulator';
import { CAPTURE_PATH } from '../../../contract/support/capture-faults';
import { parts, type ExampleBench } from './example-bench';
import { hashOf } from '../../truth';

const NAME = '05-live-capture';

export function liveCapture(get: () => ExampleBench): void {
  const fill = (fields: Record<string, string>) =>
    fetch(`${get().url}/allegro/live`, { method: 'POST', body: new URLSearchParams(fields) });

  it('hands the capture back to the browser', async () => {
    const { simulator, url, deploy } = parts(get());
    await deploy(NAME);
    const page = await (await fetch(`${url}/allegro/live`)).text();
    for (const name of ['host', 'port', 'seconds', 'megabytes']) {
      expect(page).toContain(`name="${name}"`);
    }
    const startUs = simulator.nowUs();
    // Longer than a busy machine takes until the first packet.
    const response = await fill({ host: STEADY_HOST, port: '443', seconds: '15', megabytes: '10' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-disposition')).toMatch(/filename="live_.*\.pcap"/);
    const content = Buffer.from(await response.arrayBuffer());
    expect(hashOf(content)).toBe(response.headers.get('x-content-sha256'));
    expect(content.readUInt32LE(0)).toBe(0xa1b2c3d4);
    // Begins no earlier than it was asked for.
    expect(content.readUInt32LE(24) + 1).toBeGreaterThanOrEqual(Math.floor(startUs / 1e6));
    const [asked] = simulator.requests.filter(({ path }) => path === CAPTURE_PATH);
    expect(decodeURIComponent(asked!.url)).toContain(`ip==${STEADY_HOST}`);
    expect(decodeURIComponent(asked!.url)).toContain('443');
  });

  it('tells the person at the form, and Slack, what went wrong', async () => {
    const { simulator, neighbours, deploy } = parts(get());
    await deploy(NAME);
    const response = await fill({ host: '10.1.2.300', seconds: '3', megabytes: '10' });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('10.1.2.300');
    await until('the message', () => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.messages[0]!.text).toBe('Failed: a live capture of 10.1.2.300');
    expect(simulator.requests).toEqual([]);
  });
}
