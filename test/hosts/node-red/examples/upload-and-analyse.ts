import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../../scripts/hosts/node-red-host';
import { STEADY_HOST } from '../../../../simulator';
import type { ExampleBench } from './example-bench';
import { hashOf } from '../support/simulator-bench';
import { parts } from './alert-to-pcap';

const NAME = '06-upload-and-analyse';

export function uploadAndAnalyse(get: () => ExampleBench): void {
  const drop = async (name: string) => {
    const { simulator } = get();
    const endUs = Math.floor(simulator.nowUs() / 1e6) * 1e6 - 60e6;
    const expression = `ip==${STEADY_HOST}`;
    const content = await simulator.fileOf(expression, endUs - 30e6, endUs);
    const truth = await simulator.packetsIn(expression, endUs - 30e6, endUs);
    const folder = join(get().bench.host.userDir, 'allegro-inbox');
    writeFileSync(join(folder, `${name}.part`), content);
    renameSync(join(folder, `${name}.part`), join(folder, name));
    return { content, truth };
  };

  beforeAll(() => {
    mkdirSync(join(get().bench.host.userDir, 'allegro-inbox'), { recursive: true });
  });

  it('mails what the appliance and the file itself say', async () => {
    const { neighbours, deploy } = parts(get());
    await deploy(NAME);
    const { content, truth } = await drop('incident.pcap');
    await until('the mail', () => neighbours.mail.mails.length > 0);
    const [mail] = neighbours.mail.mails;
    expect(mail!.subject).toBe('Analysis of incident.pcap');
    expect(mail!.html).toContain(hashOf(content));
    expect(mail!.text).toContain(`counted ${truth.packets} packets, which is the same`);
    const megabytes = (truth.bytes / 1e6).toFixed(3);
    expect(mail!.html).toContain(
      `<td>${STEADY_HOST}</td><td>pc-anna.example</td><td>${megabytes}</td>`,
    );
    expect(mail!.html).toMatch(/<h3>Protocols<\/h3><table.*?<td>\w/);
    expect(neighbours.chat.messages).toEqual([]);
  });

  it('tells a person when the appliance has no slot for it', async () => {
    const { simulator, neighbours, deploy } = parts(get());
    await deploy(NAME);
    simulator.switches.analysisSlots = 0;
    try {
      await drop('second.pcap');
      await until('the message', () => neighbours.chat.messages.length > 0);
      expect(neighbours.chat.transcript).toMatch(/^Failed: the analysis of .*second.pcap/);
      expect(neighbours.chat.transcript).toMatch(/parallel/i);
      expect(neighbours.mail.mails).toEqual([]);
    } finally {
      simulator.switches.analysisSlots = 4;
    }
  });
}
