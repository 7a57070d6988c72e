import { AllegroError, type CallOptions } from '../../client';
import { toCounters, type Counters } from '../../client/counters';
import type { InputFile, NodeDefinition, RunContext } from './definition';
import { DEVICE_FIELD, readAddress } from './shared/address';

/** Uploads a capture file into an analysis slot. */
export const uploadPcap: NodeDefinition = {
  name: 'uploadPcap',
  label: 'Upload Pcap',
  group: 'Analysis',
  action: 'Upload a pcap for analysis',
  description:
    'Uploads a pcap or pcapng file into an analysis slot of the appliance, where all statistics of it can be read',
  details: [
    'The result holds "mmId", such as ":1". Enter it as device of the other nodes to read statistics of the upload or capture from it.',
    'The file is streamed, whatever its size, and walked on the way: the result tells its packets and whether it is whole.',
    'Parallel PCAP analysis has to be enabled in the global settings of the appliance. Without it an upload would reset all live statistics, and in bridge mode stop forwarding, so this node refuses it unless told otherwise.',
    'The slot stays in use until it is ended on the dashboard of the appliance, or replaced by another upload.',
  ],
  permission: 'The admin role, or a token that may upload and analyse pcaps',
  source: 'Pcap upload and analysis; Parallel pcap analysis',
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
      description: 'Number of the slot for pcap analysis, 1 for the first',
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
    {
      ...DEVICE_FIELD,
      label: 'Device',
      placeholder: 'e.g. allegro-mm-2b3c',
      description:
        'Blank for the appliance itself, or the ID of another member of a multi-device setup',
      choices: 'devices',
    },
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
      label: 'Wait at Most',
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
    const file = values.file as InputFile;
    const options = { signal, address: readAddress(values) };
    const upload = await client.upload(
      {
        file,
        slot: values.slot as number,
        replaceSlot: values.slotInUse === 'replace',
        keepPackets: values.keepPackets as boolean,
        allowReplacingLiveData: values.allowReplacingLiveData as boolean,
        onProgress: (bytes) => progress({ step: 'uploading', bytes, totalBytes: file.size }),
      },
      options,
    );
    const settled = values.waitForStatistics
      ? await waitForStatistics(context, upload.mmId, (values.waitSeconds as number) * 1000)
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
        statistics: settled?.statistics ?? null,
        statisticsSettled: settled?.isSettled ?? false,
        device: client.baseUrl,
        answer: upload.answer,
        warnings: [...upload.warnings, ...(settled?.warnings ?? [])],
      },
    };
  },
};

interface Settled {
  statistics: Counters | null;
  isSettled: boolean;
  warnings: string[];
}

const POLL_INTERVAL = 500;
/** Readings in a row that have to be the same. */
const SAME_READINGS = 3;

/**
 * Waits until the slot's counters stand still. The API page names no signal for the end of an
 * analysis, so this says "settled", not "finished".
 */
async function waitForStatistics(
  { client, signal, progress }: RunContext,
  mmId: string,
  limit: number,
): Promise<Settled> {
  const start = client.now();
  let last: Counters | undefined;
  let same = 0;
  while (client.now() - start < limit) {
    progress({ step: 'analysing', packets: last?.totalPackets });
    const counters = await readTotals({ client }, { signal, address: { mmId } });
    const isSame =
      counters !== undefined &&
      counters.totalPackets > 0 &&
      counters.totalPackets === last?.totalPackets;
    same = isSame ? same + 1 : 0;
    last = counters;
    if (same >= SAME_READINGS - 1) return { statistics: last!, isSettled: true, warnings: [] };
    await client.sleep(POLL_INTERVAL, signal);
  }
  return {
    statistics: last ?? null,
    isSettled: false,
    warnings: [
      `The counters of slot ${mmId} had not settled after ${Math.round(limit / 1000)} s: the analysis may still be running.`,
    ],
  };
}

async function readTotals(
  { client }: Pick<RunContext, 'client'>,
  options: CallOptions,
): Promise<Counters | undefined> {
  const path = '/API/stats/modules/mac_protocols/generic';
  const answer = await client
    .get(path, { skiphistorydata: true }, options)
    .catch((error: unknown) => (mayAnswerLater(error) ? undefined : Promise.reject(error)));
  const { globalCounters } = (answer ?? {}) as { globalCounters?: { allTime?: unknown } };
  return toCounters(globalCounters?.allTime);
}

/** The slot may need a moment before it answers; other failures would not go away. */
function mayAnswerLater(error: unknown): boolean {
  if (!(error instanceof AllegroError) || error.kind === 'cancelled') return false;
  return error.canRetry || error.kind === 'notFound';
}
