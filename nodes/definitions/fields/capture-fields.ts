import { defineField, defineFields, type ShowWhen } from '../model/field';
import { DEVICE_FIELD, DEVICE_ONLY_FIELD } from './address';
import { deviceFields } from './device-scope';
import { FILTER_FIELDS } from './packet-filter';
import { RING_BUFFER_FIELD } from './ring-buffer';
import { captureTimeRangeFields } from './time-range';

/** Name of the field that asks for a file of evidence beside the pcap. */
export const EVIDENCE_FIELD_NAME = 'evidenceFile';

const BACK_IN_TIME = { captureSource: ['ringBuffer'] };

/** Where the file of a capture ends. */
export const LIMIT_FIELDS = defineFields([
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
    name: 'limitAction',
    label: 'If a Limit Is Reached',
    type: 'options',
    default: 'end',
    options: [
      {
        value: 'end',
        label: 'End the File',
        description: 'At a packet boundary; the result says which limit ended it',
      },
      {
        value: 'refuse',
        label: 'Refuse',
        description: 'End with an error as soon as there is more, and keep nothing',
      },
    ],
    description: 'What to do when there is more than the limits allow',
    advanced: true,
  },
]);

/** Which packets of a ring buffer. */
function windowFields(showWhen?: ShowWhen) {
  return defineFields([
    ...captureTimeRangeFields({ lastAmount: 5, lastUnit: 'minutes', showWhen }),
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
      showWhen: { ...showWhen, timeMode: ['around', 'between'] },
      advanced: true,
    },
  ]);
}

/**
 * What the file of a capture is like, and how long it may take.
 *
 * @param showWhen what tells that the packets come from a ring buffer, where that is a choice
 */
export function captureFileFields(showWhen?: ShowWhen) {
  return defineFields([
    {
      name: 'saveTo',
      label: 'Save To',
      type: 'options',
      default: 'download',
      options: [
        { value: 'download', label: 'Download', description: 'The node checks and keeps the file' },
        {
          value: 'appliance',
          label: 'Appliance Storage',
          description: 'The appliance keeps the file on its external storage device',
        },
      ],
      description: 'Where the packets go. On the appliance no limit of size or packets applies',
      advanced: true,
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
      ...RING_BUFFER_FIELD,
      showWhen,
      advanced: true,
    },
    {
      name: 'emptyIsError',
      label: 'Fail If Empty',
      type: 'boolean',
      default: false,
      description: 'Whether a capture without packets ends with an error',
      advanced: true,
    },
    {
      name: EVIDENCE_FIELD_NAME,
      label: 'Evidence File',
      type: 'boolean',
      default: false,
      description:
        'Whether the evidence record also becomes a file beside the pcap, with its name and ".evidence.json" behind it',
      advanced: true,
    },
    {
      name: 'splitMegabytes',
      label: 'Split at Size',
      type: 'number',
      default: 0,
      min: 0,
      unit: 'MB',
      description:
        'A new file begins before one gets larger (1 MB = 1,000,000 bytes). 0 for one file. A file with a single packet may be larger',
      advanced: true,
    },
    {
      name: 'splitPackets',
      label: 'Split After Packets',
      type: 'number',
      default: 0,
      min: 0,
      integer: true,
      description: 'A new file begins after so many packets. 0 for one file',
      advanced: true,
    },
    {
      name: 'fileNamePrefix',
      label: 'File Name Prefix',
      type: 'text',
      default: '',
      placeholder: 'e.g. ticket-4711',
      description: 'Prefix of the file name, "allegro" if blank',
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
      showWhen,
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
      showWhen,
      advanced: true,
    },
  ]);
}

/** The fields of a capture. */
export const CAPTURE_FIELDS = defineFields([
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
  ...windowFields(BACK_IN_TIME),
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
  ...FILTER_FIELDS,
  ...LIMIT_FIELDS,
  ...deviceFields(
    defineField({
      ...DEVICE_FIELD,
      description:
        'Blank for the appliance itself, ":1" for its first pcap analysis slot, a device ID for another member of a multi-device setup, or "device:1" for both',
    }),
  ),
  ...captureFileFields(BACK_IN_TIME),
]);

/** The same for a node that takes packets from a ring buffer that records, and nowhere else. */
export const RING_BUFFER_CAPTURE_FIELDS = defineFields([
  ...windowFields(),
  ...FILTER_FIELDS,
  ...LIMIT_FIELDS,
  ...deviceFields(DEVICE_ONLY_FIELD),
  ...captureFileFields(),
]);
