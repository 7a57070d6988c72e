import { defineFields, type NumberField } from '../../model/field';
import type { ValuesOf } from '../../model/field-values';
import { DEVICE_FIELD, LINK_GROUP_FIELD } from '../../fields/address';
import { RING_BUFFER_FIELD } from '../../fields/ring-buffer';
import { DIRECTION_OPTIONS, RANKED_OPTIONS } from '../../statistics/lists/ranking';

/** Kinds whose traffic counters are watched, and that may be narrowed to some elements. */
const COUNTED = ['ip', 'mac', 'protocol', 'tcpPort', 'udpPort', 'interface'] as const;
const COUNTED_OR_TOTAL = [...COUNTED, 'total'];

/** In what a threshold counts; the values of other lists and statistics have units of their own. */
const THRESHOLD_UNITS: NumberField['unitWhen'] = [
  { unit: 'bit/s', showWhen: { watched: COUNTED_OR_TOTAL, measure: ['bitsPerSecond'] } },
  { unit: 'packets/s', showWhen: { watched: COUNTED_OR_TOTAL, measure: ['packetsPerSecond'] } },
  { unit: 'bytes', showWhen: { watched: COUNTED_OR_TOTAL, measure: ['bytes'] } },
  { unit: 'packets', showWhen: { watched: COUNTED_OR_TOTAL, measure: ['packets'] } },
  { unit: 'h', showWhen: { watched: ['buffer'] } },
  { showWhen: { watched: ['tcpScore', 'list', 'value'] } },
];

/** What is measured, against which limit, and when an element is reported. */
export const THRESHOLD_FIELDS = defineFields([
  {
    name: 'watched',
    label: 'Watch',
    type: 'options',
    default: 'ip',
    options: [
      ...RANKED_OPTIONS,
      { value: 'interface', label: 'Interfaces' },
      { value: 'total', label: 'All Traffic' },
      {
        value: 'tcpScore',
        label: 'TCP Response Score of Servers',
        description: 'From 1 (bad) to 5 (good); the appliance marks less than 3 in red',
      },
      {
        value: 'buffer',
        label: 'Reach of the Ring Buffer',
        description: 'Hours from its oldest packet until now; reported below the threshold',
      },
      { value: 'list', label: 'Any List', description: 'One value of each row of a list' },
      { value: 'value', label: 'Any Value', description: 'One value of any statistic' },
    ],
    description: 'Elements to compare with the threshold, each on its own',
  },
  {
    name: 'elements',
    label: 'Filter',
    type: 'text',
    default: '',
    placeholder: 'e.g. 10.1.2.3, 10.1.2.4',
    description: 'Elements to watch, separated by commas. Blank for all',
    blankFitsAll: true,
    showWhen: { watched: COUNTED },
  },
  {
    name: 'measure',
    label: 'Measure',
    type: 'options',
    default: 'bitsPerSecond',
    options: [
      { value: 'bitsPerSecond', label: 'Bits per Second' },
      { value: 'packetsPerSecond', label: 'Packets per Second' },
      { value: 'bytes', label: 'Bytes in a Window' },
      { value: 'packets', label: 'Packets in a Window' },
    ],
    description: 'Unit of the thresholds. Rates are averages over a window',
    showWhen: { watched: COUNTED_OR_TOTAL },
  },
  {
    name: 'direction',
    label: 'Direction',
    type: 'options',
    default: 'both',
    options: DIRECTION_OPTIONS,
    description: 'Direction to measure, seen from the element',
    // Only bytes and bits per second have documented sort keys for one direction.
    showWhen: { watched: COUNTED_OR_TOTAL, measure: ['bitsPerSecond', 'bytes'] },
    advanced: true,
  },
  {
    name: 'listPath',
    label: 'List',
    type: 'text',
    default: '',
    placeholder: 'e.g. API/stats/modules/ntp',
    description: 'Path of the list, below API/stats',
    required: true,
    choices: 'statisticsPaths',
    showWhen: { watched: ['list'] },
  },
  {
    name: 'path',
    label: 'Path',
    type: 'text',
    default: '',
    placeholder: 'e.g. API/stats/modules/http',
    description: 'Path of the statistic, below API/stats, API/system or API/info',
    required: true,
    choices: 'statisticsPaths',
    showWhen: { watched: ['value'] },
  },
  {
    name: 'valuePath',
    label: 'Value',
    type: 'text',
    default: '',
    placeholder: 'e.g. globalResponseTimes.avg',
    description:
      'Path of the number in the response or row: names joined by dots, counters by name or index',
    required: true,
    showWhen: { watched: ['list', 'value'] },
  },
  {
    name: 'sortBy',
    label: 'Sort Key',
    type: 'text',
    default: '',
    placeholder: 'e.g. txratio',
    description:
      'Key that sorts the list by this value. With it, only rows beyond the threshold are read',
    showWhen: { watched: ['list'] },
  },
  {
    name: 'elementProperty',
    label: 'Row Name',
    type: 'text',
    default: '',
    placeholder: 'e.g. ip',
    description: 'Property that names a row. Blank to detect it',
    showWhen: { watched: ['list'] },
  },
  { ...RING_BUFFER_FIELD, showWhen: { watched: ['buffer'] } },
  {
    name: 'condition',
    label: 'Condition',
    type: 'options',
    default: 'above',
    options: [
      { value: 'above', label: 'Above Threshold' },
      { value: 'below', label: 'Below Threshold' },
    ],
    description: 'Side of the threshold to report',
    // Of a buffer that reaches back far there is nothing to report.
    showWhen: { watched: [...COUNTED_OR_TOTAL, 'tcpScore', 'list', 'value'] },
  },
  {
    name: 'limit',
    label: 'Threshold',
    type: 'number',
    default: null,
    placeholder: 'e.g. 100M',
    unitWhen: THRESHOLD_UNITS,
    description:
      'Threshold in the unit of the measure, hours for the ring buffer. A value equal to it is not reported',
    required: true,
  },
  {
    name: 'clearLimit',
    label: 'Clear Threshold',
    type: 'number',
    default: null,
    placeholder: 'e.g. 80M',
    unitWhen: THRESHOLD_UNITS,
    description:
      'Value to return to before an element can be reported again. Blank for the threshold',
  },
  {
    name: 'windowsInARow',
    label: 'Consecutive Windows',
    type: 'number',
    default: 1,
    min: 1,
    max: 1000,
    integer: true,
    description:
      'Consecutive windows beyond the threshold before an alarm; for Any Value and the ring buffer, polls',
    advanced: true,
  },
  {
    name: 'windowSeconds',
    label: 'Window',
    type: 'number',
    default: 60,
    min: 10,
    max: 86_400,
    integer: true,
    unit: 's',
    description: 'Length of each window. Windows follow each other without a gap',
    showWhen: { watched: [...COUNTED_OR_TOTAL, 'tcpScore', 'list'] },
  },
  {
    name: 'coolDownSeconds',
    label: 'Cool-Down',
    type: 'number',
    default: 300,
    min: 0,
    max: 604_800,
    integer: true,
    unit: 's',
    description: 'Time before an element can be reported again. 0 for none',
    advanced: true,
  },
  {
    name: 'reportCleared',
    label: 'Report the End',
    type: 'boolean',
    default: false,
    description: 'Whether to report when an element has returned to the clear threshold',
  },
  DEVICE_FIELD,
  LINK_GROUP_FIELD,
  {
    name: 'reportAtStart',
    label: 'Report at Start',
    type: 'boolean',
    default: false,
    description: 'Whether to report elements that are beyond the threshold at the first poll',
    advanced: true,
  },
  {
    name: 'maxElements',
    label: 'Max Elements',
    type: 'number',
    default: 1000,
    min: 1,
    max: 10_000,
    integer: true,
    description: 'Maximum elements beyond the threshold at a time. The furthest are watched',
    showWhen: { watched: [...COUNTED, 'tcpScore', 'list'] },
    advanced: true,
  },
]);
export type ThresholdValues = ValuesOf<typeof THRESHOLD_FIELDS>;
export type Watched = ThresholdValues['watched'];
export type Measure = ThresholdValues['measure'];
