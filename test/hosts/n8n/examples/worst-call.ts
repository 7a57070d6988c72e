import type { Item } from '../../../../scripts/hosts/n8n-rest';
import type { ExampleBench } from './example-bench';
import { emptyCapture } from '../../../contract/support/capture-faults';
import { hashOf } from '../support/simulator-bench';
import { methods } from './alert-to-pcap';
import { requestedWindow } from './windows';

const NAME = '07-worst-call';

export function worstCall(get: () => ExampleBench): void {
  it('mails the packets of the worst call, down to the last one', async () => {
    const bench = get();
    const settings = { lossLimitPercent: 0 };
    const begunMs = Date.now();
    const { items, error } = await bench.run(bench.example(NAME, { settings }), 'Try It');
    expect(error).toBeUndefined();
    // Those of the last minute may still be running.
    const isOver = ({ json }: Item) =>
      Date.parse(json.lastActivityIso as string) < begunMs - 60_000;
    const losses = items['RTP Connections']
      .filter(isOver)
      .map(({ json }) => json.lossPercent as number);
    const [worst] = items['Worst Call'];
    expect(worst.json.lossPercent).toBeGreaterThanOrEqual(Math.max(...losses));
    const [capture] = items['Its Packets'];
    const [mail] = bench.neighbours.mail.mails;
    expect(mail.subject).toContain(`${worst.json.lossPercent as number} % loss`);
    expect(hashOf(mail.attachments[0].content)).toBe(capture.json.sha256);
    const { startUs, endUs } = requestedWindow(capture);
    const expression = capture.json.expression as string;
    const file = await bench.simulator.fileOf(expression, startUs, endUs);
    expect(capture.json.sha256).toBe(hashOf(file));
    // All packets of the call, not only those up to the millisecond that the appliance names.
    const all = await bench.simulator.packetsIn(expression, startUs - 5e6, endUs + 5e6);
    expect(capture.json.packets).toBe(all.packets);
    expect(bench.neighbours.chat.messages).toEqual([]);
  });

  it('says so where not a byte came, and where a limit cut the file', async () => {
    const { simulator, neighbours, example, run } = methods(get());
    const settings = { lossLimitPercent: 0 };
    const parameters = { 'Its Packets': { options: { maxMegabytes: 0.002 } } };
    await run(example(NAME, { settings, parameters }), 'Try It');
    expect(neighbours.mail.mails[0].text).toContain(
      'The size limit ended the file: there are more packets.',
    );
    simulator.faults.add(emptyCapture);
    await run(example(NAME, { settings }), 'Try It');
    expect(neighbours.mail.mails[1].text).toMatch(/buffer holds no packets of it.*No bytes/s);
    expect(neighbours.mail.mails[1].attachments).toEqual([]);
    expect(neighbours.chat.messages).toEqual([]);
  });

  it('mails nothing where no call was bad', async () => {
    const bench = get();
    const settings = { lossLimitPercent: 99 };
    const { status } = await bench.run(bench.example(NAME, { settings }), 'Try It');
    expect(status).toBe('success');
    expect(bench.neighbours.mail.mails).toEqual([]);
  });

  it('tells a person when the appliance fails', async () => {
    const bench = get();
    bench.simulator.faults.add({ kind: 'answer', status: 403 });
    await bench.run(bench.example(NAME), 'Try It');
    expect(bench.neighbours.chat.messages.map(({ text }) => text)).toEqual([
      'Failed: the worst call of the hour',
    ]);
  });
}
