import { setTimeout as pause } from 'node:timers/promises';
import { exampleNames } from '../../../../scripts/examples/example-files';
import { SHARED_EXAMPLES } from '../../examples';
import { refusedByTheAppliance } from '../../examples/failures';
import { ExampleBench } from './example-bench';
import { aiTriage } from './ai-triage';
import { evidencePack } from './evidence-pack';
import * as firstSteps from './first-steps';
import { liveCapture } from './live-capture';
import { portInventory } from './port-inventory';
import { preserveTheBuffer } from './preserve-the-buffer';
import { failedPoll } from './threshold-watch';
import * as smallJobs from './small-jobs';
import { whichDevice } from './which-device';

const EXAMPLES: Record<string, (get: () => ExampleBench) => void> = {
  ...SHARED_EXAMPLES,
  '05-live-capture': liveCapture,
  '04-which-device': whichDevice,
  '09-threshold-watch': (get) => {
    SHARED_EXAMPLES['09-threshold-watch']!(get);
    failedPoll(get);
  },
  '10-port-inventory': portInventory,
  '12-ai-triage': aiTriage,
  '13-first-capture': firstSteps.firstCapture,
  '14-top-talkers-report': firstSteps.topTalkersReport,
  '15-analyse-the-busiest-host': firstSteps.analyseTheBusiestHost,
  '16-new-devices': firstSteps.newDevices,
  '17-devices-and-system': firstSteps.devicesAndSystem,
  '18-look-up-a-host': firstSteps.lookUpAHost,
  '21-indicator-sweep': smallJobs.indicatorSweep,
  '22-application-slow': smallJobs.applicationSlow,
  '23-nightly-csv': smallJobs.nightlyCsv,
  '24-capture-to-storage': smallJobs.captureToStorage,
  '25-tools-for-ai': smallJobs.toolsForAi,
  // The last ones: what the buffer misses while it is suspended stays missing.
  '02-evidence-pack': evidencePack,
  '03-preserve-the-buffer': preserveTheBuffer,
};

/** Each example as it is in its file, in one Node-RED, with the simulator and neighbours that check what comes. */
describe('the examples for Node-RED', () => {
  let bench: ExampleBench;

  beforeAll(async () => {
    bench = await ExampleBench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(async () => {
    // Counting packets keeps this process busy; that Node-RED closed idle connections meanwhile has to be
    // noticed before one of them is used again.
    await pause(50);
    bench.reset();
  });
  afterEach(() => {
    expect(bench.bench.host.isRunning).toBe(true);
    expect(bench.bench.host.log).not.toMatch(/uncaught|unhandled/i);
  });

  // Those in the folder scale-out need several processes: npm run test:scale.
  it('are all run here', () => {
    const names = exampleNames('node-red').filter((name) => !name.startsWith('scale-out/'));
    expect(Object.keys(EXAMPLES).sort()).toEqual(names);
  });

  describe('refused by the appliance', () => refusedByTheAppliance(() => bench));

  describe.each(Object.entries(EXAMPLES))('%s', (_name, test) => test(() => bench));
});
