import { ExampleBench } from './example-bench';
import { alertToPcap } from './examples/alert-to-pcap';

/** The numbered examples, in one n8n, with the simulator and with neighbours that check what comes. */
describe('the twelve examples for n8n', () => {
  let bench: ExampleBench;
  const get = () => bench;

  beforeAll(async () => {
    bench = await ExampleBench.start();
  }, 300_000);
  afterAll(() => bench?.stop());
  beforeEach(() => bench.reset());

  describe('01 alert to pcap', () => alertToPcap(get));
});
