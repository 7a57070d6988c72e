import { capturePcap, SAMPLE_EVIDENCE } from '../capture/capture-pcap';
import { defineNode } from '../model/define-node';
import type { RunResult } from '../model/run-result';
import { readAddress } from '../fields/address';
import { RING_BUFFER_CAPTURE_FIELDS } from '../fields/capture-fields';
import { readRingBufferRequest } from '../capture/capture-request';
import { refuseAnalysisSlot } from '../fields/ring-buffer';
import { resumeLeftover } from './resume-leftover';
import { refuseStreamFields, runCapture } from '../capture/run-capture';
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
  action: 'Freeze the ring buffer and capture from it',
  description:
    'Suspends the ring buffer so that nothing in it is overwritten, fetches the packets as a pcap, and lets it record again',
  details: [
    'For a busy link, where the buffer holds minutes and the packets of an incident would be overwritten while they are fetched. Where there is time enough, Capture Pcap does without suspending.',
    'The buffer is resumed as soon as the last packet was read, and also when the capture fails, is cancelled, or its run is stopped; after the time in "Max Suspension" it is resumed even if the capture still runs. The command to resume is tried up to six times; if it never succeeds, the node fails with an error that says so, because then a person has to act. Node-RED hands on the packets before that; elsewhere they are still in the buffer.',
    'If Node-RED itself is killed meanwhile, its next start resumes the buffer: the node notes in the user directory that it suspends it, and reports in log and status what it resumed. Elsewhere no such note is kept: where that matters, let a schedule of its own resume the buffer with Suspend Buffer.',
    'An end of the time range that is still to come is waited for before the buffer is suspended, because a suspended buffer records nothing.',
    'Where the buffer was suspended before, somebody else is securing evidence: then it is left suspended and the result warns, unless the node says otherwise. Not every firmware tells whether it is; then "alreadySuspended" is null and the buffer is resumed.',
    'The result is that of Capture Pcap, with "suspendedAt", "resumedAt", "suspendedSeconds", "resumed" and "alreadySuspended" beside it. They stand in the evidence record too, as "ringBuffer".',
  ],
  permission:
    'The permission "pcap", and the admin role or a token that may change the configuration',
  source: 'Pcap extraction; Python Script Example - POST command to pause ring buffer',
  warnings: [
    {
      text: 'While the packets are fetched, the ring buffer records nothing, for all users of the appliance.',
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
        'After this time the ring buffer is resumed even if the capture still runs, which then goes on',
    },
    {
      name: 'resumeIfSuspended',
      label: 'Resume Even If Suspended Before',
      type: 'boolean',
      default: false,
      description:
        'Whether to resume the ring buffer afterwards even if somebody else had suspended it before',
      advanced: true,
    },
  ],
  sampleOutput: {
    ...capturePcap.sampleOutput,
    ...SAMPLE_FACTS,
    evidence: { ...SAMPLE_EVIDENCE, ringBuffer: SAMPLE_FACTS },
  },
  producesFile: true,
  resumeLeftover,

  async *run(context, values) {
    refuseAnalysisSlot(readAddress(values));
    refuseStreamFields(values);
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
