import { waitUntil } from '../../../contract/support/wait-until';
import { thresholdTrigger } from '../../../../nodes/definitions/triggers/threshold-trigger';
import { STEADY_HOST } from '../../../../simulator';
import { answered } from '../../appliance-events';
import type { ExampleBench } from './example-bench';
import { emptyCapture } from '../../../contract/support/capture-faults';
import { CAPTURE_PATH, hashOf } from '../support/simulator-bench';
import { EVERY_TWO_SECONDS } from '../support/trigger-bench';
import { methods } from './alert-to-pcap';

const NAME = '09-threshold-watch';
const TRIGGER = 'Over the Limit';
/** Short windows, and one address, so that there is one alert. */
const OFTEN = { pollTimes: EVERY_TWO_SECONDS, windowSeconds: 10, elements: STEADY_HOST };
/** The first window counts, so that nobody has to wait for one more. */
const LOW = { ...OFTEN, limit: 1, options: { reportAtStart: true, windowsInARow: 3 } };

export function thresholdWatch(get: () => ExampleBench): void {
  const polls = () => answered(get().simulator, `/ip/ips/${STEADY_HOST}`);
  const publish = (trigger: Record<string, unknown>) =>
    get().publish(get().example(NAME, { parameters: { [TRIGGER]: trigger } }));

  it('alerts once for three windows in a row, with the packets', async () => {
    const { neighbours } = get();
    const published = await publish(LOW);
    try {
      await waitUntil(() => neighbours.mail.mails.length > 0);
      const needed = polls();
      expect(needed).toBeGreaterThanOrEqual(3);
      await waitUntil(() => polls() > needed + 2);
    } finally {
      await published.end();
    }
    expect(neighbours.mail.mails).toHaveLength(1);
    const [mail] = neighbours.mail.mails;
    expect(mail.subject).toMatch(new RegExp(`^Threshold: ${STEADY_HOST} has [\\d.]+ Mbit/s$`));
    expect(mail.text).toContain(hashOf(mail.attachments[0].content));
    expect(mail.text).toMatch(/Over 0.000001 Mbit\/s since 20.*Z/);
    expect(neighbours.chat.messages[0].text).toBe(mail.subject.replace('Threshold: ', ''));
  });

  it('alerts without a file where not a byte came', async () => {
    const { simulator, neighbours, example, run } = methods(get());
    simulator.faults.add(emptyCapture);
    const { status } = await run(example(NAME), TRIGGER, {
      ...thresholdTrigger.sampleOutput,
      alertTime: new Date(simulator.nowUs() / 1000 - 200_000).toISOString(),
    });
    expect(status).toBe('success');
    const [mail] = neighbours.mail.mails;
    expect(mail.subject).toBe('Threshold: 10.1.2.3 has 132.40 Mbit/s');
    expect(mail.text).toMatch(/holds no packets of the last two minutes.*No bytes arrived/s);
    expect(mail.attachments).toEqual([]);
    expect(neighbours.chat.messages).toHaveLength(1);
  });

  it('says nothing below the limit', async () => {
    const published = await publish(OFTEN);
    try {
      await waitUntil(() => polls() > 3);
    } finally {
      await published.end();
    }
    expect(get().neighbours.mail.mails).toEqual([]);
  });

  it('tells a person when the capture fails', async () => {
    const { simulator, neighbours } = get();
    simulator.faults.add({ kind: 'answer', status: 403, path: CAPTURE_PATH });
    const published = await publish({ ...LOW, windowsInARow: 1 });
    try {
      await waitUntil(() => neighbours.chat.messages.length > 0);
    } finally {
      await published.end();
    }
    expect(neighbours.chat.messages[0].text).toMatch(
      new RegExp(`^Failed: the packets of ${STEADY_HOST}, which has [\\d.]+ Mbit/s$`),
    );
    expect(neighbours.chat.transcript).toMatch(/Over 0\.000001 Mbit\/s since 20.*reported at 20/s);
    expect(neighbours.mail.mails).toEqual([]);
  });
}
