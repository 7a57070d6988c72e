import { AllegroError, type CallOptions } from '../../../client';
import { durationText, utcText } from '../../../client/values/amount-text';
import { DEVICE_ONLY_FIELD, readAddress } from '../fields/address';
import { deviceFields } from '../fields/device-scope';
import { refuseAnalysisSlot, RING_BUFFER_FIELD } from '../fields/ring-buffer';
import { defineNode } from '../model/define-node';
import type { RunContext } from '../model/run-context';
import { say, type Sentence } from '../../../client/values/sentence';

/** The state of a buffer; null where the appliance does not report it. */
interface Found {
  suspended: boolean | null;
  oldestPacketAt: string | null;
  hoursBack: number | null;
  warnings: Sentence[];
}

/** Tells how far back a ring buffer reaches, and whether it records. */
export const ringBufferStatus = defineNode({
  name: 'ringBufferStatus',
  label: 'Ring Buffer Status',
  group: 'Ring Buffer',
  verb: 'Get Status',
  action: 'Get the status of the ring buffer',
  description: 'Shows how far back the ring buffer reaches, and whether it is suspended',
  details: [
    'The oldest packet is found by a capture from 1970 on that ends after one packet: the vendor documents no other way. That it begins with the oldest packet is an assumption.',
    '"ok" is false if the buffer is suspended, or is not known to reach back the minimum; "warnings" says why. Check it with an If or Switch node.',
    '"suspended" is null if the firmware does not report it. "oldestPacketAt" is null if no packet could be read; a warning says why.',
  ],
  permission: 'The permission "pcap". The state may need the admin role, depending on the firmware',
  source: 'Pcap extraction; Python Script Example - POST command to pause ring buffer',
  fields: [
    {
      name: 'minHours',
      label: 'Min Buffer Reach',
      type: 'number',
      default: null,
      min: 0,
      unit: 'h',
      placeholder: 'e.g. 24',
      description: 'Shortest reach without a warning. Blank for no limit',
    },
    RING_BUFFER_FIELD,
    ...deviceFields(DEVICE_ONLY_FIELD),
  ],
  sampleOutput: {
    ok: true,
    ringBuffer: 0,
    suspended: false,
    oldestPacketAt: '2026-11-21T10:38:12.004512Z',
    hoursBack: 53.2,
    text: 'Ring buffer 0 reaches back 53.2 h, to 2026-11-21 10:38:12 UTC, and records.',
    device: 'https://allegro-mm-1a2b',
    warnings: [],
  },
  producesFile: false,

  async *run(context, values) {
    const { ringBuffer, minHours } = values;
    const address = readAddress(values);
    refuseAnalysisSlot(address);
    context.progress({ step: 'reading' });
    const found = await look(context, ringBuffer, { signal: context.signal, address });
    const problems: Sentence[] = [];
    if (found.suspended) problems.push(say`The ring buffer is suspended: it records nothing.`);
    if (minHours !== null && found.hoursBack !== null && found.hoursBack < minHours) {
      problems.push(
        say`The ring buffer reaches back only ${found.hoursBack} h (minimum ${minHours} h).`,
      );
    }
    // The warnings say why it is not known.
    const isReachUnknown = minHours !== null && found.hoursBack === null;
    yield {
      json: {
        ok: problems.length === 0 && !isReachUnknown,
        ringBuffer,
        ...found,
        text: textOf(ringBuffer, found),
        device: context.client.baseUrl,
        mmId: address.mmId,
        warnings: [...problems, ...found.warnings],
      },
    };
  },
});

/**
 * The state and the oldest packet need different permissions: one of them is better than nothing.
 *
 * @throws AllegroError where neither can be read
 */
async function look(
  { client }: RunContext,
  ringBuffer: number,
  options: CallOptions,
): Promise<Found> {
  const isSuspended = await client.isRingBufferSuspended(ringBuffer, options);
  const found: Found = {
    ...{ suspended: isSuspended ?? null, oldestPacketAt: null, hoursBack: null, warnings: [] },
  };
  try {
    const { oldest, warnings } = await client.bufferReach(ringBuffer, options);
    found.warnings.push(...warnings);
    if (oldest) Object.assign(found, { oldestPacketAt: oldest.at, hoursBack: oldest.hoursBack });
    else
      found.warnings.push(say`The ring buffer returned no packet: it is empty, or does not exist.`);
  } catch (error) {
    const isPart = error instanceof AllegroError && error.kind !== 'cancelled';
    if (!isPart || isSuspended === undefined) return Promise.reject(error);
    found.warnings.push(say`The oldest packet could not be read. ${error.sentences.what}`);
  }
  return found;
}

function textOf(ringBuffer: number, { suspended, oldestPacketAt, hoursBack }: Found): string {
  const reach =
    hoursBack === null || oldestPacketAt === null
      ? 'has an unknown reach'
      : `reaches back ${durationText(hoursBack * 3600)}, to ${utcText(oldestPacketAt)}`;
  const state = suspended === null ? '' : suspended ? ', and is suspended' : ', and records';
  return `Ring buffer ${ringBuffer} ${reach}${state}.`;
}
