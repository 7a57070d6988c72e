import { ExampleBench } from './example-bench';
import { alertToPcap } from './examples/alert-to-pcap';
import { aiTriage } from './examples/ai-triage';
import { bufferHealth } from './examples/buffer-health';
import { callQuality } from './examples/call-quality';
import { evidencePack } from './examples/evidence-pack';
import { portInventory } from './examples/port-inventory';
import { thresholdWatch } from './examples/threshold-watch';
import { whichBox } from './examples/which-box';
import { dailyDigest } from './examples/daily-digest';
import { liveCaptureForm } from './examples/live-capture-form';
import { preserveOnly } from './examples/preserve-only';
import { uploadAndAnalyse } from './examples/upload-and-analyse';

jest.setTimeout(90_000);

/** The numbered examples, in one Node-RED, with the simulator and neighbours that check what comes. */
describe('the twelve examples for Node-RED', () => {
  let bench: ExampleBench;
  const get = () => bench;

  beforeAll(async () => {
    bench = await ExampleBench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => bench.reset());
  afterEach(() => {
    expect(bench.bench.host.isRunning).toBe(true);
    expect(bench.bench.host.log).not.toMatch(/uncaught|unhandled/i);
  });

  describe('01 alert to pcap', () => alertToPcap(get));
  describe('05 live capture', () => liveCaptureForm(get));
  describe('06 upload and analyse', () => uploadAndAnalyse(get));
  describe('08 daily digest', () => dailyDigest(get));
  describe('04 which device', () => whichBox(get));
  describe('07 worst call', () => callQuality(get));
  describe('09 threshold watch', () => thresholdWatch(get));
  describe('10 port inventory', () => portInventory(get));
  describe('11 buffer health', () => bufferHealth(get));
  describe('12 AI triage', () => aiTriage(get));
  // The last ones: what the buffer misses while it is suspended stays missing.
  describe('02 evidence pack', () => evidencePack(get));
  describe('03 preserve the buffer', () => preserveOnly(get));
});
