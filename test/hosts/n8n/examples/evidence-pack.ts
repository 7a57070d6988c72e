import { waitUntil } from '../../../contract/support/wait-until';
import { incidentsTrigger } from '../../../../nodes/definitions/triggers/incidents-trigger';
import { STEADY_HOST } from '../../../../simulator';
import { answered } from '../../appliance-events';
import type { Published } from './running-workflow';
import { methods, type ExampleBench } from './example-bench';
import { emptyCapture } from '../../../contract/support/capture-faults';
import { CAPTURE_PATH } from '../support/simulator-bench';
import { EVERY_TWO_SECONDS } from '../support/trigger-bench';
import { expectOnPage } from '../../ten-jobs';
import { hashOf } from '../../truth';

const NAME = '02-evidence-pack';
const INCIDENTS = '/API/stats/modules/global_incidents';

/** The trigger's text of an incident that is new. */
const reported = (text: string) =>
  new RegExp(`^New incident \\(high\\) of ${STEADY_HOST}: ${text}\\. Appliance .* UTC\\.$`);

export function evidencePack(get: () => ExampleBench): void {
  const incident = (id: number) => ({
    id,
    text: 'TCP retransmission rate too high',
    ip: STEADY_HOST,
    severity: 'high',
    firstTime: Math.floor(get().simulator.nowUs() / 1e6) - 200,
  });
  const show = (...incidents: object[]) => {
    get().simulator.faults.add({
      kind: 'answer',
      status: 200,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ incidents }),
      path: INCIDENTS,
    });
  };
  const polls = () => answered(get().simulator, INCIDENTS);
  /** The first poll is the baseline. */
  const begin = async (): Promise<Published> => {
    const bench = get();
    const settings = { secondsBefore: 60, secondsAfter: 30 };
    const parameters = { 'New Incident': { pollTimes: EVERY_TWO_SECONDS } };
    show(incident(1));
    const published = await bench.publish(bench.example(NAME, { settings, parameters }));
    await waitUntil(() => polls() > 0);
    bench.simulator.faults.clear();
    return published;
  };

  it('secures a new incident once, stores pcap and record, and opens a ticket', async () => {
    const { simulator, neighbours } = get();
    const published = await begin();
    const one = incident(2);
    show(incident(1), one);
    try {
      await waitUntil(() => neighbours.mail.mails.length > 0);
      // A further poll sees the same incident; what it led to is over when the next one comes.
      const seen = polls();
      await waitUntil(() => polls() > seen + 1);
    } finally {
      await published.end();
    }
    const [startUs, endUs] = [(one.firstTime - 60) * 1e6, (one.firstTime + 30) * 1e6] as const;
    const file = await simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs);
    const objects = [...neighbours.objects.objects];
    expect(neighbours.objects.refused).toEqual([]);
    expect(objects.map(([key]) => /\.pcap.*$/.exec(key)?.[0]).sort()).toEqual([
      '.pcap',
      '.pcap.evidence.json',
    ]);
    const [, pcap] = objects.find(([key]) => key.endsWith('.pcap'))!;
    const [, record] = objects.find(([key]) => key.endsWith('.json'))!;
    expect(hashOf(pcap.content)).toBe(hashOf(file));
    expect(record.content.toString()).toContain(hashOf(file));
    expect(neighbours.mail.mails).toHaveLength(1);
    expect(neighbours.mail.mails[0].subject).toMatch(reported(one.text));
    expect(neighbours.mail.mails[0].text).toContain(hashOf(file));
    expect(neighbours.mail.mails[0].text).toContain('resumed: yes');
    const [{ subject, text: ticket }] = neighbours.mail.mails;
    expectOnPage('evidence', `${subject}\n\n${ticket}`);
    expect(neighbours.chat.messages.map(({ text }) => text)).toEqual([subject]);
    expect(simulator.isBufferSuspended()).toBe(false);
    expect(bufferChanges(get())).toBe(2);
  });

  it('opens the ticket without files where the capture is empty', async () => {
    const { simulator, neighbours, example, run } = methods(get());
    // Two reads of the buffer's state below the same path come first.
    simulator.faults.add({ ...emptyCapture, skip: 2, times: 1 });
    const { status } = await run(example(NAME), 'New Incident', {
      ...incidentsTrigger.sampleOutput,
      alertTime: new Date(simulator.nowUs() / 1000 - 200_000).toISOString(),
    });
    expect(status).toBe('success');
    const [mail] = neighbours.mail.mails;
    expect(mail.subject).toBe(incidentsTrigger.sampleOutput.text);
    expect(mail.text).toMatch(/No packets for ip==.*resumed: yes.*No bytes arrived/s);
    expect(neighbours.chat.messages.map(({ text }) => text)).toEqual([mail.subject]);
    expect(neighbours.objects.objects.size).toBe(0);
    expect(simulator.isBufferSuspended()).toBe(false);
  });

  it('records again when the capture breaks off, and tells a person', async () => {
    const { simulator, neighbours } = get();
    const published = await begin();
    const broken = [incident(3), { ...incident(4), text: 'TCP zero windows' }];
    show(...broken);
    simulator.faults.add({
      kind: 'cut',
      afterBytes: 20_000,
      framing: 'chunked',
      method: 'GET',
      path: CAPTURE_PATH,
    });
    try {
      await waitUntil(() => neighbours.chat.messages.length > 1);
    } finally {
      await published.end();
    }
    // Both come in one run, and the trigger reports neither again.
    expect(neighbours.chat.messages.map(({ text }) => text)).toEqual(
      broken.map(() => 'Failed: evidence of an incident'),
    );
    for (const { text } of broken) {
      expect(neighbours.chat.transcript).toContain(
        `New incident (high) of ${STEADY_HOST}: ${text}.`,
      );
    }
    expect(neighbours.chat.transcript).toMatch(/was lost after \d+ bytes/);
    expect(neighbours.objects.objects.size).toBe(0);
    expect(neighbours.mail.mails).toEqual([]);
    expect(bufferChanges(get())).toBe(4);
    expect(simulator.isBufferSuspended()).toBe(false);
  });
}

function bufferChanges({ simulator }: ExampleBench): number {
  return simulator.requests.filter(
    ({ method, path }) => method === 'POST' && path.startsWith(`${CAPTURE_PATH}/buffer`),
  ).length;
}
