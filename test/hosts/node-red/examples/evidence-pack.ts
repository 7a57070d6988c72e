import { until } from '../../../../scripts/hosts/node-red-host';
import { STEADY_HOST } from '../../../../simulator';
import { CAPTURE_PATH, cutCapture, emptyCapture } from '../../../contract/support/capture-faults';
import { answered } from '../../appliance-events';
import { parts, type ExampleBench } from './example-bench';
import { named } from './named';
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
  const changes = () =>
    get().simulator.requests.filter(
      ({ method, path }) => method === 'POST' && path.startsWith(`${CAPTURE_PATH}/buffer`),
    ).length;

  /**
   * Deploys it, and lets it see what is there before. The trigger goes on from where it was in an
   * earlier test, so that whatever is shown here and was not there at the end of that is new.
   */
  const begin = async (...known: object[]) => {
    show(...known);
    await get().deploy(NAME, (nodes) => {
      Object.assign(named(nodes, 'New incident'), { pollSeconds: '10' });
    });
    await until('the first poll', () => polls() > 0);
    get().simulator.faults.clear();
  };

  it('secures a new incident once, stores pcap and record, and opens a ticket', async () => {
    const { simulator, neighbours } = parts(get());
    await begin(incident(1));
    const one = incident(2);
    show(incident(1), one);
    await until('the ticket', () => neighbours.mail.mails.length > 0);
    // A further poll sees the same incident; what it led to is over when the next one comes.
    const seen = polls();
    await until('further polls', () => polls() > seen + 1);
    const [startUs, endUs] = [(one.firstTime - 120) * 1e6, (one.firstTime + 30) * 1e6] as const;
    const file = await simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs);
    const stored = [...neighbours.files.files];
    expect(stored).toHaveLength(2);
    const [, pcap] = stored.find(([path]) => path.endsWith('.pcap'))!;
    const [, record] = stored.find(([path]) => path.endsWith('.evidence.json'))!;
    expect(hashOf(pcap)).toBe(hashOf(file));
    expect(JSON.parse(record.toString())).toMatchObject({
      origin: {
        host: { name: 'Node-RED', version: expect.stringMatching(/^\d+\.\d+/) as string },
        workflow: { name: '02 Incident to evidence pack' },
      },
      files: [{ sha256: hashOf(file) }],
    });
    expect(neighbours.mail.mails).toHaveLength(1);
    const [{ subject, text: ticket }] = neighbours.mail.mails as [
      (typeof neighbours.mail.mails)[0],
    ];
    expect(subject).toMatch(reported(one.text));
    expect(ticket).toContain(hashOf(file));
    expectOnPage('evidence', `${subject}\n\n${ticket}`);
    expect(neighbours.chat.messages.map(({ text }) => text)).toEqual([subject]);
    expect(simulator.isBufferSuspended()).toBe(false);
    expect(changes()).toBe(2);
  });

  it('records again when the capture breaks off, and tells a person', async () => {
    const { simulator, neighbours } = parts(get());
    await begin();
    const one = incident(3);
    show(one);
    simulator.faults.add(cutCapture);
    // The trigger does not report it again, so the message has to say which one it was.
    const failure = 'Failed: evidence of an incident';
    await until('the message', () => neighbours.chat.messages.some(({ text }) => text === failure));
    expect(neighbours.chat.transcript).toContain(
      `New incident (high) of ${STEADY_HOST}: ${one.text}.`,
    );
    expect(neighbours.chat.transcript).toMatch(/was lost after \d+ bytes/);
    expect(neighbours.files.files.size).toBe(0);
    expect(simulator.isBufferSuspended()).toBe(false);
    expect(changes()).toBe(2);
  });

  it('opens the ticket without files where the capture is empty', async () => {
    const { simulator, neighbours } = parts(get());
    await begin();
    // Two reads of the buffer's state below the same path come first.
    simulator.faults.add({ ...emptyCapture, skip: 2, times: 1 });
    const one = incident(5);
    show(one);
    await until('the ticket', () => neighbours.mail.mails.length > 0);
    const [{ subject, text: ticket }] = neighbours.mail.mails as [
      (typeof neighbours.mail.mails)[0],
    ];
    expect(subject).toMatch(reported(one.text));
    expect(ticket).toMatch(
      /No packets for ip==.*buffer suspended for [\d.]+ s, resumed: yes.*No bytes arrived/s,
    );
    await until('the message', () => neighbours.chat.messages.length > 0);
    expect(neighbours.chat.messages.map(({ text }) => text)).toEqual([subject]);
    expect(neighbours.files.files.size).toBe(0);
    expect(simulator.isBufferSuspended()).toBe(false);
  });

  it('can be tried with a sample', async () => {
    const { neighbours, press } = parts(get());
    const nodes = await get().deploy(NAME);
    await press(nodes, 'Sample incident');
    await until('the ticket', () => neighbours.mail.mails.length > 0);
    expect(neighbours.mail.mails[0]!.subject).toMatch(
      /^New incident .* sent more than 100 Mbit\/s\.$/,
    );
    expect(neighbours.files.files.size).toBe(2);
  });

  it('tells a person when the store is full, and opens no ticket', async () => {
    const { simulator, neighbours } = parts(get());
    await begin();
    neighbours.files.isFull = true;
    show(incident(4));
    const isTold = () =>
      /Failed: evidence of an incident[^]*Store the file: the answer was 507/.test(
        neighbours.chat.transcript,
      );
    await until('the message of the store', isTold);
    expect(neighbours.mail.mails).toEqual([]);
    expect(simulator.isBufferSuspended()).toBe(false);
  });
}
