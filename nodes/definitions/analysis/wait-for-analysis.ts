import { AllegroError, inputError, type Address } from '../../../client';
import { slotAddress, slotOf } from '../../../client/values/device-slot';
import { defineNode } from '../model/define-node';
import type { RunContext } from '../model/run-context';
import { DEVICE_FIELD, readAddress } from '../fields/address';
import { waitForAnalysis as wait } from './analysis-progress';
import { say, type Sentence } from '../../../client/values/sentence';

/** Waits until the analysis of an uploaded pcap seems to be over. */
export const waitForAnalysis = defineNode({
  name: 'waitForAnalysis',
  label: 'Wait for Analysis',
  group: 'Pcap File',
  verb: 'Wait for Analysis',
  action: 'Wait for the analysis of a pcap',
  description:
    'Waits until the analysis of an uploaded pcap seems to be finished, and returns the counters of the slot',
  details: [
    'Upload Pcap can wait as well. Use this node for large files, with a timeout of its own.',
    'The vendor does not document how to know that an analysis is finished. The node uses the progress if the appliance reports it ("concludedBy": "progress"); otherwise it waits until the counters no longer change ("counters").',
    'After a timeout, "settled" is false and a warning says so. Statistics can be read at any time, also during the analysis.',
  ],
  permission: 'Read access to statistics of the slot',
  source: 'Pcap upload and analysis; Query available URIs with OPTIONS',
  fields: [
    {
      ...DEVICE_FIELD,
      label: 'Analysis Slot',
      placeholder: 'e.g. :1',
      required: true,
      description: 'Slot from "mmId" of Upload Pcap: ":1" or, on another device, "device:1"',
      choices: 'slots',
      messageProperty: 'payload.mmId',
      messageFallback: 'device',
      itemProperty: 'mmId',
      advanced: false,
    },
    {
      name: 'waitSeconds',
      label: 'Timeout',
      type: 'number',
      default: 600,
      min: 1,
      unit: 's',
      description: 'Maximum time to wait',
    },
    {
      name: 'settledSeconds',
      label: 'Settle Time',
      type: 'number',
      default: 3,
      min: 1,
      unit: 's',
      description: 'Time without changes after which the analysis counts as finished',
      advanced: true,
    },
    {
      name: 'unsettledIsError',
      label: 'Fail on Timeout',
      type: 'boolean',
      default: false,
      description: 'Whether to fail if the timeout is reached',
      advanced: true,
    },
  ],
  sampleOutput: {
    mmId: ':1',
    settled: true,
    concludedBy: 'counters',
    progressPercent: null,
    statistics: {
      rxPackets: 90000,
      rxBytes: 80000000,
      txPackets: 60000,
      txBytes: 20000000,
      totalPackets: 150000,
      totalBytes: 100000000,
    },
    waitedSeconds: 12.4,
    device: 'https://allegro-mm-1a2b',
    warnings: [],
  },
  producesFile: false,

  async *run(context, values) {
    const { client } = context;
    const address = readSlot(values.device);
    if (slotOf(address.mmId) === 0) {
      throw inputError(
        'device',
        say`This is not an analysis slot.`,
        say`Enter the "mmId" from Upload Pcap, such as ":1".`,
      );
    }
    await refuseMissingSlot(context, address.mmId!);
    const start = client.now();
    const state = await wait(context, {
      address,
      limit: values.waitSeconds * 1000,
      settledAfter: values.settledSeconds * 1000,
    });
    if (state.concludedBy === null && values.unsettledIsError) {
      throw unsettledError(client.baseUrl, address.mmId!, state.warnings[0]);
    }
    yield {
      json: {
        mmId: address.mmId,
        settled: state.concludedBy !== null,
        concludedBy: state.concludedBy,
        progressPercent: state.progressPercent,
        statistics: state.statistics,
        waitedSeconds: Math.round((client.now() - start) / 100) / 10,
        device: client.baseUrl,
        warnings: state.warnings,
      },
    };
  },
});

/** The list of slots names those of the appliance itself by their number alone. */
function readSlot(typed: string): Address {
  return readAddress({
    device: /^\d+$/.test(typed) ? slotAddress(undefined, Number(typed)) : typed,
  });
}

/**
 * No waiting makes a slot appear. Where the answers do not show whether there is one, or this login may
 * not see them, the wait has to find out.
 *
 * @throws AllegroError `notFound`
 */
async function refuseMissingSlot({ client, signal }: RunContext, mmId: string): Promise<void> {
  const state = await client.slotState(mmId, signal).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return 'unknown';
  });
  if (state !== 'missing') return;
  throw new AllegroError({
    kind: 'notFound',
    device: `${client.baseUrl} ${mmId}`,
    what: say`There is no analysis slot ${slotOf(mmId)}.`,
    advice: say`Enter the "mmId" that Upload Pcap returned, or enable more slots in the settings.`,
  });
}

function unsettledError(device: string, mmId: string, what: Sentence): AllegroError {
  return new AllegroError({
    kind: 'timeout',
    device: `${device} ${mmId}`,
    what,
    advice: say`Raise the timeout, or continue with the counters so far.`,
    canRetry: true,
  });
}
