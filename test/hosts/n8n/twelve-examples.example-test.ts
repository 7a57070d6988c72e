import { setTimeout as pause } from 'node:timers/promises';
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

/** The numbered examples, in one n8n, with the simulator and with neighbours that check what comes. */
describe('the twelve examples for n8n', () => {
  let bench: ExampleBench;
  const get = () => bench;

  beforeAll(async () => {
    bench = await ExampleBench.start();
  }, 300_000);
  afterAll(() => bench?.stop());
  beforeEach(async () => {
    // Counting packets keeps this process busy; that n8n closed idle connections meanwhile has to be
    // noticed before one of them is used again.
    await pause(50);
    bench.reset();
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
