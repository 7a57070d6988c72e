import { exampleNames, exampleWorkflow } from '../../../../scripts/examples/example-files';
import type { Workflow } from '../../../../scripts/hosts/n8n-rest';
import { normalizeWorkflow } from '../../../../scripts/examples/normalize-examples';
import { inOrder, SHARED_EXAMPLES } from '../../examples';
import { refusedByTheAppliance } from '../../examples/failures';
import { ExampleBench } from './example-bench';
import * as onlyHere from './only-here';
import { preserveTheBuffer } from './preserve-the-buffer';
import { toolsForAi } from './tools-for-ai';

type Suite = (get: () => ExampleBench) => void;

const OWN: Record<string, Suite> = {
  '05-live-capture': onlyHere.liveCapture,
  '13-first-capture': onlyHere.firstCapture,
  '16-new-devices': onlyHere.newDevices,
  '21-indicator-sweep': onlyHere.indicatorSweep,
  '22-application-slow': onlyHere.misp,
  '23-nightly-csv': onlyHere.nightlyCsv,
  '25-tools-for-ai': toolsForAi,
  '03-preserve-the-buffer': preserveTheBuffer,
};
const EXAMPLES = inOrder(Object.keys({ ...SHARED_EXAMPLES, ...OWN }));

/** Each example as it is in its file, in one n8n, with the simulator and neighbours that check what comes. */
describe('the examples for n8n', () => {
  let bench: ExampleBench;

  beforeAll(async () => {
    bench = await ExampleBench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => bench.reset());
  afterEach(() => bench.endAll());

  // Those in the folder scale-out need several processes: npm run test:scale.
  it('are all run here', () => {
    const names = exampleNames('n8n').filter((name) => !name.startsWith('scale-out/'));
    expect([...EXAMPLES].sort()).toEqual(names);
  });

  it.each(EXAMPLES)('%s is in its file as n8n keeps it, normalized', async (name) => {
    const { rest } = bench.bench.host;
    const { id } = await rest.createWorkflow(exampleWorkflow(name));
    const kept = await rest.call<Workflow>('GET', `/rest/workflows/${id}`);
    expect(kept).toMatchObject({ id, versionId: expect.any(String) as string });
    expect(normalizeWorkflow(kept)).toEqual(exampleWorkflow(name));
  });

  describe('refused by the appliance', () => refusedByTheAppliance(() => bench));

  describe.each(EXAMPLES)('%s', (name) => {
    SHARED_EXAMPLES[name]?.(() => bench);
    OWN[name]?.(() => bench);
  });
});
