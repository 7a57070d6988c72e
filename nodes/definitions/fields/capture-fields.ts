import { defineField, defineFields, type ShowWhen } from '../model/field';
import { DEVICE_FIELD, DEVICE_ONLY_FIELD } from './address';
import { deviceFields } from './device-scope';
import { FILTER_FIELDS } from './packet-filter';
import { REPEAT_FIELDS } from './repeat-fields';
import { RING_BUFFER_FIELD } from './ring-buffer';
import { captureTimeRangeFields } from './time-range';

/** Name of the field that asks for a file of evidence beside the pcap. */
export const EVIDENCE_FIELD_NAME = 'evidenceFile';

/** Name of the field that asks for a summary of the packets in the result. */
export const SUMMARY_FIELD_NAME = 'summary';

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
      'Maximum file size (1 MB = 1,000,000 bytes). 0 for no limit; live captures then need a packet limit',
  },
  {
    name: 'maxPackets',
    label: 'Packet Limit',
    type: 'number',
    default: 0,
    min: 0,
    integer: true,
    description: 'Maximum number of packets. 0 for no limit',
    advanced: true,
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
        description: 'End at a packet boundary; the result names the limit',
      },
      {
        value: 'refuse',
        label: 'Refuse',
        description: 'Fail, and keep nothing',
      },
    ],
    description: 'Action when the capture is larger than the limits allow',
    advanced: true,
  },
]);

/** Which packets of a ring buffer. */
function windowFields(options: { default?: 'around'; showWhen?: ShowWhen } = {}) {
  const { showWhen } = options;
  return defineFields([
    ...captureTimeRangeFields({ lastAmount: 5, lastUnit: 'minutes', ...options }),
    {
      name: 'endInFuture',
      label: 'If the Range Has Not Ended',
      type: 'options',
      default: 'wait',
      options: [
        { value: 'wait', label: 'Wait', description: 'Until the packets are in the buffer' },
        { value: 'refuse', label: 'Refuse', description: 'Fail immediately' },
        { value: 'cut', label: 'Capture What Is Available', description: 'End the window now' },
      ],
      description: 'Action when the time range has not ended yet',
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
        {
          value: 'download',
          label: 'Download',
          description: 'The node downloads and checks the file',
        },
        {
          value: 'appliance',
          label: 'Appliance Storage',
          description:
            'The external storage device of the appliance; its response is not documented',
        },
      ],
      description:
        'Destination of the packets. Limits and file names do not apply on the appliance',
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
      description: 'Maximum bytes kept of each packet. 65535 keeps complete packets',
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
      description: 'Whether to fail if the capture has no packets',
      advanced: true,
    },
    {
      name: SUMMARY_FIELD_NAME,
      label: 'Summary',
      type: 'options',
      default: 'none',
      options: [
        { value: 'none', label: 'None' },
        {
          value: 'simplified',
          label: 'Simplified',
          description: 'Text, verdict and short lists, within 4,000 characters',
        },
        { value: 'full', label: 'Full', description: 'Everything that Pcap Summary finds' },
      ],
      description: 'Summary to add to the result, as Pcap Summary makes it',
      advanced: true,
    },
    {
      name: EVIDENCE_FIELD_NAME,
      label: 'Evidence File',
      type: 'boolean',
      default: false,
      description:
        'Whether to save the evidence record next to the pcap, with the suffix ".evidence.json"',
      advanced: true,
    },
    {
      name: 'splitMegabytes',
      label: 'Split at Size',
      type: 'number',
      default: 0,
      min: 0,
      unit: 'MB',
      description: 'Maximum size of each file (1 MB = 1,000,000 bytes). 0 for a single file',
      advanced: true,
    },
    {
      name: 'splitPackets',
      label: 'Split After Packets',
      type: 'number',
      default: 0,
      min: 0,
      integer: true,
      description: 'Maximum packets in each file. 0 for a single file',
      advanced: true,
    },
    {
      name: 'fileNamePrefix',
      label: 'File Name Prefix',
      type: 'text',
      default: '',
      placeholder: 'e.g. ticket-4711',
      description:
        'Prefix of the file name, before device, filter, window and a random ID; "allegro" if blank',
      messageProperty: 'fileNamePrefix',
      advanced: true,
    },
    {
      name: 'idleSeconds',
      label: 'Idle Timeout',
      type: 'number',
      default: 60,
      min: 1,
      unit: 's',
      description: 'Longest pause in the stream; before its first byte, at least 120 s',
      showWhen,
      advanced: true,
    },
    {
      name: 'totalSeconds',
      label: 'Timeout',
      type: 'number',
      default: 3600,
      min: 1,
      unit: 's',
      description: 'Maximum time in total, including the wait for other captures',
      showWhen,
      advanced: true,
    },
    ...REPEAT_FIELDS,
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
    description: 'Origin of the packets',
  },
  ...windowFields({ showWhen: BACK_IN_TIME }),
  {
    name: 'liveSeconds',
    label: 'Duration',
    type: 'number',
    default: 30,
    min: 1,
    max: 86400,
    unit: 's',
    required: true,
    description: 'Length of the live capture',
    showWhen: { captureSource: ['live'] },
  },
  ...FILTER_FIELDS,
  ...LIMIT_FIELDS,
  ...deviceFields(
    defineField({
      ...DEVICE_FIELD,
      description:
        'Device ID, analysis slot such as ":1", or both ("device:1"). Blank for this appliance',
    }),
  ),
  ...captureFileFields(BACK_IN_TIME),
]);

/** The same for a node that takes packets from a ring buffer that records, and nowhere else. */
export const RING_BUFFER_CAPTURE_FIELDS = defineFields([
  ...windowFields({ default: 'around' }),
  ...FILTER_FIELDS,
  ...LIMIT_FIELDS,
  ...deviceFields(DEVICE_ONLY_FIELD),
  ...captureFileFields(),
]);
