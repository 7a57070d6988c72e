import { AllegroError, inputError, type Address } from '../../../client';
import { slotAddress, slotOf } from '../../../client/values/device-slot';
import { defineNode } from '../model/define-node';
import { DEVICE_FIELD, readAddress } from '../fields/address';
import { waitForAnalysis as wait } from './analysis-progress';

/** Waits until the analysis of an uploaded pcap seems to be over. */
export const waitForAnalysis = defineNode({
  name: 'waitForAnalysis',
  label: 'Wait for Analysis',
  group: 'Analysis',
  action: 'Wait for the analysis of a pcap',
  description:
    'Waits until the analysis of an uploaded pcap seems to be over, and returns what the slot has counted',
  details: [
    'For large uploads: Upload Pcap waits too, but in the same step. Here the wait has a limit and an outcome of its own.',
    'The API has no documented signal for the end of an analysis. Where the appliance tells a progress it is believed ("concludedBy" is "progress"); otherwise counters that stand still are taken for the end ("counters"). Statistics can be read at any time, also while the analysis runs.',
    'When the limit is reached first, "settled" is false and a warning says so; on request that is an error. The wait ends early when the slot still returns no counters of all traffic after 10 seconds because the appliance does not have them.',
  ],
  permission: 'Read access to statistics of the slot',
  source: 'Pcap upload and analysis; Query available URIs with OPTIONS',
  fields: [
    {
      ...DEVICE_FIELD,
      label: 'Analysis Slot',
      placeholder: 'e.g. :1',
      required: true,
      description: 'The "mmId" that Upload Pcap returned: ":1" or, on another device, "device:1"',
      choices: 'slots',
      messageProperty: 'payload.mmId',
      messageFallback: 'device',
      itemProperty: 'mmId',
    },
    {
      name: 'waitSeconds',
      label: 'Timeout',
      type: 'number',
      default: 600,
      min: 1,
      unit: 's',
      description: 'How long to wait',
    },
    {
      name: 'settledSeconds',
      label: 'Settle Time',
      type: 'number',
      default: 3,
      min: 1,
      unit: 's',
      description: 'How long the counters must not change before the analysis counts as over',
      advanced: true,
    },
    {
      name: 'unsettledIsError',
      label: 'Fail on Timeout',
      type: 'boolean',
      default: false,
      description: 'Whether reaching the limit ends with an error',
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
        'This names no analysis slot.',
        'Enter the "mmId" that Upload Pcap returned, such as ":1".',
      );
    }
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

function unsettledError(device: string, mmId: string, what: string): AllegroError {
  return new AllegroError({
    kind: 'timeout',
    device: `${device} ${mmId}`,
    what,
    advice: 'Wait longer, or go on with what has been counted so far.',
    canRetry: true,
  });
}
