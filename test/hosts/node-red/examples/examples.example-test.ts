import { exampleNames } from '../../../../scripts/examples/example-files';
import { inOrder, SHARED_EXAMPLES } from '../../examples';
import { refusedByTheAppliance } from '../../examples/failures';
import { ExampleBench } from './example-bench';
import * as onlyHere from './only-here';
import { preserveTheBuffer } from './preserve-the-buffer';
import { toolsForAi } from './tools-for-ai';

type Suite = (get: () => ExampleBench) => void;

const OWN: Record<string, Suite> = {
  '05-live-capture': onlyHere.liveCapture,
  '09-threshold-watch': onlyHere.thresholdWatch,
  '10-port-inventory': onlyHere.portInventory,
  '12-ai-triage': onlyHere.aiTriage,
  '13-first-capture': onlyHere.firstCapture,
  '16-new-devices': onlyHere.newDevices,
  '22-application-slow': onlyHere.misp,
  '25-tools-for-ai': toolsForAi,
  '03-preserve-the-buffer': preserveTheBuffer,
};
const EXAMPLES = inOrder(Object.keys({ ...SHARED_EXAMPLES, ...OWN }));

/** Each example as it is in its file, in one Node-RED, with the simulator and neighbours that check what comes. */
describe('the examples for Node-RED', () => {
  let bench: ExampleBench;

  beforeAll(async () => {
    bench = await ExampleBench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => bench.reset());
  afterEach(() => {
    expect(bench.bench.host.isRunning).toBe(true);
    expect(bench.bench.host.log).not.toMatch(/uncaught|unhandled/i);
  });

  // Those in the folder scale-out need several processes: npm run test:scale.
  it('are all run here', () => {
    const names = exampleNames('node-red').filter((name) => !name.startsWith('scale-out/'));
    expect([...EXAMPLES].sort()).toEqual(names);
  });

  describe('refused by the appliance', () => refusedByTheAppliance(() => bench));

  describe.each(EXAMPLES)('%s', (name) => {
    SHARED_EXAMPLES[name]?.(() => bench);
    OWN[name]?.(() => bench);
  });
});
