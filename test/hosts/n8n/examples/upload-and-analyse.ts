import { STEADY_HOST } from '../../../../simulator';
import type { ExampleBench } from './example-bench';
import { hashOf } from '../support/simulator-bench';
import { submit } from './forms';

const NAME = '06-upload-and-analyse';

export function uploadAndAnalyse(get: () => ExampleBench): void {
  it('mails what the appliance and the file itself say', async () => {
    const bench = get();
    const endUs = Math.floor(bench.simulator.nowUs() / 1e6) * 1e6 - 60e6;
    const expression = `ip==${STEADY_HOST}`;
    const content = await bench.simulator.fileOf(expression, endUs - 30e6, endUs);
    const truth = await bench.simulator.packetsIn(expression, endUs - 30e6, endUs);
    const published = await bench.publish(bench.example(NAME));
    try {
      await submit(published, 'form/allegro-analyse', [new Blob([new Uint8Array(content)])]);
      const { status, items, error } = await published.execution();
      expect(error).toBeUndefined();
      expect(status).toBe('success');
      expect(items.Both[0].json).toMatchObject({
        packets: truth.packets,
        sha256: hashOf(content),
        statistics: { totalPackets: truth.packets },
      });
      const [mail] = bench.neighbours.mail.mails;
      expect(mail.subject).toBe('Analysis of upload.pcap');
      expect(mail.text.replace(/\s+/g, ' ')).toContain(
        `counted ${truth.packets} packets, which is the same`,
      );
      expect(mail.html).toContain(hashOf(content));
      // Each packet of the file has this host at one end, so it comes first.
      const megabytes = (truth.bytes / 1e6).toFixed(3);
      expect(mail.html).toMatch(
        new RegExp(`<td>${STEADY_HOST}</td><td>pc-anna.example</td><td>${megabytes}</td>`),
      );
      expect(items.Protocols.length).toBeGreaterThan(0);
      expect(mail.html).toContain(`<td>${items.Protocols[0].json.protocol as string}</td>`);
      expect(bench.neighbours.chat.messages).toEqual([]);
    } finally {
      await published.end();
    }
  });

  it('tells a person when the appliance has no slot for it', async () => {
    const bench = get();
    bench.simulator.switches.analysisSlots = 0;
    const published = await bench.publish(bench.example(NAME));
    try {
      const endUs = Math.floor(bench.simulator.nowUs() / 1e6) * 1e6 - 60e6;
      const content = await bench.simulator.fileOf('', endUs - 1e6, endUs);
      await submit(published, 'form/allegro-analyse', [new Blob([new Uint8Array(content)])]);
      await published.execution();
      expect(bench.neighbours.mail.mails).toEqual([]);
      expect(bench.neighbours.chat.transcript).toMatch(/^Failed: the analysis of upload.pcap/);
      expect(bench.neighbours.chat.transcript).toMatch(/parallel/i);
    } finally {
      bench.simulator.switches.analysisSlots = 4;
      await published.end();
    }
  });
}
