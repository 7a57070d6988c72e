import { defineNode } from '../model/define-node';
import { WAITING_STEP } from '../model/run-context';
import { DEVICE_ONLY_FIELD, readAddress } from '../fields/address';
import { waitForAnalysis } from './analysis-progress';
import { say } from '../../../client/values/sentence';

/** Two readings after the first that are the same. */
const SETTLED_AFTER_MS = 1000;

/** Uploads a capture file into an analysis slot. */
export const uploadPcap = defineNode({
  name: 'uploadPcap',
  label: 'Upload Pcap',
  group: 'Pcap File',
  verb: 'Upload',
  action: 'Upload a pcap',
  description:
    'Uploads a pcap or pcapng file into an analysis slot, so that its statistics can be read',
  details: [
    '"mmId", such as ":1", names the slot. Use it as Device or Slot of other nodes to read the statistics of the upload, or to capture from it.',
    'The file is streamed and checked on the way: the result has its packets, and says whether it is complete.',
    'Enable Parallel PCAP analysis in the global settings of the appliance. Without it, an upload resets all live statistics and, in bridge mode, stops forwarding; so the node uploads only to an existing slot.',
    'The slot stays in use until it is closed on the dashboard of the appliance, or replaced by another upload.',
  ],
  permission: 'The admin role, or a token that may upload and analyse pcaps',
  source: 'Pcap upload and analysis; Parallel pcap analysis',
  warnings: [
    {
      text: 'Replacing an analysis discards it for all users of the appliance.',
      showWhen: { slotInUse: ['replace'] },
    },
    {
      text: 'Replacing live data may reset all live statistics of the appliance and, in bridge mode, stop forwarding.',
      showWhen: { allowReplacingLiveData: [true] },
    },
  ],
  fields: [
    {
      name: 'file',
      label: 'File',
      type: 'file',
      default: '',
      required: true,
      description: 'The pcap or pcapng file',
    },
    {
      name: 'slot',
      label: 'Analysis Slot',
      type: 'number',
      default: 1,
      min: 1,
      integer: true,
      description:
        'Number of the slot, from 1. The appliance can assign another; the result says which',
      choices: 'slots',
    },
    {
      name: 'slotInUse',
      label: 'If the Slot Is in Use',
      type: 'options',
      default: 'refuse',
      options: [
        { value: 'refuse', label: 'Refuse', description: 'Keep the analysis in the slot' },
        { value: 'replace', label: 'Replace', description: 'Discard the analysis in the slot' },
      ],
      description: 'Action when the slot holds another analysis',
    },
    {
      name: 'waitForStatistics',
      label: 'Wait for Statistics',
      type: 'boolean',
      default: true,
      description: 'Whether to wait until the packet counters no longer grow, and return them',
    },
    DEVICE_ONLY_FIELD,
    {
      name: 'keepPackets',
      label: 'Keep Packets',
      type: 'boolean',
      default: true,
      description:
        'Whether to keep the packets in a temporary ring buffer, to capture from the slot. Needs a storage device',
      advanced: true,
    },
    {
      name: 'waitSeconds',
      label: 'Timeout',
      type: 'number',
      default: 120,
      min: 1,
      unit: 's',
      description: 'Maximum wait for the statistics after the upload',
      showWhen: { waitForStatistics: [true] },
      advanced: true,
    },
    {
      name: 'allowReplacingLiveData',
      label: 'Allow Replacing Live Data',
      type: 'boolean',
      default: false,
      description:
        'Whether to upload even if that may reset all live statistics and, in bridge mode, stop forwarding',
      advanced: true,
    },
  ],
  sampleOutput: {
    mmId: ':1',
    slot: 1,
    fileName: 'incident.pcapng',
    fileBytes: 104857600,
    packets: 150000,
    format: 'pcapng',
    firstPacket: '2026-11-23T15:50:00.000000Z',
    lastPacket: '2026-11-23T15:52:00.000000Z',
    complete: true,
    statistics: {
      rxPackets: 90000,
      rxBytes: 80000000,
      txPackets: 60000,
      txBytes: 20000000,
      totalPackets: 150000,
      totalBytes: 100000000,
    },
    statisticsSettled: true,
    device: 'https://allegro-mm-1a2b',
    warnings: [],
  },
  producesFile: false,
  passesFileOn: true,

  async *run(context, values) {
    const { client, signal, progress } = context;
    const file = values.file;
    const onWait = (until?: number) => progress({ step: WAITING_STEP, until });
    const options = { signal, onWait, address: readAddress(values) };
    const upload = await client.upload(
      {
        file,
        slot: values.slot,
        replaceSlot: values.slotInUse === 'replace',
        keepPackets: values.keepPackets,
        allowReplacingLiveData: values.allowReplacingLiveData,
        onProgress: (bytes) => progress({ step: 'uploading', bytes, totalBytes: file.size }),
      },
      options,
    );
    const { packets, format, firstPacket, lastPacket, complete } = upload.file;
    // Without a packet no counter ever moves, so the wait would last until its limit.
    const isWaiting = values.waitForStatistics && packets !== 0;
    const analysis = isWaiting
      ? await waitForAnalysis(context, {
          address: { mmId: upload.mmId },
          limit: values.waitSeconds * 1000,
          settledAfter: SETTLED_AFTER_MS,
        })
      : undefined;
    yield {
      json: {
        mmId: upload.mmId,
        slot: upload.slot,
        fileName: file.name,
        fileBytes: file.size,
        packets,
        format,
        firstPacket: firstPacket?.iso ?? null,
        lastPacket: lastPacket?.iso ?? null,
        complete,
        statistics: analysis?.statistics ?? null,
        statisticsSettled: (analysis?.concludedBy ?? null) !== null,
        device: client.baseUrl,
        answer: upload.answer,
        warnings: [
          ...upload.warnings,
          ...(packets === 0 ? [say`The file holds no packets: there is nothing to analyze.`] : []),
          ...(analysis?.warnings ?? []),
        ],
      },
    };
  },
});
