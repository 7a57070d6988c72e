import { STEADY_HOST } from '../../../simulator';
import { emptyCapture } from '../../contract/support/capture-faults';
import { waitUntil } from '../../contract/support/wait-until';
import { SURICATA_ALERT } from '../../examples/alerts';
import { hashOf, onlyCapture } from '../truth';
import type { ExampleHost, ExampleSuite } from './example-host';

const TALKERS = { tool: /talkers/i, args: {} };
const CONNECTIONS = { tool: /connections/i, args: { host: STEADY_HOST } };
const captureOf = (host: string, minutes: number) => ({
  tool: /capture/i,
  args: { host, minutes },
});

export const aiTriage: ExampleSuite = (get) => {
  const WORDS = 'A download over TLS. Quite sure. Nothing to do.';
  const { signature } = SURICATA_ALERT.alert;

  const triage = async (...calls: ExampleHost['neighbours']['model']['calls']) => {
    const { chat, model } = get().neighbours;
    Object.assign(model, { calls, lastWords: WORDS });
    await (await get().begin('12-ai-triage')).post(SURICATA_ALERT);
    await waitUntil(() => chat.messages.length > 0);
    return { titles: chat.messages.map(({ text }) => text), answers: model.toolAnswers };
  };

  it('lets the model look and ask for a capture, and posts what it says', async () => {
    const { simulator, neighbours } = get();
    // More minutes than it may have.
    const { titles, answers } = await triage(TALKERS, CONNECTIONS, captureOf(STEADY_HOST, 500));
    expect(neighbours.model.tools).toHaveLength(3);
    expect(titles).toEqual([`Triage: ${signature}`]);
    expect(neighbours.chat.transcript).toContain(WORDS);
    const [talkers, connections, capture] = answers as [string, string, string];
    expect(talkers).toContain(STEADY_HOST);
    expect(connections).toContain(STEADY_HOST);
    const { expression, startUs, endUs } = onlyCapture(simulator);
    expect([expression, Math.round((endUs - startUs) / 1e6)]).toEqual([`ip==${STEADY_HOST}`, 600]);
    // Facts only: no packets reach the model.
    expect(capture.length).toBeLessThan(1000);
    const { packets } = await simulator.packetsIn(expression, startUs, endUs);
    expect(capture).toMatch(new RegExp(`"packets\\\\?":${packets}\\b`));
    expect(capture).toContain(hashOf(await simulator.fileOf(expression, startUs, endUs)));
  });

  it('tells the model that there was nothing', async () => {
    get().simulator.faults.add(emptyCapture);
    const { titles, answers } = await triage(captureOf(STEADY_HOST, 5));
    expect(answers[0]).toMatch(/"packets\\?":0\b|No packets of this host/);
    expect(titles).toEqual([`Triage: ${signature}`]);
  });

  it('tells the model what failed, and lets it go on', async () => {
    const { titles, answers } = await triage(captureOf('10.1.2.300', 5), TALKERS);
    expect(answers[0]).toContain('10.1.2.300');
    expect(answers[1]).toContain(STEADY_HOST);
    expect(titles).toEqual([`Triage: ${signature}`]);
  });

  it('tells a person which alert it was where the model refuses', async () => {
    get().neighbours.model.isDown = true;
    expect((await triage()).titles).toEqual([`Failed: the triage of ${signature}`]);
  });
};
