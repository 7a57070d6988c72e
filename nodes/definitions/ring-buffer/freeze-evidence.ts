import { RECORD_PROPERTIES } from '../capture/evidence';
import { capturePcap, SAMPLE_EVIDENCE } from '../capture/capture-pcap';
import { defineNode } from '../model/define-node';
import type { RunResult } from '../model/run-result';
import { readAddress } from '../fields/address';
import { RING_BUFFER_CAPTURE_FIELDS } from '../fields/capture-fields';
import { readRingBufferRequest } from '../capture/capture-request';
import { refuseAnalysisSlot } from '../fields/ring-buffer';
import { resumeLeftover } from './resume-leftover';
import { checkFileFields, runCapture } from '../capture/run-capture';
import { Suspension } from './suspension';

const SAMPLE_FACTS = {
  suspendedAt: '2026-11-23T15:51:02.114Z',
  resumedAt: '2026-11-23T15:51:14.020Z',
  suspendedSeconds: 11.91,
  resumed: true,
  unconfirmed: false,
  alreadySuspended: false,
};

/** Suspends the ring buffer, captures from it, and resumes it, whatever happens in between. */
export const freezeEvidence = defineNode({
  name: 'freezeEvidence',
  label: 'Freeze Evidence',
  group: 'Ring Buffer',
  verb: 'Freeze and Capture',
  action: 'Freeze evidence: suspend, capture, resume',
  description:
    'Suspends the ring buffer so that nothing is overwritten, captures the packets as a pcap, and resumes the buffer',
  details: [
    'Use it on a busy link, where packets could be overwritten during the capture. Otherwise use Capture Pcap.',
    'The buffer is resumed after the last packet, and also if the capture fails, is cancelled, or exceeds Max Suspension. The command is tried up to six times; if it never succeeds, the node fails and says so.',
    'If Node-RED is killed meanwhile, its next start resumes the buffer. In other hosts, add a schedule that resumes it with Suspend Buffer.',
    'A buffer that was suspended before stays suspended, and the result warns. If the firmware does not report the state, "alreadySuspended" is null and the buffer is resumed.',
    'If the time range has not ended yet, the node waits for its end before it suspends the buffer.',
  ],
  permission:
    'The permission "pcap", and the admin role or a token that may change the configuration',
  source: 'Pcap extraction; Python Script Example - POST command to pause ring buffer',
  warnings: [
    {
      text: 'While the packets are captured, the ring buffer records nothing, for all users of the appliance.',
    },
  ],
  fields: [
    ...RING_BUFFER_CAPTURE_FIELDS,
    {
      name: 'maxSuspendedSeconds',
      label: 'Max Suspension',
      type: 'number',
      default: 600,
      min: 1,
      max: 86400,
      unit: 's',
      description:
        'Time after which the ring buffer is resumed, even if the capture is still running',
    },
    {
      name: 'resumeIfSuspended',
      label: 'Always Resume',
      type: 'boolean',
      default: false,
      description: 'Whether to resume the ring buffer even if it was suspended before',
      advanced: true,
    },
  ],
  sampleOutput: {
    ...capturePcap.sampleOutput,
    ...SAMPLE_FACTS,
    evidence: { ...SAMPLE_EVIDENCE, ringBuffer: SAMPLE_FACTS },
  },
  recordProperties: RECORD_PROPERTIES,
  producesFile: true,
  resumeLeftover,

  async *run(context, values) {
    refuseAnalysisSlot(readAddress(values));
    checkFileFields(context, values);
    const request = await readRingBufferRequest(context, values);
    const suspension = await Suspension.begin(context, {
      ringBuffer: request.ringBuffer,
      address: readAddress(values),
      limit: values.maxSuspendedSeconds * 1000,
      resumeIfSuspendedBefore: values.resumeIfSuspended,
    });
    yield* resumedAfter(
      suspension,
      runCapture(context, values, async () => request, {
        onStreamEnd: () => void suspension.resume(),
        async facts() {
          await suspension.resume();
          return suspension.facts();
        },
      }),
    );
  },
});

/**
 * The same results. However it ends (its own end, an error, a consumer that throws or stops
 * reading), the buffer is resumed; where that fails, this is the error, with the other as its cause.
 */
async function* resumedAfter(
  suspension: Suspension,
  results: AsyncGenerator<RunResult>,
): AsyncGenerator<RunResult> {
  let failure: { error: unknown } | undefined;
  try {
    yield* results;
  } catch (error) {
    failure = { error };
  } finally {
    await suspension.resume();
    suspension.throwIfStillSuspended(failure?.error);
  }
  if (failure) throw failure.error;
}
