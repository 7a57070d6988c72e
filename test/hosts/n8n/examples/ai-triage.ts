import { SURICATA_ALERT } from '../../../examples/alerts';
import { STEADY_HOST } from '../../../../simulator';
import { waitUntil } from '../../../contract/support/wait-until';
import type { ExampleBench } from './example-bench';
import { FakeModel } from '../support/fake-model';
import { CAPTURE_PATH } from '../support/simulator-bench';
import { hashOf } from '../../truth';

const NAME = '12-ai-triage';
const WORDS = 'A download over TLS. Quite sure. Nothing to do.';

export function aiTriage(get: () => ExampleBench): void {
  let model: FakeModel;

  beforeAll(async () => {
    model = await FakeModel.withCalls(
      [
        { tool: 'Top_Talkers', args: {} },
        { tool: 'Connections_of_a_Host', args: { host: STEADY_HOST } },
        // More than it may have.
        { tool: 'Request_Capture', args: { host: STEADY_HOST, minutes: 500 } },
      ],
      WORDS,
    );
    await get().addCredential('openAiApi', { apiKey: 'none', url: model.url });
  });

  it('lets the agent look and ask for a capture, and posts what it says', async () => {
    const bench = get();
    const { neighbours, simulator } = bench;
    const published = await bench.publish(bench.example(NAME));
    try {
      const response = await published.send('webhook/allegro-triage', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(SURICATA_ALERT),
      });
      expect(response.status).toBe(200);
      await waitUntil(() => neighbours.chat.messages.length > 0);
    } finally {
      await published.end();
    }
    expect(model.tools.sort()).toEqual(['Connections_of_a_Host', 'Request_Capture', 'Top_Talkers']);
    const [talkers, connections, capture] = model.toolAnswers;
    expect(talkers).toContain(STEADY_HOST);
    expect(connections).toContain(STEADY_HOST);
    const [[key, { content }]] = [...neighbours.objects.objects];
    expect(capture).toContain(`s3://evidence/${key}`);
    expect(capture).toContain(hashOf(content));
    // Facts only: no packets reach the model.
    expect(capture.length).toBeLessThan(1000);
    const [asked] = simulator.requests.filter(({ path }) => path === CAPTURE_PATH);
    const query = new URL(asked.url, simulator.url).searchParams;
    const seconds = (Number(query.get('endTime')) - Number(query.get('startTime'))) / 1e6;
    expect(Math.round(seconds)).toBe(600);
    expect(neighbours.chat.messages[0].text).toBe(`Triage: ${SURICATA_ALERT.alert.signature}`);
    expect(neighbours.chat.transcript).toContain(WORDS);
  });

  it('tells a person when the model does not answer', async () => {
    const bench = get();
    await model.stop();
    const workflow = bench.example(NAME);
    await bench.run(workflow, 'Alert', { body: SURICATA_ALERT });
    expect(bench.neighbours.chat.messages.map(({ text }) => text)).toEqual([
      'Failed: the triage of an alert',
    ]);
  });
}
