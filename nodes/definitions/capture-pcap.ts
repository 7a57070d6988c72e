import { AllegroError, inputError } from '../../client';
import type { CaptureLimits, CaptureRequest, CaptureWindow } from '../../client/capture';
import type { NodeDefinition, RunContext } from './definition';
import type { FieldValues } from './field';
import { DEVICE_FIELD, readAddress } from './shared/address';
import { filterFields, readExpression } from './shared/filter';
import { checkTimeRange, readTimeRange, resolveRange, timeRangeFields } from './shared/time-range';

/** Captures packets as a pcap: back in time from the ring buffer, or live. */
export const capturePcap: NodeDefinition = {
  name: 'capturePcap',
  label: 'Capture Pcap',
  group: 'Capture',
  action: 'Capture packets as a pcap',
  description:
    'Fetches packets as a pcap: back in time from the ring buffer, for example around an alert, or live for a while',
  details: [
    'The file is streamed and walked packet by packet on the way. It counts as a result only if it is whole: a connection that breaks, a stalled or cut stream and an answer that is no capture are errors, and nothing of them is kept.',
    'The result tells the window that was asked for and the one that the packets cover, packets, bytes, the SHA-256 of the file and what ended it: "device" (all that there was), "duration", "bytes" or "packets".',
    'A limit of bytes or packets ends the file at a packet border, so that the file is valid.',
    'The end of a window is exclusive: a packet with exactly that time is not part of it.',
    'Warnings tell what a person should know: that the clock of the appliance is more than 2 s off, and that packets seem to be missing at the start of the window. The appliance does not tell how far back its ring buffer reaches, so that is concluded: if the first packet is late (by at least 3 s, and by 20 times the usual distance of packets), one more request asks the statistics whether there was traffic in between. That needs read access to statistics; without it the warning says that it could not be checked.',
    'No packets are a normal result with "packets" 0. Common reasons: the filter fits nothing, the buffer no longer holds that time, or there is no ring buffer.',
  ],
  permission: 'The permission "pcap"',
  source: 'Pcap extraction',
  fields: [
    {
      name: 'captureSource',
      label: 'Source',
      type: 'options',
      default: 'ringBuffer',
      options: [
        {
          value: 'ringBuffer',
          label: 'Ring Buffer (Back in Time)',
          description: 'Packets that were recorded',
        },
        { value: 'live', label: 'Live Traffic', description: 'Packets from now on' },
      ],
      description: 'Where the packets come from',
    },
    ...timeRangeFields({
      default: 'around',
      lastAmount: 5,
      lastUnit: 'minutes',
      showWhen: { captureSource: ['ringBuffer'] },
    }),
    {
      name: 'endInFuture',
      label: 'If the End Is in the Future',
      type: 'options',
      default: 'wait',
      options: [
        { value: 'wait', label: 'Wait', description: 'Until those packets are in the buffer' },
        { value: 'refuse', label: 'Refuse', description: 'End with an error at once' },
        { value: 'cut', label: 'Take What Is There', description: 'End the window now' },
      ],
      description: 'What to do when the time range has not passed yet',
      showWhen: { captureSource: ['ringBuffer'], timeMode: ['around', 'between'] },
      advanced: true,
    },
    {
      name: 'liveSeconds',
      label: 'Duration',
      type: 'number',
      default: 30,
      min: 1,
      max: 86400,
      unit: 's',
      required: true,
      description: 'How long to capture',
      showWhen: { captureSource: ['live'] },
    },
    ...filterFields(),
    {
      name: 'maxMegabytes',
      label: 'Size Limit',
      type: 'number',
      default: 100,
      min: 0,
      unit: 'MB',
      description:
        'The file ends before it gets larger (1 MB = 1,000,000 bytes). 0 for no limit; a live capture then needs a packet limit',
    },
    {
      name: 'maxPackets',
      label: 'Packet Limit',
      type: 'number',
      default: 0,
      min: 0,
      integer: true,
      description: 'The file ends after so many packets. 0 for no limit',
    },
    {
      ...DEVICE_FIELD,
      description:
        'Blank for the appliance itself, ":1" for its first pcap analysis slot, a device ID for another member of a multi-device setup, or "device:1" for both',
    },
    {
      name: 'snapLength',
      label: 'Snap Length',
      type: 'number',
      default: 65535,
      min: 14,
      max: 65535,
      integer: true,
      unit: 'bytes',
      description: 'Packets are cut to this length. 65535 keeps them whole',
      advanced: true,
    },
    {
      name: 'ringBuffer',
      label: 'Ring Buffer',
      type: 'number',
      default: 0,
      min: 0,
      integer: true,
      description: 'Number of the ring buffer, 0 for the first. Others exist only in a cluster',
      showWhen: { captureSource: ['ringBuffer'] },
      advanced: true,
    },
    {
      name: 'emptyIsError',
      label: 'No Packets Is an Error',
      type: 'boolean',
      default: false,
      description: 'Whether a capture without packets ends with an error',
      advanced: true,
    },
    {
      name: 'fileNamePrefix',
      label: 'File Name Prefix',
      type: 'text',
      default: '',
      placeholder: 'e.g. ticket-4711',
      description: 'Begins the name of the file. Blank for "allegro"',
      messageProperty: 'fileNamePrefix',
      advanced: true,
    },
    {
      name: 'idleSeconds',
      label: 'Stall Limit',
      type: 'number',
      default: 60,
      min: 1,
      unit: 's',
      description: 'How long the stream may pause before it counts as stalled',
      showWhen: { captureSource: ['ringBuffer'] },
      advanced: true,
    },
    {
      name: 'totalSeconds',
      label: 'Time Limit',
      type: 'number',
      default: 3600,
      min: 1,
      unit: 's',
      description: 'How long the transfer may take in all; beyond it, it is an error',
      showWhen: { captureSource: ['ringBuffer'] },
      advanced: true,
    },
  ],
  sampleOutput: {
    fileName: 'allegro_allegro-mm-1a2b_20261123T154900Z-20261123T155100Z.pcap',
    packets: 1834,
    bytes: 1482034,
    sha256: 'b1946ac92492d2347c6235b4d2611184e8d1c4c2b6f3a8d9a1c0b5d6e7f80912',
    complete: true,
    endedBy: 'device',
    format: 'pcap',
    linkTypes: ['Ethernet'],
    expression: 'ip==10.1.2.3',
    source: 'ringBuffer',
    requestedWindow: { from: '2026-11-23T15:49:00.000000Z', to: '2026-11-23T15:51:00.000000Z' },
    coveredWindow: { from: '2026-11-23T15:49:00.118223Z', to: '2026-11-23T15:50:59.870112Z' },
    clockOffsetSeconds: 0.02,
    device: 'https://allegro-mm-1a2b',
    warnings: [],
  },
  producesFile: true,

  async *run(context, values) {
    const request = await readRequest(context, values);
    const options = { signal: context.signal, address: readAddress(values) };
    const capture = await context.client.capture(request, options);
    const finished = capture.finished.then((summary) => {
      if (summary.packets === 0 && values.emptyIsError) throw emptyError(request, context);
      return { ...summary };
    });
    // The host awaits it after the stream; until then a rejection must not count as unhandled.
    finished.catch(() => undefined);
    if (capture.isEmpty) {
      yield { json: await finished };
      return;
    }
    const { fileName, mediaType, stream } = capture;
    try {
      yield { json: { fileName }, file: { name: fileName, mediaType, stream, finished } };
    } finally {
      capture.close();
    }
  },
};

async function readRequest(context: RunContext, values: FieldValues): Promise<CaptureRequest> {
  const isLive = values.captureSource === 'live';
  const limits: CaptureLimits = {
    // 0 stands for no limit.
    maxBytes: Math.floor((values.maxMegabytes as number) * 1e6) || undefined,
    maxPackets: (values.maxPackets as number) || undefined,
  };
  if (isLive && limits.maxBytes === undefined && limits.maxPackets === undefined) {
    throw inputError(
      'maxMegabytes',
      'A live capture needs a size limit or a packet limit.',
      'Enter one: on a busy link the duration alone does not keep the file small.',
    );
  }
  const expression = readExpression(values);
  return {
    ...(isLive
      ? { source: 'live', durationSeconds: values.liveSeconds as number }
      : { source: 'ringBuffer', window: await readWindow(context, values) }),
    expression,
    limits,
    snapLength: values.snapLength as number,
    ringBuffer: (values.ringBuffer as number | undefined) ?? 0,
    fileNamePrefix: values.fileNamePrefix as string,
    idleLimit: seconds(values.idleSeconds),
    totalLimit: seconds(values.totalSeconds),
    onProgress: (bytes, packets) => context.progress({ step: 'capturing', bytes, packets }),
  };
}

/** How long packets take from the wire into the buffer, with some margin. */
const BUFFER_LAG_US = 2_000_000;

/**
 * Turns the time range into microseconds by the clock of the appliance. An end that lies in the
 * future is waited for, refused or cut, as the field says.
 */
async function readWindow(context: RunContext, values: FieldValues): Promise<CaptureWindow> {
  const { client, signal, progress } = context;
  // The fields offer no "no interval", so there is always a range.
  const range = readTimeRange(values)!;
  checkTimeRange(range, client.now());
  const readClock = async () => {
    const time = await client.time({ signal, address: readAddress(values) });
    return { ...time, us: Math.round(time.milliseconds * 1000) };
  };
  let clock = await readClock();
  const window = resolveRange(range, clock.milliseconds);
  const clockOffsetSeconds = clock.offsetSeconds;
  if (window.endUs <= clock.us || values.timeMode === 'last') {
    return { ...window, clockOffsetSeconds };
  }
  if (values.endInFuture === 'cut') {
    return { ...window, endUs: clock.us, clockOffsetSeconds };
  }
  if (values.endInFuture === 'refuse') throw futureError(window.endUs, clock.us);
  while (clock.us < window.endUs + BUFFER_LAG_US) {
    progress({ step: 'waiting' });
    await client.sleep((window.endUs + BUFFER_LAG_US - clock.us) / 1000, signal);
    clock = await readClock();
  }
  return { ...window, clockOffsetSeconds };
}

function futureError(endUs: number, nowUs: number): AllegroError {
  const seconds = Math.ceil((endUs - nowUs) / 1e6);
  return inputError(
    'until',
    `The time range ends ${seconds} s in the future, by the clock of the appliance.`,
    'Choose an end in the past, or let the node wait for it.',
  );
}

function emptyError({ expression }: CaptureRequest, { client }: RunContext): AllegroError {
  return new AllegroError({
    kind: 'notFound',
    device: client.baseUrl,
    what: `No packets: nothing in the window fits "${expression || 'everything'}".`,
    advice:
      'Check the filter and the time zone of the window, and whether the ring buffer still holds that time.',
  });
}

function seconds(value: unknown): number | undefined {
  return typeof value === 'number' ? value * 1000 : undefined;
}
