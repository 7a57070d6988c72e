import { defineNode } from '../model/define-node';
import { WAITING_STEP } from '../model/run-context';
import { DEVICE_ONLY_FIELD, readAddress } from '../fields/address';
import { waitForAnalysis } from './analysis-progress';

/** Two readings after the first that are the same. */
const SETTLED_AFTER_MS = 1000;

/** Uploads a capture file into an analysis slot. */
export const uploadPcap = defineNode({
  name: 'uploadPcap',
  label: 'Upload Pcap',
  group: 'Analysis',
  action: 'Upload a pcap for analysis',
  description:
    'Uploads a pcap or pcapng file into an analysis slot of the appliance, where all statistics of it can be read',
  details: [
    'The result holds "mmId", such as ":1". Enter it as device of the other nodes to read statistics of the upload or capture from it.',
    'The file is streamed, whatever its size, and walked on the way: the result tells its packets and whether it is whole.',
    'Parallel PCAP analysis has to be enabled in the global settings of the appliance. Without it an upload would reset all live statistics, and in bridge mode stop forwarding, so this node uploads only where the slot is seen to exist. An appliance that answers for slots that cannot exist shows nothing; then "Allow Replacing Live Data" is needed.',
    'The slot stays in use until it is ended on the dashboard of the appliance, or replaced by another upload.',
  ],
  permission: 'The admin role, or a token that may upload and analyse pcaps',
  source: 'Pcap upload and analysis; Parallel pcap analysis',
  warnings: [
    {
      text: 'Replacing an analysis throws it away, for all users of the appliance.',
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
      description: 'Wanted slot, 1 for the first. The result says which one the appliance gave',
      choices: 'slots',
    },
    {
      name: 'slotInUse',
      label: 'If the Slot Is in Use',
      type: 'options',
      default: 'refuse',
      options: [
        { value: 'refuse', label: 'Refuse', description: 'Leave the analysis in the slot alone' },
        { value: 'replace', label: 'Replace', description: 'Throw the analysis in the slot away' },
      ],
      description: 'What to do when there is another analysis in the slot',
    },
    {
      name: 'waitForStatistics',
      label: 'Wait for Statistics',
      type: 'boolean',
      default: true,
      description:
        'Whether to wait until the packet counters of the slot have stopped growing, and to return them',
    },
    DEVICE_ONLY_FIELD,
    {
      name: 'keepPackets',
      label: 'Keep Packets',
      type: 'boolean',
      default: true,
      description:
        'Whether to keep the packets in a temporary ring buffer, so that captures from the slot work. Needs a storage device',
      advanced: true,
    },
    {
      name: 'waitSeconds',
      label: 'Timeout',
      type: 'number',
      default: 120,
      min: 1,
      unit: 's',
      description: 'How long to wait for the statistics after the upload',
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

  async *run(context, values) {
    const { client, signal, progress } = context;
    const file = values.file;
    const onWait = () => progress({ step: WAITING_STEP });
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
    const analysis = values.waitForStatistics
      ? await waitForAnalysis(context, {
          address: { mmId: upload.mmId },
          limit: values.waitSeconds * 1000,
          settledAfter: SETTLED_AFTER_MS,
        })
      : undefined;
    const { packets, format, firstPacket, lastPacket, complete } = upload.file;
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
        warnings: [...upload.warnings, ...(analysis?.warnings ?? [])],
      },
    };
  },
});
