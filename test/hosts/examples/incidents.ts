import { STEADY_HOST } from '../../../simulator';
import { CAPTURE_PATH, cutCapture, emptyCapture } from '../../contract/support/capture-faults';
import { waitUntil } from '../../contract/support/wait-until';
import { ask } from '../../simulator/support';
import { answered, bufferChanges } from '../appliance-events';
import { expectOnPage } from '../ten-jobs';
import { hashOf } from '../truth';
import type { Change, ExampleSuite } from './example-host';

const INCIDENTS = '/API/stats/modules/global_incidents';
const TEXT = 'TCP retransmission rate too high';
const FAILED = 'Failed: evidence of an incident';

export const evidencePack: ExampleSuite = (get) => {
  /** The trigger of Node-RED remembers those of the tests before, so each has a number of its own. */
  let last = 0;
  const incident = (text = TEXT) => ({
    id: ++last,
    text,
    ip: STEADY_HOST,
    severity: 'high',
    firstTime: Math.floor(get().simulator.nowUs() / 1e6) - 200,
  });
  type Incident = ReturnType<typeof incident>;
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
  /** Lets the trigger see what is there before. */
  const begin = async (known: object[] = [], change?: Change) => {
    show(...known);
    await (await get().begin('02-evidence-pack', change)).watch();
    await waitUntil(() => polls() > 0);
    get().simulator.faults.clear();
  };
  const mails = () => get().neighbours.mail.mails;
  const titles = () => get().neighbours.chat.messages.map(({ text }) => text);
  /** The trigger's text of an incident that is new. */
  const reported = ({ text }: Incident) =>
    `New incident (high) of ${STEADY_HOST}: ${text}. Appliance `;
  const expectFailures = (...incidents: Incident[]) => {
    expect(titles()).toEqual(incidents.map(() => FAILED));
    for (const one of incidents) {
      expect(get().neighbours.chat.transcript).toContain(reported(one));
    }
  };

  afterEach(() => {
    expect(get().simulator.isBufferSuspended()).toBe(false);
  });

  it('secures a new incident once, stores pcap and record, and opens a ticket', async () => {
    const { simulator, neighbours } = get();
    const known = incident();
    await begin([known]);
    const one = incident();
    show(known, one);
    await waitUntil(() => mails().length > 0 && titles().length > 0);
    // A further poll sees the same incident; what it led to is over when the next one comes.
    const seen = polls();
    await waitUntil(() => polls() > seen + 1);
    const [startUs, endUs] = [(one.firstTime - 120) * 1e6, (one.firstTime + 30) * 1e6] as const;
    const sha256 = hashOf(await simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs));
    expect(neighbours.objects.refused).toEqual([]);
    const [[name, pcap], [recordName, record], ...others] = [...neighbours.stored].sort() as [
      [string, Buffer],
      [string, Buffer],
    ];
    expect([others, recordName]).toEqual([[], `${name}.evidence.json`]);
    expect(hashOf(pcap)).toBe(sha256);
    expect(JSON.parse(record.toString())).toMatchObject({
      origin: { workflow: { name: expect.stringMatching(/^02 Incident to evidence pack$/i) } },
      files: [{ name, sha256 }],
    });
    const [{ subject, text }, ...further] = mails() as [ReturnType<typeof mails>[0]];
    expect([subject.startsWith(reported(one)), further]).toEqual([true, []]);
    for (const said of [sha256, name, 'resumed: yes']) expect(text).toContain(said);
    expectOnPage('evidence', `${subject}\n\n${text}`);
    expect(titles()).toEqual([subject]);
    expect(bufferChanges(simulator)).toBe(2);
  });

  it('resumes the buffer where the capture breaks off, and tells a person of each', async () => {
    const { simulator, neighbours } = get();
    await begin();
    const broken = [incident(), incident('TCP zero windows')];
    show(...broken);
    simulator.faults.add(cutCapture);
    await waitUntil(() => titles().length > 1);
    // The trigger reports neither again, so the messages have to say which ones they were.
    expectFailures(...broken);
    expect(neighbours.chat.transcript).toMatch(/was lost after \d+ bytes/);
    expect([neighbours.stored.size, mails()]).toEqual([0, []]);
    expect(bufferChanges(simulator)).toBe(4);
  });

  it('opens the ticket of the one where the capture of the other fails', async () => {
    const { simulator, neighbours } = get();
    await begin();
    const [broken, good] = [incident('TCP zero windows'), incident()];
    show(broken, good);
    // Two reads of the buffer's state below the same path come first.
    simulator.faults.add({ ...cutCapture, skip: 2, times: 1 });
    await waitUntil(() => mails().length > 0 && titles().length > 1);
    const [{ subject, text }] = mails() as [ReturnType<typeof mails>[0]];
    expect(subject.startsWith(reported(good))).toBe(true);
    expect(titles().sort()).toEqual([FAILED, subject]);
    expect(neighbours.chat.transcript).toContain(reported(broken));
    const [[, pcap]] = [...neighbours.stored].sort() as [[string, Buffer]];
    expect(text).toContain(hashOf(pcap));
  });

  it('opens the ticket without files where the capture is empty', async () => {
    const { simulator, neighbours } = get();
    await begin();
    const one = incident();
    simulator.faults.add({ ...emptyCapture, skip: 2, times: 1 });
    show(one);
    await waitUntil(() => mails().length > 0 && titles().length > 0);
    const [{ subject, text }] = mails() as [ReturnType<typeof mails>[0]];
    expect(subject.startsWith(reported(one))).toBe(true);
    expect(text).toMatch(/No packets for ip==.*resumed: yes.*No bytes arrived/s);
    expect(titles()).toEqual([subject]);
    expect(neighbours.stored.size).toBe(0);
  });

  it.each([
    ['the store refuses the pcap', /\.pcap$/],
    ['the store refuses the record', /\.evidence\.json$/],
  ])('tells a person which incident it was where %s', async (_what, names) => {
    const { neighbours } = get();
    await begin();
    neighbours.refuseFiles(names);
    const one = incident();
    show(one);
    await waitUntil(() => titles().length > 0);
    expectFailures(one);
    expect(neighbours.chat.transcript).toMatch(/Store the/);
  });

  it('tells a person which incident it was where the ticket is refused', async () => {
    const { neighbours } = get();
    await begin();
    neighbours.mail.refuses = true;
    const one = incident();
    show(one);
    await waitUntil(() => titles().includes(FAILED));
    expect(neighbours.chat.transcript).toContain('No mail today.');
    expect(neighbours.chat.transcript).toContain(reported(one));
    expect(neighbours.stored.size).toBe(2);
  });

  it('opens the ticket where the chat is down', async () => {
    const { neighbours } = get();
    await begin([], { settings: { slackWebhook: `${neighbours.chat.url}/nowhere` } });
    const one = incident();
    show(one);
    await waitUntil(() => mails().length > 0);
    expect(mails()[0]!.subject.startsWith(reported(one))).toBe(true);
  });

  it('cries out where the buffer stays suspended', async () => {
    const { simulator, neighbours } = get();
    await begin();
    const path = `${CAPTURE_PATH}/buffer`;
    simulator.faults.add({ kind: 'answer', status: 500, method: 'POST', path, skip: 1 });
    const one = incident();
    show(one);
    await waitUntil(() => titles().length > 0);
    expectFailures(one);
    expect(neighbours.chat.transcript).toMatch(/IS STILL SUSPENDED.*Resume it now/s);
    simulator.faults.clear();
    const body = JSON.stringify({ command: 'changeConfig', config: { isSuspended: false } });
    const headers = { 'Content-Type': 'application/json' };
    await ask(simulator, { method: 'POST', path: `${path}/0`, headers, body });
  });

  it('can be tried with a sample', async () => {
    await (await get().begin('02-evidence-pack')).press();
    await waitUntil(() => mails().length > 0);
    expect(mails()[0]!.subject).toMatch(/^New incident .* sent more than 100 Mbit\/s\.$/);
    expect(get().neighbours.stored.size).toBe(2);
  });
};
