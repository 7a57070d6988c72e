import { until } from '../../../../scripts/hosts/node-red-host';
import { SURICATA_ALERT } from '../../../examples/alerts';
import { STEADY_HOST } from '../../../../simulator';
import { FakeModel } from '../../n8n/support/fake-model';
import { CAPTURE_PATH, emptyCapture } from '../../../contract/support/capture-faults';
import { parts, type ExampleBench } from './example-bench';

const NAME = '12-ai-triage';
const WORDS = 'A download over TLS. Quite sure. Nothing to do.';

export function aiTriage(get: () => ExampleBench): void {
  let model: FakeModel;
  afterEach(() => model?.stop());

  const triage = async (calls: Parameters<typeof FakeModel.withCalls>[0], words = WORDS) => {
    model = await FakeModel.withCalls(calls, words);
    await get().deploy(NAME, undefined, { MODEL_URL: `${model.url}/chat/completions` });
    const response = await fetch(`${get().url}/allegro/triage`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(SURICATA_ALERT),
    });
    expect(response.status).toBe(202);
  };

  it('lets the model look and ask for a capture, and posts what it says', async () => {
    const { simulator, neighbours } = parts(get());
    await triage([
      { tool: 'top_talkers', args: {} },
      { tool: 'connections_of_host', args: { host: STEADY_HOST } },
      // More than it may have.
      { tool: 'request_capture', args: { host: STEADY_HOST, minutes: 500 } },
    ]);
    await until('the findings', () => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.messages[0]!.text).toBe(`Triage: ${SURICATA_ALERT.alert.signature}`);
    expect(neighbours.chat.transcript).toContain(WORDS);
    const [talkers, connections, capture] = model.toolAnswers;
    expect(talkers).toContain(STEADY_HOST);
    expect(connections).toContain(STEADY_HOST);
    const facts = JSON.parse(capture!) as Record<string, unknown>;
    expect(Object.keys(facts).sort()).toEqual([
      'bytes',
      'coveredWindow',
      'file',
      'packets',
      'sha256',
    ]);
    const [asked] = simulator.requests.filter(({ path }) => path === CAPTURE_PATH);
    const query = new URL(asked!.url, simulator.url).searchParams;
    const seconds = (Number(query.get('endTime')) - Number(query.get('startTime'))) / 1e6;
    expect(Math.round(seconds)).toBe(600);
    const truth = await simulator.packetsIn(
      `ip==${STEADY_HOST}`,
      Number(query.get('startTime')),
      Number(query.get('endTime')),
    );
    expect(facts.packets).toBe(truth.packets);
  });

  it('tells the model that there was nothing', async () => {
    const { simulator, neighbours } = parts(get());
    simulator.faults.add(emptyCapture);
    await triage([{ tool: 'request_capture', args: { host: STEADY_HOST, minutes: 5 } }]);
    await until('the findings', () => neighbours.chat.messages.length === 1);
    expect(JSON.parse(model.toolAnswer)).toMatchObject({ file: null, packets: 0, bytes: 0 });
    expect(neighbours.chat.transcript).toContain(WORDS);
  });

  it('tells the model what failed, and lets it go on', async () => {
    const { neighbours } = parts(get());
    await triage([{ tool: 'request_capture', args: { host: '10.1.2.300', minutes: 5 } }]);
    await until('the findings', () => neighbours.chat.messages.length === 1);
    expect(model.toolAnswer).toContain('10.1.2.300');
    expect(neighbours.chat.transcript).toContain(WORDS);
  });

  it('ends after eight rounds, and says so', async () => {
    const { neighbours } = parts(get());
    await triage(Array.from({ length: 20 }, () => ({ tool: 'top_talkers', args: {} })));
    await until('the message', () => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.messages[0]!.text).toBe('Failed: the triage of an alert');
    expect(neighbours.chat.transcript).toContain('did not finish within eight rounds');
    expect(model.toolAnswers).toHaveLength(7);
  });
}
