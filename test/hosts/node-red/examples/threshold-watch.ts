import { until } from '../../../../scripts/hosts/node-red-host';
import { STEADY_HOST } from '../../../../simulator';
import { CAPTURE_PATH, emptyCapture } from '../../../contract/support/capture-faults';
import { answered } from '../../appliance-events';
import { named, type ExampleBench } from './example-bench';
import { hashOf } from '../support/simulator-bench';
import { parts } from './alert-to-pcap';

const NAME = '09-threshold-watch';
/** Short windows, and one address, so that there is one alert. */
const OFTEN = { pollSeconds: '10', windowSeconds: '10', elements: STEADY_HOST };

export function thresholdWatch(get: () => ExampleBench): void {
  const polls = () => answered(get().simulator, `/ip/ips/${STEADY_HOST}`);
  const deploy = (trigger: object) =>
    get().deploy(NAME, (nodes) => {
      Object.assign(named(nodes, 'Over the limit'), { ...OFTEN, ...trigger });
    });

  it('alerts once for three windows in a row, with the packets', async () => {
    const { neighbours } = parts(get());
    await deploy({ limit: '1', reportAtStart: 'true' });
    await until('the mail', () => neighbours.mail.mails.length > 0);
    const needed = polls();
    expect(needed).toBeGreaterThanOrEqual(3);
    await until('further polls', () => polls() > needed + 2);
    expect(neighbours.mail.mails).toHaveLength(1);
    const [mail] = neighbours.mail.mails;
    expect(mail!.subject).toMatch(new RegExp(`^Threshold: ${STEADY_HOST} has [\\d.]+ Mbit/s$`));
    expect(mail!.text).toContain(hashOf(mail!.attachments[0]!.content));
    expect(neighbours.chat.messages).toHaveLength(1);
  });

  it('alerts without a file where not a byte came, also for its sample', async () => {
    const { simulator, neighbours, press } = parts(get());
    simulator.faults.add(emptyCapture);
    const nodes = await deploy({});
    await press(nodes, 'Sample alert');
    await until('the mail', () => neighbours.mail.mails.length > 0);
    await until('the message', () => neighbours.chat.messages.length > 0);
    const [mail] = neighbours.mail.mails;
    expect(mail!.subject).toBe('Threshold: 10.1.2.3 has 132.40 Mbit/s');
    expect(mail!.text).toMatch(/holds no packets of the last two minutes.*No bytes arrived/s);
    expect(mail!.attachments).toEqual([]);
    expect(neighbours.chat.messages).toHaveLength(1);
  });

  it('says nothing below the limit', async () => {
    const { neighbours } = parts(get());
    await deploy({});
    await until('polls', () => polls() > 3);
    expect(neighbours.chat.messages).toEqual([]);
  });

  it('keeps the alert in the message when its capture fails', async () => {
    const { simulator, neighbours } = parts(get());
    simulator.faults.add({ kind: 'answer', status: 403, path: CAPTURE_PATH });
    // Other windows than before, or the hour without a further alert would hold.
    const fresh = { windowSeconds: '12', windowsInARow: '1', reportAtStart: 'true' };
    await deploy({ limit: '1', ...fresh });
    await until('the message', () => neighbours.chat.messages.length > 0);
    expect(neighbours.chat.messages[0]!.text).toMatch(
      new RegExp(`^Failed: the packets of ${STEADY_HOST}, which has [\\d.]+ Mbit/s$`),
    );
    expect(neighbours.chat.transcript).toMatch(/Over 0\.000001 Mbit\/s since 20.*reported at 20/);
    expect(neighbours.mail.mails).toEqual([]);
  });

  it('tells a person when the appliance fails', async () => {
    const { simulator, neighbours } = parts(get());
    simulator.faults.add({ kind: 'answer', status: 401 });
    await deploy({});
    await until('the message', () => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.messages[0]!.text).toBe('Failed: the threshold watch');
  });
}
